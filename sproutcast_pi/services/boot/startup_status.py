"""How this start stands: why it happened, whether it has to be a safe start, and what the owner is reports of it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from sproutcast_pi import __version__
from sproutcast_pi.messages.areas import appliance, boot_file
from sproutcast_pi.messages.areas.text import sentences, verbatim
from sproutcast_pi.messages.message import Message
from sproutcast_pi.ports import Clock
from sproutcast_pi.services.boot.event_log import EventLog
from sproutcast_pi.services.boot.restart_cause import (
    FAILURE_KINDS,
    boot_id,
    find_restart_cause,
    machine_cause,
    read_service_end,
)
from sproutcast_pi.services.boot.start_counter import PROVEN_AFTER_S, Intent, StartCounter
from sproutcast_pi.services.health import HealthReport

COUNT = "starts.json"
RETRY_AFTER_S = 6 * 3600.0
"""Nobody may be near: a device in safe mode tries everything again after so long by itself."""
NOTICES = Path("run/sproutcast-system")
START_PARTS = ("restart", "safe_mode", "data", "boot_file", "screen")
"""The parts that report this start alone, the screen for itself; of an earlier start's word nothing is left."""


class StartupStatus:
    """Made first thing; `tick` it once a second, and report to it."""

    def __init__(self, data: Path, clock: Clock, *, root: Path = Path("/")) -> None:
        """Count the start in `data`; `root` is where the machine's own notices lie."""
        self._clock = clock
        self._root = root
        self._counter = StartCounter(data / COUNT)
        self.events = EventLog(data, clock)
        boot = boot_id()
        self.cause = find_restart_cause(
            self._counter.previous,
            boot=boot,
            version=__version__,
            end=read_service_end(data),
            machine=machine_cause(root),
        )
        self.mode = self._counter.begin(boot=boot, version=__version__, blameless=self.cause.kind not in FAILURE_KINDS)
        self.safe = self.mode.safe
        self._notice = self.cause.message if self.cause.kind in FAILURE_KINDS else None
        self._began_s = clock.monotonic()
        self._up_s: float | None = None
        self._proven = False
        self.events.record(self.cause.kind, self.cause.message)
        if self.mode.message is not None:
            self.events.record("safe_mode", self.mode.message)

    def record_phase(self, reason: str) -> None:
        """Keep what is being done now, a key of `appliance.PHASES`."""
        self._counter.record_phase(reason)

    def mark_ready(self) -> None:
        """Light and store are kept now; kept for two minutes they prove the start."""
        self._up_s = self._clock.monotonic()

    def tick(self) -> bool:
        """Look at the time; True when a safe mode has lasted long enough to try everything again."""
        now_s = self._clock.monotonic()
        if self.safe:
            return now_s - self._began_s >= RETRY_AFTER_S
        if not self._proven and self._up_s is not None and now_s - self._up_s >= PROVEN_AFTER_S:
            self._proven = True
            self._counter.record_success()
        return False

    @property
    def settled(self) -> bool:
        """Whether it has run for so long that what does not work is broken, not merely on its way."""
        return self._clock.monotonic() - self._began_s >= PROVEN_AFTER_S

    def leave_safe_mode(self) -> None:
        """From now on this is an ordinary start, to be proved again."""
        self.safe = False
        self._up_s = None
        self._counter.try_again()
        self.events.record("safe_mode", appliance.TRYING_AGAIN())

    def record_stop(self) -> None:
        """We were asked to stop."""
        self._counter.record_stop()

    def record_intent(self, intent: Intent) -> None:
        """A restart of the machine is asked for, and why."""
        self._counter.record_intent(intent)

    def take_notice(self) -> Message | None:
        """What to notify the owner of, once: that it restarted by itself."""
        notice, self._notice = self._notice, None
        return notice

    def health_reports(self) -> list[HealthReport]:
        """What the owner should know of this start."""
        reports = [HealthReport(part="restart", state="ok", message=self.cause.message)]
        if self.safe and self.mode.message is not None:
            advice = appliance.SAFE_MODE_ADVICE()
            reports.append(HealthReport(part="safe_mode", state="bad", message=self.mode.message, advice=advice))
        return [*reports, *system_reports(self._root / NOTICES)]


def system_reports(folder: Path) -> list[HealthReport]:
    """What was found before us: the data partition's state, and faults of the boot partition's file."""
    reports = []
    if _text(folder / "no-data"):
        advice = appliance.NO_DATA_ADVICE()
        reports.append(HealthReport(part="data", state="bad", message=appliance.NO_DATA(), advice=advice))
    elif _text(folder / "fsck-code") in {"1", "2", "3"}:
        reports.append(HealthReport(part="data", state="ok", message=appliance.DATA_TIDIED()))
    elif _text(folder / "fsck-code") not in {"", "0"}:
        advice = appliance.DATA_REPAIRED_ADVICE()
        reports.append(HealthReport(part="data", state="warn", message=appliance.DATA_REPAIRED(), advice=advice))
    if faults := _text(folder / "boot-faults"):
        report = HealthReport(part="boot_file", state="warn", message=_messages(faults), advice=boot_file.FIX())
        reports.append(report)
    return reports


def _messages(content: str) -> Message:
    """The messages that root left as JSON; anything else as it is."""
    try:
        return sentences(*msgspec.json.decode(content, type=list[Message]))
    except msgspec.MsgspecError:
        return verbatim(content)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
