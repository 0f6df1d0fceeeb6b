"""Capture schedule: slots on a fixed grid, restricted to lit hours and to those outside quiet spans.

Slots lie on whole multiples of each interval in UTC, so a restart, a button or a clock jump shifts none. A capture is
due when a slot lies between the last capture and now and taking is allowed now; however many slots passed meanwhile,
the result is one capture, never a burst. A time lapse is one more interval: one photograph serves all.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import plans
from sproutcast_pi.model.light_schedule import DAY, LightSchedule, photoperiods

CaptureReason = Literal["schedule", "timelapse", "catch_up"]

CATCH_UP_AFTER = timedelta(minutes=2)
"""Delay from which a capture counts as missed, by a restart or a failure."""
SEARCH_HORIZON = timedelta(days=9)
"""Horizon of the search for the next capture; covers a weekly interval."""
MIN_INTERVAL_S = 60
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

TimeWindow = tuple[datetime, datetime]


class CaptureSchedule(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of scheduled captures."""

    interval_s: int = 1800
    only_when_lit: bool = True
    """Only while the light schedule is on; no restriction if the light schedule is disabled."""
    quiet_hours: tuple[str, ...] = ()
    """Spans without scheduled photographs, `22:00-06:30`, by the wall clock in the light schedule's zone."""


class DueCapture(msgspec.Struct, frozen=True):
    """A capture that is due."""

    reason: CaptureReason
    slot_at: datetime
    """The newest slot it serves."""


def check_capture_schedule(schedule: CaptureSchedule) -> CaptureSchedule:
    """Return `schedule` if it is valid; raises RefusedError naming field, value and rule."""
    if schedule.interval_s < MIN_INTERVAL_S or schedule.interval_s > timedelta(days=7).total_seconds():
        raise RefusedError(
            plans.INTERVAL_RANGE(value=str(schedule.interval_s), low=MIN_INTERVAL_S, high=7 * 86400), field="interval_s"
        )
    for span in schedule.quiet_hours:
        if _parse_span(span) is None:
            raise RefusedError(plans.NO_SPAN(value=span), field="quiet_hours")
    return schedule


def due_capture(
    schedule: CaptureSchedule,
    light: LightSchedule,
    *,
    last_at: datetime | None,
    now: datetime,
    timelapse_s: Sequence[int] = (),
    lit_now: bool | None = None,
) -> DueCapture | None:
    """Return the capture to take at `now`, or None.

    `last_at`: when a scheduled capture was last begun, whatever became of it (a retry is not a slot); one in the
    future was stamped by a wrong clock and is ignored. `timelapse_s`: the intervals of running time lapses. `lit_now`:
    the actual state of the lamp, if known: no capture while it is off by override.
    """
    window = next((one for one in allowed_windows(schedule, light, now, now) if one[0] <= now < one[1]), None)
    if window is None or (schedule.only_when_lit and light.enabled and lit_now is False):
        return None
    known = last_at if last_at is not None and last_at <= now else None
    passed = [
        (slot, seconds)
        for seconds in (schedule.interval_s, *timelapse_s)
        if (slot := _latest_slot(now, seconds)) > (known or EPOCH)
    ]
    if not passed:
        return None
    slot_at, _ = max(passed)
    could_at = max(slot_at, window[0])
    if known is not None and now - could_at > CATCH_UP_AFTER:
        return DueCapture("catch_up", slot_at)
    served = {seconds for slot, seconds in passed if max(slot, window[0]) == could_at}
    return DueCapture("schedule" if schedule.interval_s in served else "timelapse", slot_at)


def next_due_at(
    schedule: CaptureSchedule,
    light: LightSchedule,
    *,
    last_at: datetime | None,
    now: datetime,
    timelapse_s: Sequence[int] = (),
) -> datetime | None:
    """Return the first time from `now` on at which a capture will be due; None if there is none within the horizon."""
    known = last_at if last_at is not None and last_at <= now else None
    intervals = (schedule.interval_s, *timelapse_s)
    waiting = any(_latest_slot(now, seconds) > (known or EPOCH) for seconds in intervals)
    slot_at = now if waiting else min(_latest_slot(now, s) + timedelta(seconds=s) for s in intervals)
    for begin, end in allowed_windows(schedule, light, now, now + SEARCH_HORIZON):
        if end > max(slot_at, now):
            return max(slot_at, begin, now)
    return None


def allowed_windows(
    schedule: CaptureSchedule, light: LightSchedule, begin: datetime, end: datetime
) -> list[TimeWindow]:
    """Return the windows of scheduled captures that intersect [`begin`, `end`], in order."""
    begin, end = begin - 2 * DAY, end + 2 * DAY
    if schedule.only_when_lit and light.enabled:
        windows = _merged((one.start_at, one.end_at) for one in photoperiods(light, begin, end))
    else:
        windows = [(begin, end)]
    for quiet in _quiet_hours(schedule, light.zone, begin, end):
        windows = [part for window in windows for part in _subtract(window, quiet)]
    return [window for window in windows if window[1] > begin + 2 * DAY and window[0] <= end - 2 * DAY]


def _quiet_hours(schedule: CaptureSchedule, zone_name: str, begin: datetime, end: datetime) -> Iterator[TimeWindow]:
    zone = ZoneInfo(zone_name)
    for text in schedule.quiet_hours:
        span = _parse_span(text)
        if span is None:
            continue
        start, stop = span
        day = begin.astimezone(zone).date() - DAY
        while day <= end.astimezone(zone).date():
            last_day = day if stop > start else day + DAY
            yield (
                datetime.combine(day, start, zone).astimezone(UTC),
                datetime.combine(last_day, stop, zone).astimezone(UTC),
            )
            day += DAY


def _latest_slot(now: datetime, seconds: int) -> datetime:
    """The newest slot not after `now`."""
    passed = math.floor((now - EPOCH) / timedelta(seconds=seconds))
    return EPOCH + passed * timedelta(seconds=seconds)


def _merged(windows: Iterable[TimeWindow]) -> list[TimeWindow]:
    joined: list[TimeWindow] = []
    for begin, end in windows:
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _subtract(window: TimeWindow, hole: TimeWindow) -> list[TimeWindow]:
    parts = [(window[0], min(window[1], hole[0])), (max(window[0], hole[1]), window[1])]
    return [part for part in parts if part[0] < part[1]]


def _parse_span(text: str) -> tuple[time, time] | None:
    """Parse begin and end of `22:00-06:30`; None if invalid. Equal ends are the whole day."""
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", text):
        return None
    start, stop = text.split("-")
    return time.fromisoformat(start), time.fromisoformat(stop)
