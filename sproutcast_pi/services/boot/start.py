"""How this start stands: why it happened, whether it has to be a safe start, and what the owner is told of it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from sproutcast_pi import __version__
from sproutcast_pi.ports import Clock
from sproutcast_pi.services.boot.event_ring import EventRing
from sproutcast_pi.services.boot.restart_cause import BLAMED, boot_id, machine_cause, service_end, why_started
from sproutcast_pi.services.boot.starts import PROVED_AFTER_S, WAY_OUT, Intent, Starts

COUNT = "starts.json"
RETRY_AFTER_S = 6 * 3600.0
"""Nobody may be near: a device in safe mode tries everything again after so long by itself."""
NOTICES = Path("run/sproutcast-system")
START_PARTS = ("restart", "safe_mode", "data", "boot_file", "screen")
"""The parts that tell about this start alone, the screen for itself; of an earlier start's word nothing is left."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the appliance in words, as `set_health` takes it."""

    part: str
    state: str
    message: str
    advice: str | None = None


class Start:
    """Made first thing; `tick` it once a second, and tell it how things go."""

    def __init__(self, data: Path, clock: Clock, *, root: Path = Path("/")) -> None:
        """Count the start in `data`; `root` is where the machine's own notices lie."""
        self._clock = clock
        self._root = root
        self._starts = Starts(data / COUNT)
        self.events = EventRing(data, clock)
        boot = boot_id()
        self.cause = why_started(
            self._starts.before, boot=boot, version=__version__, end=service_end(data), machine=machine_cause(root)
        )
        self.verdict = self._starts.begin(boot=boot, version=__version__, blameless=self.cause.kind not in BLAMED)
        self.safe = self.verdict.safe
        self._news = self.cause.sentence if self.cause.kind in BLAMED else None
        self._began_s = clock.monotonic()
        self._up_s: float | None = None
        self._proved = False
        self.events.note(self.cause.kind, self.cause.sentence)
        if self.safe:
            self.events.note("safe_mode", self.verdict.sentence)

    def doing(self, reason: str) -> None:
        """What is being tried now, in words that follow "ended while"."""
        self._starts.doing(reason)

    def up(self) -> None:
        """Light and store are kept now; kept for two minutes they prove the start."""
        self._up_s = self._clock.monotonic()

    def tick(self) -> bool:
        """Look at the time; True when a safe mode has lasted long enough to try everything again."""
        now_s = self._clock.monotonic()
        if self.safe:
            return now_s - self._began_s >= RETRY_AFTER_S
        if not self._proved and self._up_s is not None and now_s - self._up_s >= PROVED_AFTER_S:
            self._proved = True
            self._starts.proved()
        return False

    @property
    def settled(self) -> bool:
        """Whether it has run for so long that what does not work is broken, not merely on its way."""
        return self._clock.monotonic() - self._began_s >= PROVED_AFTER_S

    def leave_safe_mode(self) -> None:
        """From now on this is an ordinary start, to be proved anew."""
        self.safe = False
        self._up_s = None
        self._starts.try_again()
        self.events.note("safe_mode", "Everything is tried again.")

    def stopped(self) -> None:
        """We were asked to stop."""
        self._starts.stopped()

    def intend(self, intent: Intent) -> None:
        """A restart of the machine is asked for, and why."""
        self._starts.intend(intent)

    def news(self) -> str | None:
        """What to notify the owner of, once: that it restarted by itself."""
        told, self._news = self._news, None
        return told

    def words(self) -> list[Told]:
        """What the owner should know of this start."""
        told = [Told(part="restart", state="ok", message=self.cause.sentence)]
        if self.safe:
            told.append(Told(part="safe_mode", state="bad", message=self.verdict.sentence, advice=WAY_OUT))
        return [*told, *notices(self._root / NOTICES)]


def notices(folder: Path) -> list[Told]:
    """What was found before us: the data partition's state, and faults of the boot partition's file."""
    told = []
    if lost := _text(folder / "no-data"):
        advice = "Nothing is kept over a restart until the card is replaced; back up first what is on it."
        told.append(Told(part="data", state="bad", message=lost, advice=advice))
    elif _text(folder / "fsck-code") in {"1", "2", "3"}:
        message = "The data partition had been left untidy and was put right at start."
        told.append(Told(part="data", state="ok", message=message))
    elif _text(folder / "fsck-code") not in {"", "0"}:
        message = "The data partition was damaged and was repaired as far as possible."
        advice = "Look whether anything is missing; a card that does this twice should be replaced."
        told.append(Told(part="data", state="warn", message=message, advice=advice))
    if faults := _text(folder / "boot-faults"):
        advice = "Mend the file on the card's small partition, or set the same on the screen."
        told.append(Told(part="boot_file", state="warn", message=faults, advice=advice))
    return told


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
