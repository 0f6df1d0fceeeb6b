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
from sproutcast_pi.services.gateway.frames import CLOSE, frame
from sproutcast_pi.services.gateway.live import Live
from sproutcast_pi.services.gateway.settings import GatewaySettings
from sproutcast_pi.store.messages import Diff

AHEAD = 128 * 1024
"""Bytes that may wait for the kernel before a client counts as behind: about what the kernel holds itself, so that one
large commit, which never fits at once, makes nobody slow."""
CUT_OFF_S = 5.0
"""How long a closed connection may take to accept our goodbye."""

Part = tuple[Live, Diff]
"""A subscription and what a transaction changed in it."""


class Codec(Protocol):
    """How a protocol writes what the outbox makes by itself."""

    opcode: int

    def merged(self, seq: int, transactions: int, merged: dict[Live, ByKey | ByCount]) -> bytes:
        """Several transactions as one message."""

    def resync(self, ids: list[int], seq: int) -> bytes:
        """The message that says: subscribe to these again."""


class Whole:
    """A message that must arrive as it is."""

    __slots__ = ("payload", "sent")

    def __init__(self, payload: bytes, sent: threading.Event | None = None) -> None:
        """`sent` is set once the client's connection has taken it, or never will."""
        self.payload = payload
        self.sent = sent


class Stream:
    """A long answer, encoded piece by piece as the client takes it."""

    __slots__ = ("pieces",)

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces


class Transaction:
    """One transaction's changes for this client, which may still be merged with the next one's."""

    __slots__ = ("parts", "payload", "seq")

    def __init__(self, seq: int, parts: Sequence[Part], payload: bytes) -> None:
        self.seq = seq
        self.parts = parts
        self.payload = payload


class Backlog:
    """Transactions merged into one message."""

    __slots__ = ("merged", "seq", "transactions")

    def __init__(self) -> None:
        self.seq = 0
        self.transactions = 0
        self.merged: dict[Live, ByKey | ByCount] = {}

    def add(self, transaction: Transaction) -> None:
        """Add the next transaction."""
        self.seq = transaction.seq
        self.transactions += 1
        for live, diff in transaction.parts:
            if live not in self.merged:
                self.merged[live] = merging(live.key)
            self.merged[live].add(diff)

    def rows(self) -> int:
        """How many rows it holds."""
        return sum(map(len, self.merged.values()))


Item = Whole | Stream | Transaction | Backlog


class Outbox:
    """One client's; lives on the event loop. Nothing waits here while the client keeps up."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport,
        codec: Codec,
        settings: GatewaySettings,
        drop: Callable[[], list[int]],
    ) -> None:
        """`drop` ends all subscriptions of the client and returns their ids."""
        self._socket = socket
        self._transport = transport
        self._codec = codec
        self._settings = settings
        self._drop = drop
        self._queue: deque[Item] = deque()
        self._bytes = 0
        self._sending: asyncio.Task[None] | None = None
        self._together: list[bytes] | None = None
        self.resyncs = 0

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def idle(self) -> bool:
        """Whether what is put now goes straight to the wire."""
        return self._sending is None and self._transport.get_write_buffer_size() <= AHEAD

    def write(self, framed: bytes) -> None:
        """Send frames that were made already; only while `idle`."""
        if self._together is not None:
            self._together.append(framed)
        elif not self._transport.is_closing():
            self._transport.write(framed)

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Send what is written within at its end, at once."""
        self._together = []
        try:
            yield
        finally:
            frames, self._together = self._together, None
            if frames:
                self.write(b"".join(frames))

    def put(self, item: Item) -> None:
        """Send as soon as the client takes it."""
        if self._transport.is_closing():
            _tell(item)
            return
        if not isinstance(item, Stream) and self.idle:
            self.write(frame(self._codec.opcode, self._payload(item)))
            _tell(item)
            return
        if isinstance(item, Transaction):
            self._queue_transaction(item)
        else:
            self._bytes += len(item.payload) if isinstance(item, Whole) else 0
            self._queue.append(item)
        if self._bytes > self._settings.outbox_bytes or self._overfull():
            self._give_up()
        if self._sending is None and self._queue:
            self._sending = asyncio.get_running_loop().create_task(self._send())

    def close(self) -> None:
        """Forget what waits."""
        for item in self._queue:
            _tell(item)
        self._queue.clear()
        if self._sending is not None:
            self._sending.cancel()

    def hang_up(self, code: int, reason: str) -> None:
        """Close the WebSocket with this code; a client that doesn't even take that is cut off soon."""
        self.close()
        if not self._transport.is_closing():
            self._transport.write(frame(CLOSE, code.to_bytes(2, "big") + reason.encode()[:120]))
            self._transport.close()
            asyncio.get_running_loop().call_later(CUT_OFF_S, self._transport.abort)

    def _queue_transaction(self, item: Transaction) -> None:
        last = self._queue[-1] if self._queue else None
        if isinstance(last, Backlog):
            last.add(item)
        elif isinstance(last, Transaction) and len(self._queue) >= self._settings.coalesce_after:
            self._merge_tail().add(item)
        else:
            self._bytes += len(item.payload)
            self._queue.append(item)

    def _merge_tail(self) -> Backlog:
        """Merge the transactions at the end of the queue; what stands before an answer stays before it."""
        tail: list[Transaction] = []
        while self._queue and isinstance(last := self._queue[-1], Transaction):
            tail.append(last)
            self._queue.pop()
        backlog = Backlog()
        for transaction in reversed(tail):
            self._bytes -= len(transaction.payload)
            backlog.add(transaction)
        self._queue.append(backlog)
        return backlog

    def _overfull(self) -> bool:
        last = self._queue[-1]
        return isinstance(last, Backlog) and last.rows() > self._settings.outbox_rows

    def _give_up(self) -> None:
        """Too far behind: drop all changes that wait, and say so in one message; answers to calls stay."""
        seq = max((item.seq for item in self._queue if isinstance(item, Transaction | Backlog)), default=0)
        answers = [item for item in self._queue if isinstance(item, Whole)]
        kept, self._bytes = deque[Item](), 0
        for answer in answers:
            if self._bytes + len(answer.payload) > self._settings.outbox_bytes:
                break
            kept.append(answer)
            self._bytes += len(answer.payload)
        kept.append(Whole(self._codec.resync(self._drop(), seq)))
        self._queue = kept
        self.resyncs += 1
        if self.resyncs > self._settings.resyncs:
            self.hang_up(1013, "too slow for what it subscribed to; come back with less")

    def _payload(self, item: Whole | Transaction | Backlog) -> bytes:
        if isinstance(item, Backlog):
            return self._codec.merged(item.seq, item.transactions, item.merged)
        return item.payload

    async def _send(self) -> None:
        """Empty the queue as fast as the client takes it."""
        kind = WSMsgType(self._codec.opcode)
        with contextlib.suppress(ClientError, ConnectionError):
            while self._queue:
                item = self._queue.popleft()
                if isinstance(item, Stream):
                    for piece in item.pieces:
                        await self._socket.send_frame(piece, kind)
                        await asyncio.sleep(0)
                    continue
                if not isinstance(item, Backlog):
                    self._bytes -= len(item.payload)
                await self._socket.send_frame(self._payload(item), kind)
                _tell(item)
        self._sending = None


def _tell(item: Item) -> None:
    """Whoever waits for this waits no longer."""
    if isinstance(item, Whole) and item.sent is not None:
        item.sent.set()
