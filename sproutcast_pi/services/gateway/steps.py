"""What a session is told of a batch of commits, put in order and bundled by transaction."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import Protocol

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.services.gateway.live import ClientSubscription
from sproutcast_pi.store.engine import ReducerResult
from sproutcast_pi.store.messages import Message, QueryDiff, QueryRows, SubscriptionEnded


class Listener(Protocol):
    """A client, as the hub sees it."""

    connected: bool
    """Whether it can still be told anything."""

    def deliver_batch(self, entries: list[BatchEntry], encoded: EncodingCache) -> None:
        """Tell the client of a batch of commits."""

    def deliver(self, steps: list[BatchItem], encoded: EncodingCache) -> None:
        """Tell the client what happened."""

    def fail(self, error: Exception) -> None:
        """Close the connection after a fault of ours."""


class CallResult:
    """A call that has been answered by the store."""

    __slots__ = ("future", "id", "listener")

    def __init__(self, listener: Listener, number: int, future: Future[ReducerResult]) -> None:
        self.listener = listener
        self.id = number
        self.future = future


class TransactionChanges:
    """What one transaction changed for one session, perhaps as part of a call's answer."""

    __slots__ = ("call_result", "diffs", "reducer", "seq")

    def __init__(self, seq: int, reducer: str) -> None:
        self.seq = seq
        self.reducer = reducer
        self.diffs: list[tuple[ClientSubscription, QueryDiff]] = []
        self.call_result: CallResult | None = None


class FirstRows:
    """The rows of a new subscription, or what it missed."""

    __slots__ = ("delivered", "missed", "resumed", "rows", "subscription")

    def __init__(self, live: ClientSubscription, rows: QueryRows, taken: threading.Event | None = None) -> None:
        self.subscription = live
        self.rows = rows
        self.delivered = taken
        """Set it once the client has taken these rows, a piece of a long answer."""
        self.resumed = not (live.started or rows.reset)
        self.missed: list[QueryDiff] = []
        live.started = True


class Ended:
    """A subscription the store has ended."""

    __slots__ = ("error", "subscription")

    def __init__(self, live: ClientSubscription, error: RefusedError) -> None:
        self.subscription = live
        self.error = error


BatchItem = TransactionChanges | FirstRows | Ended | CallResult
SubscriptionMessage = tuple[Listener, ClientSubscription, Message]
"""What the store said to a subscription of a client."""
BatchEntry = SubscriptionMessage | CallResult
"""What the hub is given."""


class BatchBuilder:
    """What one session is told of a batch, in order."""

    __slots__ = ("_resuming", "items")

    def __init__(self) -> None:
        self.items: list[BatchItem] = []
        self._resuming: dict[ClientSubscription, FirstRows] = {}

    def add(self, entry: BatchEntry) -> None:
        """Add the next thing that happened."""
        if isinstance(entry, CallResult):
            self.add_call_result(entry)
        else:
            self.add_message(*entry[1:])

    def add_message(self, live: ClientSubscription, message: Message) -> None:
        """Add what the store said to a subscription."""
        if isinstance(message, QueryDiff):
            if live in self._resuming:
                self._resuming[live].missed.append(message)
                return
            last = self.items[-1] if self.items else None
            if not isinstance(last, TransactionChanges) or last.seq != message.seq:
                last = TransactionChanges(message.seq, message.reducer or "")
                self.items.append(last)
            last.diffs.append((live, message))
        elif isinstance(message, QueryRows):
            begun = FirstRows(live, message)
            if begun.resumed:
                self._resuming[live] = begun
            self.items.append(begun)
        elif isinstance(message, SubscriptionEnded):
            self.items.append(Ended(live, message.error))

    def add_call_result(self, answered: CallResult) -> None:
        """Add a call's answer, to the changes of its own transaction when there are any."""
        last = self.items[-1] if self.items else None
        failed = answered.future.exception() is not None
        if (
            not failed
            and isinstance(last, TransactionChanges)
            and last.call_result is None
            and last.seq == answered.future.result().seq
        ):
            last.call_result = answered
        else:
            self.items.append(answered)


class EncodingCache:
    """What has been encoded for somebody in this batch and may serve others."""

    __slots__ = ("batches", "bodies", "frames")

    def __init__(self) -> None:
        self.bodies: dict[tuple[str, int], bytes] = {}
        """By codec and identity of the diff."""
        self.frames: dict[tuple[object, ...], tuple[bytes, bytes]] = {}
        """Payload and frame, by codec, transaction and the client's own ids."""
        self.batches: dict[tuple[int, ...], bytes] = {}
        """All frames of a batch, by the client's own ids and the identities of the diffs."""
