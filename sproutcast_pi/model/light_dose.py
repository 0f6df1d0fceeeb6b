"""Daily light integral from the lamp's PPFD (a camera can't measure it).

DLI = PPFD x 3600 x hours / 1e6, mol/m2/d. Leafy greens and herbs need 12 or more, tomatoes 20 to 30, African violets 4
to 6. The lamp's PPFD is taken to follow its level, as PWM dimming makes it.
"""

from __future__ import annotations

from sproutcast_pi.model.light_curve import full_power_length
from sproutcast_pi.model.light_schedule import MAX_HOURS, LightSchedule


def dose_mol(ppfd_full: float | None, level: float, seconds: float) -> float | None:
    """Return the mol/m2 `seconds` at `level` (0 to 1) give under a lamp of `ppfd_full` umol/m2/s; None: unknown."""
    return None if ppfd_full is None else ppfd_full * level * seconds / 1e6


def planned_dli(schedule: LightSchedule) -> float | None:
    """Return the mol/m2 one photoperiod of `schedule` gives, ramps counted as straight lines; None: PPFD unknown."""
    if not schedule.enabled:
        return dose_mol(schedule.ppfd_full, 0.0, 0.0)
    if not schedule.dimmable:
        return dose_mol(schedule.ppfd_full, 1.0 if schedule.level > 0 else 0.0, schedule.hours * 3600)
    full_h = full_power_hours(schedule.hours, schedule.sunrise_min, schedule.sunset_min)
    return dose_mol(schedule.ppfd_full, schedule.level, full_h * 3600)


def full_power_hours(hours: float, sunrise_min: float, sunset_min: float) -> float:
    """Return the hours at full level that give as much light as a photoperiod of `hours`; of 24 h it has no ramps."""
    if hours <= 0 or hours >= MAX_HOURS:
        return hours
    return full_power_length(hours, sunrise_min / 60, sunset_min / 60)
