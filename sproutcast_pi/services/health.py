"""The table `health` as services write it: one row a part, in words."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import msgspec

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.message import Message
from sproutcast_pi.store.callers import INTERNAL

if TYPE_CHECKING:
    from sproutcast_pi.store.engine import Store

LOG = logging.getLogger(__name__)


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
    """Writer of `health` rows; the store itself writes nothing when a part is as it was."""

    def __init__(self, store: Store) -> None:
        self._store = store

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
        """Queue how `part` is without waiting; where even that is refused it goes to the log. Any thread may call."""
        report = HealthReport(part=part, state=state, message=message, advice=advice, value=value)
        self._submit("set_health", msgspec.structs.asdict(report))

    def clear(self, part: str) -> None:
        """Queue that `part` is no more, without waiting."""
        self._submit("clear_health", {"part": part})

    def _submit(self, reducer: str, args: dict[str, object]) -> None:
        try:
            self._store.submit(reducer, args, caller=INTERNAL)
        except SproutcastError as error:
            LOG.warning("%s: %s (%s)", args["part"], args.get("message", "is no more"), error)
