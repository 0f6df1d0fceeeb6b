"""Show everybody the state of an update: its progress, and how the last one ended, as the row `software`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import updates
from sproutcast_pi.messages.areas.text import verbatim
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.messages.message import Message
from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.ports import Clock
from sproutcast_pi.services.appliance.helper_protocol import PROGRESS_FILE, HelperProgress, read_progress
from sproutcast_pi.services.health import HealthReport, HealthReporter
from sproutcast_pi.services.service_loop import keep_going
from sproutcast_pi.services.updates.boot_slot import BootSlot
from sproutcast_pi.services.updates.update_state import UpdateState, read_update_state
from sproutcast_pi.store.engine import INTERNAL, Store

POLL_S = 1.0
"""While the privileged helper is at work."""
IDLE_POLL_S = 600.0
RESPONSE_WINDOW_S = 300.0
"""After something was asked for, the privileged helper may take this long until its first report."""
BUSY = frozenset({"checking", "installing", "restarting"})
DONE = frozenset({"idle", "available", "failed"})


class UpdateStatusPublisher:
    """Reads the privileged helper's file while a request is open; checks once a day where there is an address."""

    name = "update_follower"

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        version: str,
        running: BootSlot | None,
        answers: Path,
        system: Path,
        check: Callable[[], None],
        check_every_s: float,
        note: Callable[[Message], None],
    ) -> None:
        """`check` asks for a look; `check_every_s` 0: never by itself. `note` writes a failure into the event log."""
        self._store = store
        self._clock = clock
        self._version = version
        self._slot = running.slot if running else None
        self._trying = running is not None and running.trying
        self._progress = answers / PROGRESS_FILE
        self._system = system
        self._check = check
        self._check_every_s = check_every_s
        self._log_event = note
        self._checked_s = clock.monotonic()
        self._trial_status: Message | None = None
        self._last_progress: HelperProgress | None = None
        self._requested_s = float("-inf")
        self._wake = threading.Event()

    def wake(self) -> None:
        """Look at once; any thread may call."""
        self._wake.set()

    def expect_response(self) -> None:
        """Something was asked of the privileged helper: look closely for a while."""
        self._requested_s = self._clock.monotonic()
        self.wake()

    def set_trial_status(self, status: Message) -> None:
        """What an update that is being tried still has to show."""
        self._trial_status = status
        self.wake()

    def run(self, stop: threading.Event) -> None:
        """Look until `stop`."""
        while keep_going(self._wake, stop):
            self._clock.wait(self._wake, POLL_S if self.busy(self.poll()) else IDLE_POLL_S)

    def busy(self, progress: HelperProgress | None) -> bool:
        """Whether the privileged helper may report soon."""
        at_work = progress is not None and progress.state in BUSY
        return at_work or self._clock.monotonic() - self._requested_s < RESPONSE_WINDOW_S

    def poll(self) -> HelperProgress | None:
        """Read both files once and show what they say."""
        progress = read_progress(self._progress)
        entry = read_update_state(self._system)
        self._check_daily()
        columns = self._row(progress, entry)
        if progress is not None and progress != self._last_progress and progress.state in DONE:
            columns["checked_at"] = to_text(self._clock.now())
        self._last_progress = progress
        if columns["state"] == "failed":
            self._notify(columns["message"])
        self._store.call("set_software", columns, caller=INTERNAL)
        HealthReporter(self._store).write(_health(columns))
        return progress

    def _notify(self, message: Message) -> None:
        """Once for each failure, over restarts too."""
        if not self._store.query("SELECT 1 FROM software WHERE state = 'failed' AND message = ?", (english(message),)):
            notice = {"category": "alert", "title": updates.NOTICE_TITLE(), "message": message}
            self._store.call("notify", notice, caller=INTERNAL)
            self._log_event(message)

    def _check_daily(self) -> None:
        now_s = self._clock.monotonic()
        if not self._check_every_s or now_s - self._checked_s < self._check_every_s:
            return
        self._checked_s = now_s
        try:
            self._check()
        except RefusedError:
            # Busy, or no appliance: another day is soon enough.
            return

    def _row(self, progress: HelperProgress | None, entry: UpdateState | None) -> dict[str, Any]:
        columns: dict[str, Any] = {"version": self._version, "slot": self._slot}
        if progress is not None:
            update = {"available_version": progress.version, "notes": progress.notes, "source": progress.source}
            return {
                **columns,
                **update,
                "state": progress.state,
                "message": progress.message,
                "progress": progress.percent,
            }
        if self._trying and (entry is None or entry.phase == "trying"):
            return {**columns, "state": "proving", "message": self._trial_status or updates.TRYING()}
        if entry is not None and entry.phase == "failed":
            message = updates.FAILED(version=entry.version, reason=entry.message or verbatim(entry.reason))
            return {**columns, "state": "failed", "message": message}
        return {**columns, "state": "idle", "message": updates.IN_USE(version=self._version)}


def _health(columns: dict[str, Any]) -> HealthReport:
    if columns["state"] == "failed":
        return HealthReport(part="update", state="warn", message=columns["message"], advice=updates.FAILED_ADVICE())
    return HealthReport(part="update", state="ok", message=columns["message"])
