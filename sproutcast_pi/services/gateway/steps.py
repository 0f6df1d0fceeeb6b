"""What a session is told of a batch of commits, put in order and bundled by transaction."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import Protocol

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.services.gateway.live import Live
from sproutcast_pi.store.engine import CallResult
from sproutcast_pi.store.messages import Diff, Ended, Message, Rows


class Listener(Protocol):
    """A client, as the hub sees it."""

    here: bool
    """Whether it can still be told anything."""

    def take(self, entries: list[Entry], encoded: Encoded) -> None:
        """Tell the client of a batch of commits."""

    def deliver(self, steps: list[Step], encoded: Encoded) -> None:
        """Tell the client what happened."""


class Answered:
    """A call that has been answered by the store."""

    __slots__ = ("future", "id", "listener")

    def __init__(self, listener: Listener, number: int, future: Future[CallResult]) -> None:
        self.listener = listener
        self.id = number
        self.future = future


class Changes:
    """What one transaction changed for one session, perhaps as part of a call's answer."""

    __slots__ = ("answer", "parts", "reducer", "seq")

    def __init__(self, seq: int, reducer: str) -> None:
        self.seq = seq
        self.reducer = reducer
        self.parts: list[tuple[Live, Diff]] = []
        self.answer: Answered | None = None


class Begun:
    """The rows of a new subscription, or what it missed."""

    __slots__ = ("live", "missed", "resumed", "rows", "taken")

    def __init__(self, live: Live, rows: Rows, taken: threading.Event | None = None) -> None:
        self.live = live
        self.rows = rows
        self.taken = taken
        """Set it once the client has taken these rows, a piece of a long answer."""
        self.resumed = not (live.begun or rows.reset)
        self.missed: list[Diff] = []
        live.begun = True


class Over:
    """A subscription the store has ended."""

    __slots__ = ("error", "live")

    def __init__(self, live: Live, error: RefusedError) -> None:
        self.live = live
        self.error = error


Step = Changes | Begun | Over | Answered
Said = tuple[Listener, Live, Message]
"""What the store said to a subscription of a client."""
Entry = Said | Answered
"""What the hub is given."""


class Plan:
    """What one session is told of a batch, in order."""

    __slots__ = ("_resuming", "steps")

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._resuming: dict[Live, Begun] = {}

    def add(self, entry: Entry) -> None:
        """Add the next thing that happened."""
        if isinstance(entry, Answered):
            self.answer(entry)
        else:
            self.message(*entry[1:])

    def message(self, live: Live, message: Message) -> None:
        """Add what the store said to a subscription."""
        if isinstance(message, Diff):
            if live in self._resuming:
                self._resuming[live].missed.append(message)
                return
            last = self.steps[-1] if self.steps else None
            if not isinstance(last, Changes) or last.seq != message.seq:
                last = Changes(message.seq, message.reducer or "")
                self.steps.append(last)
            last.parts.append((live, message))
        elif isinstance(message, Rows):
            begun = Begun(live, message)
            if begun.resumed:
                self._resuming[live] = begun
            self.steps.append(begun)
        elif isinstance(message, Ended):
            self.steps.append(Over(live, message.error))

    def answer(self, answered: Answered) -> None:
        """Add a call's answer, to the changes of its own transaction when there are any."""
        last = self.steps[-1] if self.steps else None
        failed = answered.future.exception() is not None
        if (
            not failed
            and isinstance(last, Changes)
            and last.answer is None
            and last.seq == answered.future.result().seq
        ):
            last.answer = answered
        else:
            self.steps.append(answered)


class Encoded:
    """What has been encoded for somebody in this batch and may serve others."""

    __slots__ = ("batches", "bodies", "frames")

    def __init__(self) -> None:
        self.bodies: dict[tuple[str, int], bytes] = {}
        """By codec and identity of the diff."""
        self.frames: dict[tuple[object, ...], tuple[bytes, bytes]] = {}
        """Payload and frame, by codec, transaction and the client's own ids."""
        self.batches: dict[tuple[int, ...], bytes] = {}
        """All frames of a batch, by the client's own ids and the identities of the diffs."""
