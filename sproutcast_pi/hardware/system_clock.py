"""The computer's clock, and whether it can be believed: a Pi without a battery wakes up with a wrong date."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

BUILT_AT = datetime(2026, 11, 1, tzinfo=UTC)
"""No clock that says less is right: this program did not exist then. Moved forward with each release."""
SYNCHRONIZED = Path("run/systemd/timesync/synchronized")
"""systemd-timesyncd touches it once it has heard from a server since boot."""
RTC_SLACK = timedelta(minutes=10)
STA_UNSYNC = 0x40
"""adjtimex(2): nobody disciplines the clock."""
_CHECK_EVERY_S = 5.0


class SystemClock:
    """The Clock of this computer. `newest` is the newest moment the store knows: a battery clock behind it is empty.

    `root` is where /run and /sys are looked for; `kernel` tells whether a time service disciplines the clock.
    """

    def __init__(
        self,
        newest: datetime | None = None,
        *,
        root: Path = Path("/"),
        kernel: Callable[[], bool | None] | None = None,
    ) -> None:
        self._newest = newest or BUILT_AT
        self._root = root
        self._kernel = kernel or kernel_synchronized
        self._user_confirmed = False
        self._last_check: tuple[float, bool] | None = None

    def now(self) -> datetime:
        """Return the wall clock, aware, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the seconds since boot; no setting of the clock moves them."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def trusted(self) -> bool:
        """Whether the wall clock was set since boot by a time server, a battery clock or a person.

        Looks at most every five seconds, and never trusts a moment before this program was built.
        """
        now = self.now()
        if now < BUILT_AT:
            return False
        at_s = self.monotonic()
        if self._last_check is None or at_s - self._last_check[0] >= _CHECK_EVERY_S:
            self._last_check = (at_s, self._is_set(now))
        return self._last_check[1]

    def wait(self, event: Event, seconds: float) -> bool:
        """Wait until `event` is set or `seconds` have passed; True when it was set."""
        return event.wait(max(seconds, 0.0))

    def trust_user(self) -> None:
        """Trust the clock until the next boot: a person looked at it and said it is right."""
        self._user_confirmed = True
        self._last_check = None

    def source(self) -> str:
        """Return who set the clock, in words for the screen."""
        if (self._root / SYNCHRONIZED).exists() or self._kernel():
            return "a time server"
        if self._battery_clock(self.now()):
            return "the battery clock"
        return "a person" if self._user_confirmed else "nobody yet"

    def _is_set(self, now: datetime) -> bool:
        return (
            self._user_confirmed
            or (self._root / SYNCHRONIZED).exists()
            or self._kernel() is True
            or self._battery_clock(now)
        )

    def _battery_clock(self, now: datetime) -> bool:
        """Whether a real-time clock agrees with the system's and is not behind what was seen before."""
        for entry in sorted((self._root / "sys/class/rtc").glob("rtc*/since_epoch")):
            try:
                shown = datetime.fromtimestamp(int(entry.read_text(encoding="ascii")), UTC)
            except (OSError, ValueError, OverflowError):
                continue
            if abs(shown - now) <= RTC_SLACK and shown >= max(self._newest, BUILT_AT) - RTC_SLACK:
                return True
        return False


class _Timex(ctypes.Structure):
    """struct timex up to the field we read; see adjtimex(2)."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


def kernel_synchronized() -> bool | None:
    """Return whether the kernel says a time service disciplines the clock; None where it may not be asked."""
    try:
        answer = _Timex()
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(answer))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else not answer.status & STA_UNSYNC
