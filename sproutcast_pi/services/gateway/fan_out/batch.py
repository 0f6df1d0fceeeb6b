"""A batch of commits for one session: entries as they were enqueued, items as they are sent, bundled by transaction."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import Protocol

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.services.gateway.fan_out.client_subscription import ClientSubscription
from sproutcast_pi.store.engine import ReducerResult
from sproutcast_pi.store.messages import Message, QueryDiff, QueryRows, SubscriptionEnded


class Listener(Protocol):
    """A client's session, as the broadcaster uses it."""

    connected: bool
    """Whether anything can still be sent to it."""

    def on_batch(self, entries: list[BatchEntry], encoded: EncodingCache) -> None:
        """Build the items of a batch of commits, and send them."""

    def send_items(self, items: list[BatchItem], encoded: EncodingCache) -> None:
        """Send items, in order."""

    def fail(self, error: Exception) -> None:
        """Close the connection after an internal error."""


class CallResult:
    """The store's result of a call, or its error."""

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

    def __init__(
        self, subscription: ClientSubscription, rows: QueryRows, delivered: threading.Event | None = None
    ) -> None:
        self.subscription = subscription
        self.rows = rows
        self.delivered = delivered
        """Set once the client has accepted these rows, a chunk of a long answer."""
        self.resumed = not (subscription.started or rows.reset)
        self.missed: list[QueryDiff] = []
        subscription.started = True


class Ended:
    """A subscription the store has ended."""

    __slots__ = ("error", "subscription")

    def __init__(self, subscription: ClientSubscription, error: RefusedError) -> None:
        self.subscription = subscription
        self.error = error


BatchItem = TransactionChanges | FirstRows | Ended | CallResult
SubscriptionMessage = tuple[Listener, ClientSubscription, Message]
"""A message of the store for one subscription of a client."""
BatchEntry = SubscriptionMessage | CallResult
"""What is enqueued at the broadcaster."""


class BatchBuilder:
    """Orders one session's entries of a batch into items."""

    __slots__ = ("_resuming", "items")

    def __init__(self) -> None:
        self.items: list[BatchItem] = []
        self._resuming: dict[ClientSubscription, FirstRows] = {}

    def add(self, entry: BatchEntry) -> None:
        """Add the next entry."""
        if isinstance(entry, CallResult):
            self.add_call_result(entry)
        else:
            self.add_message(*entry[1:])

    def add_message(self, subscription: ClientSubscription, message: Message) -> None:
        """Add a message of the store for a subscription."""
        if isinstance(message, QueryDiff):
            if subscription in self._resuming:
                self._resuming[subscription].missed.append(message)
                return
            last = self.items[-1] if self.items else None
            if not isinstance(last, TransactionChanges) or last.seq != message.seq:
                last = TransactionChanges(message.seq, message.reducer or "")
                self.items.append(last)
            last.diffs.append((subscription, message))
        elif isinstance(message, QueryRows):
            first_rows = FirstRows(subscription, message)
            if first_rows.resumed:
                self._resuming[subscription] = first_rows
            self.items.append(first_rows)
        elif isinstance(message, SubscriptionEnded):
            self.items.append(Ended(subscription, message.error))

    def add_call_result(self, call_result: CallResult) -> None:
        """Add a call's result, to the changes of its own transaction when there are any."""
        last = self.items[-1] if self.items else None
        failed = call_result.future.exception() is not None
        if (
            not failed
            and isinstance(last, TransactionChanges)
            and last.call_result is None
            and last.seq == call_result.future.result().seq
        ):
            last.call_result = call_result
        else:
            self.items.append(call_result)


class EncodingCache:
    """Encodings of one batch, shared by all sessions."""

    __slots__ = ("batches", "bodies", "frames")

    def __init__(self) -> None:
        self.bodies: dict[tuple[str, int], bytes] = {}
        """By codec and identity of the diff."""
        self.frames: dict[tuple[object, ...], tuple[bytes, bytes]] = {}
        """Payload and frame, by codec, transaction and the client's own ids."""
        self.batches: dict[tuple[int, ...], bytes] = {}
        """All frames of a batch, by the client's own ids and the identities of the diffs."""
