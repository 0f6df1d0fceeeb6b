"""Idle modes of the screen: awake, photo frame, dark. Pure."""

from __future__ import annotations

from datetime import datetime, time

import msgspec

DARK_AFTER_FRAMES = 4
"""Multiple of the idle time after which the photo frame turns dark."""
NEVER = float("inf")
IDLE_AFTER_S = 10.0
"""Seconds without a touch after which the frame rate is halved."""


class IdleSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Screensaver settings."""

    after_s: float = 900.0
    """Idle seconds until the photo frame; 0: never."""
    dark_from: time | None = None
    dark_until: time | None = None
    """Hours during which the panel is dark instead of a photo frame."""


def mode(rest: IdleSettings, quiet_s: float, local: datetime) -> str:
    """Return "awake", "frame" or "dark" for the idle seconds and the local time."""
    if not rest.after_s or quiet_s < rest.after_s:
        return "awake"
    if at_night(rest, local.time()) or quiet_s >= rest.after_s * DARK_AFTER_FRAMES:
        return "dark"
    return "frame"


def at_night(rest: IdleSettings, now: time) -> bool:
    """Whether a time is within the night hours, which may cross midnight."""
    if rest.dark_from is None or rest.dark_until is None or rest.dark_from == rest.dark_until:
        return False
    if rest.dark_from < rest.dark_until:
        return rest.dark_from <= now < rest.dark_until
    return now >= rest.dark_from or now < rest.dark_until


def next_check_s(rest: IdleSettings, quiet_s: float) -> float:
    """Return the seconds until mode or frame rate may change without a touch."""
    resting = (rest.after_s, rest.after_s * DARK_AFTER_FRAMES) if rest.after_s else ()
    coming = [threshold - quiet_s for threshold in (IDLE_AFTER_S, *resting) if quiet_s < threshold]
    return min(coming, default=NEVER)


def clock_time(text: str | None) -> time | None:
    """Parse HH:MM; None if invalid."""
    try:
        return time.fromisoformat(text) if text else None
    except (ValueError, TypeError):
        return None
