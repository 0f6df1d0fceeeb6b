"""Editable curve of the daily light schedule. Pure; shape and ranges come from the model.

Minutes count from midnight by the wall clock; a schedule may wrap past midnight.
"""

from __future__ import annotations

import msgspec

from sproutcast_pi.model.light_curve import ramp_share
from sproutcast_pi.model.light_dose import full_power_hours
from sproutcast_pi.model.light_schedule import MAX_RAMP_MIN
from sproutcast_pi.protocol.row_cache import Row

DAY_MIN = 1440
SNAP_MIN = 15
RAMP_SNAP_MIN = 5
LEVEL_SNAP = 0.05
SHORTEST_MIN = 30


class ScheduleCurve(msgspec.Struct, frozen=True, kw_only=True):
    """A photoperiod: when it starts, how long it lasts, its ramps and its level."""

    start: int
    length: int
    sunrise: int
    sunset: int
    level: float

    def at(self, minute: float) -> float:
        """Return the level at a minute of the day, 0 to 1."""
        since = (minute - self.start) % DAY_MIN
        if since >= self.length:
            return 0.0
        sunrise, sunset = self._ramps()
        return self.level * ramp_share(since, self.length, sunrise, sunset)[0]

    def corners(self) -> tuple[float, ...]:
        """Return the minutes at which the curve bends, not wrapped."""
        end = self.start + self.length
        sunrise, sunset = self._ramps()
        return (self.start, self.start + sunrise, end - sunset, end)

    def polyline(self) -> list[tuple[float, float]]:
        """Return (minute, level) points from 0 to 1440, exact at every bend and jump."""
        minutes = {0.0, float(DAY_MIN)}
        for corner in self.corners():
            place = corner % DAY_MIN
            minutes |= {place, max(0.0, place - 0.01), min(float(DAY_MIN), place + 0.01)}
        return [(minute, self.at(min(minute, DAY_MIN - 0.001))) for minute in sorted(minutes)]

    def full_hours(self) -> float:
        """Return the hours at full power that give the same light."""
        return self.level * full_power_hours(self.length / 60, self.sunrise, self.sunset)

    def handles(self) -> dict[str, tuple[float, float]]:
        """Return the drag handles as (minute, level), wrapped into the day."""
        start, up, down, end = self.corners()
        middle = (up + down) / 2
        return {
            "start": (start % DAY_MIN, 0.0),
            "sunrise": (up % DAY_MIN, self.level),
            "level": (middle % DAY_MIN, self.level),
            "sunset": (down % DAY_MIN, self.level),
            "end": (end % DAY_MIN, 0.0),
        }

    def drag(self, handle: str, minute: float, level: float, longest: int = DAY_MIN) -> ScheduleCurve:
        """Return the schedule after a handle was moved; `longest` bounds its length in minutes."""
        change = msgspec.structs.replace
        if handle == "level":
            return change(self, level=min(1.0, max(LEVEL_SNAP, round(level / LEVEL_SNAP) * LEVEL_SNAP)))
        if handle == "start":
            end = self.start + self.length
            start = _snap(minute, SNAP_MIN) % DAY_MIN
            length = (end - start) % DAY_MIN or DAY_MIN
            if length > longest or length < self._shortest():
                return self
            return change(self, start=start, length=length)
        since = (minute - self.start) % DAY_MIN
        if handle == "end":
            length = _snap(since, SNAP_MIN)
            return self if length > longest or length < self._shortest() else change(self, length=length)
        if handle == "sunrise":
            room = max(0, min(MAX_RAMP_MIN, self.length - self.sunset))
            return change(self, sunrise=_ramp(since if since < self.length else 0, room))
        room = max(0, min(MAX_RAMP_MIN, self.length - self.sunrise))
        return change(self, sunset=_ramp(max(0.0, self.length - since), room))

    def _ramps(self) -> tuple[int, int]:
        """Return sunrise and sunset in minutes; a light that is always on has neither."""
        return (self.sunrise, self.sunset) if self.length < DAY_MIN else (0, 0)

    def _shortest(self) -> int:
        return max(SHORTEST_MIN, self.sunrise + self.sunset)


def _snap(minute: float, step: int) -> int:
    return round(minute / step) * step


def _ramp(minutes: float, room: float) -> int:
    return int(min(room, _snap(minutes, RAMP_SNAP_MIN)))


def schedule_of(light: Row) -> ScheduleCurve:
    """Read the schedule from the light's row."""
    hour, _, minute = str(light.get("start") or "06:00").partition(":")
    length = round(float(light.get("hours") or 0) * 60)
    return ScheduleCurve(
        start=int(hour) * 60 + int(minute or 0),
        length=min(DAY_MIN, max(0, length)),
        sunrise=round(float(light.get("sunrise_min") or 0)),
        sunset=round(float(light.get("sunset_min") or 0)),
        level=float(light.get("level") or 0),
    )


def change_for(before: ScheduleCurve, after: ScheduleCurve) -> dict[str, object]:
    """Return the reducer's arguments for the change between two schedules; empty if they are equal."""
    changed: dict[str, object] = {}
    if after.start != before.start:
        changed["start"] = f"{after.start // 60:02}:{after.start % 60:02}"
    if after.length != before.length:
        changed["hours"] = after.length / 60
    if after.sunrise != before.sunrise:
        changed["sunrise_min"] = float(after.sunrise)
    if after.sunset != before.sunset:
        changed["sunset_min"] = float(after.sunset)
    if after.level != before.level:
        changed["level"] = round(after.level, 2)
    return changed
