"""What waits to be sent to one client, within bounds: merged when it falls behind, dropped when it falls far behind."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from aiohttp import ClientError, WSMsgType, web

from sproutcast_pi.services.gateway.coalesce import ByCount, ByKey, merging
from sproutcast_pi.services.gateway.fan_out.client_subscription import ClientSubscription
from sproutcast_pi.services.gateway.settings import GatewaySettings
from sproutcast_pi.services.gateway.websocket_frames import CLOSE, PING, PONG, encode_frame
from sproutcast_pi.store.messages import QueryDiff

MAX_WRITE_BUFFER_BYTES = 128 * 1024
"""Bytes that may wait for the kernel before a client counts as behind: about what the kernel holds itself, so that one
large commit, which never fits at once, makes nobody slow."""
CLOSE_TIMEOUT_S = 5.0
"""How long a closed connection may take to accept our goodbye."""

SubscriptionDiff = tuple[ClientSubscription, QueryDiff]
"""A subscription and what a transaction changed in it."""


class Codec(Protocol):
    """How a protocol writes what the outbox makes by itself."""

    opcode: int

    def encode_merged(self, seq: int, transactions: int, merged: dict[ClientSubscription, ByKey | ByCount]) -> bytes:
        """Several transactions as one message."""

    def encode_resync(self, ids: list[int], seq: int) -> bytes:
        """The message that says: subscribe to these again."""


class EncodedMessage:
    """A message that must arrive as it is."""

    __slots__ = ("payload", "sent")

    def __init__(self, payload: bytes, sent: threading.Event | None = None) -> None:
        """`sent` is set once the client's connection has taken it, or never will."""
        self.payload = payload
        self.sent = sent


class ChunkedMessage:
    """A long answer, encoded piece by piece as the client takes it."""

    __slots__ = ("chunks",)

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.chunks = pieces


class PendingTransaction:
    """One transaction's changes for this client, which may still be merged with the next one's."""

    __slots__ = ("diffs", "payload", "seq")

    def __init__(self, seq: int, diffs: Sequence[SubscriptionDiff], payload: bytes) -> None:
        self.seq = seq
        self.diffs = diffs
        self.payload = payload


class MergedTransactions:
    """Transactions merged into one message."""

    __slots__ = ("merged", "seq", "transactions")

    def __init__(self) -> None:
        self.seq = 0
        self.transactions = 0
        self.merged: dict[ClientSubscription, ByKey | ByCount] = {}

    def merge(self, transaction: PendingTransaction) -> None:
        """Add the next transaction."""
        self.seq = transaction.seq
        self.transactions += 1
        for subscription, diff in transaction.diffs:
            if subscription not in self.merged:
                self.merged[subscription] = merging(subscription.key)
            self.merged[subscription].add(diff)

    def row_count(self) -> int:
        """How many rows it holds."""
        return sum(map(len, self.merged.values()))


QueueItem = EncodedMessage | ChunkedMessage | PendingTransaction | MergedTransactions


class SendQueue:
    """One client's; lives on the event loop. Nothing waits here while the client keeps up."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport,
        codec: Codec,
        settings: GatewaySettings,
        unsubscribe_all: Callable[[], list[int]],
    ) -> None:
        """`unsubscribe_all` ends all subscriptions of the client and returns their ids."""
        self._socket = socket
        self._transport = transport
        self._codec = codec
        self._settings = settings
        self._unsubscribe_all = unsubscribe_all
        self._queue: deque[QueueItem] = deque()
        self._bytes = 0
        self._send_task: asyncio.Task[None] | None = None
        self._batched_writes: list[bytes] | None = None
        self.resyncs = 0

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def idle(self) -> bool:
        """Whether what is put now goes straight to the wire."""
        return self._send_task is None and self._transport.get_write_buffer_size() <= MAX_WRITE_BUFFER_BYTES

    def write(self, framed: bytes) -> None:
        """Send frames that were made already; only while `idle`."""
        if self._batched_writes is not None:
            self._batched_writes.append(framed)
        elif not self._transport.is_closing():
            self._transport.write(framed)

    @contextlib.contextmanager
    def batch_writes(self) -> Iterator[None]:
        """Send what is written within at its end, at once."""
        self._batched_writes = []
        try:
            yield
        finally:
            frames, self._batched_writes = self._batched_writes, None
            if frames:
                self.write(b"".join(frames))

    def push(self, item: QueueItem) -> None:
        """Send as soon as the client takes it."""
        if self._transport.is_closing():
            _mark_sent(item)
            return
        if not isinstance(item, ChunkedMessage) and self.idle:
            self.write(encode_frame(self._codec.opcode, self._payload(item)))
            _mark_sent(item)
            return
        if isinstance(item, PendingTransaction):
            self._queue_transaction(item)
        else:
            self._bytes += len(item.payload) if isinstance(item, EncodedMessage) else 0
            self._queue.append(item)
        if self._bytes > self._settings.send_queue_bytes or self._over_limit():
            self._drop_changes()
        if self._send_task is None and self._queue:
            self._send_task = asyncio.get_running_loop().create_task(self._send())

    def close(self) -> None:
        """Forget what waits."""
        for item in self._queue:
            _mark_sent(item)
        self._queue.clear()
        if self._send_task is not None:
            self._send_task.cancel()

    def close_connection(self, code: int, reason: str) -> None:
        """Close the WebSocket with this code; a client that doesn't even take that is cut off soon."""
        self.close()
        if not self._transport.is_closing():
            self._transport.write(
                encode_frame(CLOSE, code.to_bytes(2, "big") + reason.encode()[:120].decode(errors="ignore").encode())
            )
            self._transport.close()
            asyncio.get_running_loop().call_later(CLOSE_TIMEOUT_S, self._transport.abort)

    def ping(self) -> None:
        """Ask for a sign of life; one that can't take even that is asked by what already waits."""
        self._send_control(PING, b"")

    def pong(self, payload: bytes) -> None:
        """Answer a ping."""
        self._send_control(PONG, payload)

    def _send_control(self, opcode: int, payload: bytes) -> None:
        if not self._transport.is_closing() and self._transport.get_write_buffer_size() <= MAX_WRITE_BUFFER_BYTES:
            self._transport.write(encode_frame(opcode, payload))

    def _queue_transaction(self, item: PendingTransaction) -> None:
        last = self._queue[-1] if self._queue else None
        if isinstance(last, MergedTransactions):
            last.merge(item)
        elif isinstance(last, PendingTransaction) and len(self._queue) >= self._settings.coalesce_after:
            self._merge_tail().merge(item)
        else:
            self._bytes += len(item.payload)
            self._queue.append(item)

    def _merge_tail(self) -> MergedTransactions:
        """Merge the transactions at the end of the queue; what stands before an answer stays before it."""
        tail: list[PendingTransaction] = []
        while self._queue and isinstance(last := self._queue[-1], PendingTransaction):
            tail.append(last)
            self._queue.pop()
        backlog = MergedTransactions()
        for transaction in reversed(tail):
            self._bytes -= len(transaction.payload)
            backlog.merge(transaction)
        self._queue.append(backlog)
        return backlog

    def _over_limit(self) -> bool:
        last = self._queue[-1]
        return isinstance(last, MergedTransactions) and last.row_count() > self._settings.send_queue_rows

    def _drop_changes(self) -> None:
        """Too far behind: drop all changes that wait, and say so in one message; answers to calls stay."""
        seq = max(
            (item.seq for item in self._queue if isinstance(item, PendingTransaction | MergedTransactions)), default=0
        )
        answers = [item for item in self._queue if isinstance(item, EncodedMessage)]
        kept, self._bytes = deque[QueueItem](), 0
        for answer in answers:
            if self._bytes + len(answer.payload) > self._settings.send_queue_bytes:
                break
            kept.append(answer)
            self._bytes += len(answer.payload)
        kept.append(EncodedMessage(self._codec.encode_resync(self._unsubscribe_all(), seq)))
        self._queue = kept
        self.resyncs += 1
        if self.resyncs > self._settings.resyncs:
            self.close_connection(1013, "too slow for what it subscribed to; come back with less")

    def _payload(self, item: EncodedMessage | PendingTransaction | MergedTransactions) -> bytes:
        if isinstance(item, MergedTransactions):
            return self._codec.encode_merged(item.seq, item.transactions, item.merged)
        return item.payload

    async def _send(self) -> None:
        """Empty the queue as fast as the client takes it."""
        kind = WSMsgType(self._codec.opcode)
        with contextlib.suppress(ClientError, ConnectionError):
            while self._queue:
                item = self._queue.popleft()
                if isinstance(item, ChunkedMessage):
                    for piece in item.chunks:
                        await self._socket.send_frame(piece, kind)
                        await asyncio.sleep(0)
                    continue
                if not isinstance(item, MergedTransactions):
                    self._bytes -= len(item.payload)
                await self._socket.send_frame(self._payload(item), kind)
                _mark_sent(item)
        self._send_task = None


def _mark_sent(item: QueueItem) -> None:
    """Set the event of a message that was sent."""
    if isinstance(item, EncodedMessage) and item.sent is not None:
        item.sent.set()
