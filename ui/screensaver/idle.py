"""When the screen becomes a photo frame and when it goes dark. Pure."""

from __future__ import annotations

from datetime import datetime, time

import msgspec

DARK_AFTER_FRAMES = 4
"""The frame is shown for so many times the quiet that brought it, then the panel rests."""
NEVER = float("inf")
IDLE_AFTER_S = 10.0
"""Nobody touches for so long: half the looks a second suffice, and cost half the processor."""


class IdleSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the owner wants the screen to rest."""

    after_s: float = 900.0
    """Quiet seconds until the photo frame; 0 is never."""
    dark_from: time | None = None
    dark_until: time | None = None
    """Between these hours the panel is dark instead of a frame."""


def mode(rest: IdleSettings, quiet_s: float, local: datetime) -> str:
    """Return awake, frame or dark for so many quiet seconds at a local time."""
    if not rest.after_s or quiet_s < rest.after_s:
        return "awake"
    if at_night(rest, local.time()) or quiet_s >= rest.after_s * DARK_AFTER_FRAMES:
        return "dark"
    return "frame"


def at_night(rest: IdleSettings, now: time) -> bool:
    """Whether the hours of darkness hold; they may cross midnight."""
    if rest.dark_from is None or rest.dark_until is None or rest.dark_from == rest.dark_until:
        return False
    if rest.dark_from < rest.dark_until:
        return rest.dark_from <= now < rest.dark_until
    return now >= rest.dark_from or now < rest.dark_until


def next_check_s(rest: IdleSettings, quiet_s: float) -> float:
    """Return in how many seconds mode or pace may change by quiet alone."""
    resting = (rest.after_s, rest.after_s * DARK_AFTER_FRAMES) if rest.after_s else ()
    coming = [threshold - quiet_s for threshold in (IDLE_AFTER_S, *resting) if quiet_s < threshold]
    return min(coming, default=NEVER)


def clock_time(text: str | None) -> time | None:
    """Read HH:MM; nonsense is None."""
    try:
        return time.fromisoformat(text) if text else None
    except (ValueError, TypeError):
        return None
