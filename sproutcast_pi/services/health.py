"""The table `health` as services write it: one row a part, in words."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import msgspec

from sproutcast_pi.errors import RefusedError, SproutcastError
from sproutcast_pi.messages.message import Message
from sproutcast_pi.store.callers import INTERNAL

if TYPE_CHECKING:
    from sproutcast_pi.store.engine import Store

LOG = logging.getLogger(__name__)
RETRY_S = 30.0
"""Pause before a queued report that could not be written, because the disk was full, is queued again."""


class HealthReport(msgspec.Struct, frozen=True, kw_only=True):
    """How one part of the appliance is, as `set_health` takes it."""

    part: str
    state: str
    """ok, warn, bad or off."""
    message: str | Message
    advice: str | Message | None = None
    value: float | None = None
    due_at: str | None = None


class HealthReporter:
    """Writer of `health` rows; the store itself writes nothing when a part is as it was.

    A queued report that fails is queued again every `retry_s` seconds until it is written, or another of the same part
    takes its place: a part that is well again must not stay red because the disk was full when it recovered.
    """

    def __init__(self, store: Store, *, retry_s: float = RETRY_S) -> None:
        self._store = store
        self._retry_s = retry_s
        self._newest: dict[str, object] = {}
        """The newest queued call of each part, by identity."""

    def report(
        self,
        part: str,
        state: str,
        message: str | Message,
        advice: str | Message | None = None,
        *,
        value: float | None = None,
        due_at: str | None = None,
    ) -> None:
        """Write how `part` is and wait until it is on disk; raises RefusedError or StoreError."""
        self.write(HealthReport(part=part, state=state, message=message, advice=advice, value=value, due_at=due_at))

    def write(self, report: HealthReport) -> None:
        """Write a report and wait until it is on disk; raises RefusedError or StoreError."""
        self._store.call("set_health", msgspec.structs.asdict(report), caller=INTERNAL)

    def submit(
        self,
        part: str,
        state: str,
        message: str | Message,
        advice: str | Message | None = None,
        *,
        value: float | None = None,
    ) -> None:
        """Queue how `part` is without waiting; what can't be written goes to the log, too. Any thread may call."""
        report = HealthReport(part=part, state=state, message=message, advice=advice, value=value)
        self._submit("set_health", msgspec.structs.asdict(report))

    def clear(self, part: str) -> None:
        """Queue that `part` is no more, without waiting."""
        self._submit("clear_health", {"part": part})

    def _submit(self, reducer: str, args: dict[str, Any]) -> None:
        self._newest[args["part"]] = args
        self._queue(reducer, args)

    def _queue(self, reducer: str, args: dict[str, Any]) -> None:
        if self._newest.get(args["part"]) is not args:
            return
        try:
            written = self._store.submit(reducer, args, caller=INTERNAL)
        except SproutcastError as error:
            LOG.warning("%s: %s (%s)", args["part"], args.get("message", "is no more"), error)
            return
        written.add_done_callback(lambda done: self._queue_again(reducer, args, done))

    def _queue_again(self, reducer: str, args: dict[str, Any], written: Future[Any]) -> None:
        error = None if written.cancelled() else written.exception()
        if error is None:
            return
        LOG.warning("%s: %s (%s)", args["part"], args.get("message", "is no more"), error)
        if not isinstance(error, RefusedError) or error.code != "unavailable":
            return
        later = threading.Timer(self._retry_s, self._queue, (reducer, args))
        later.daemon = True
        later.start()
