"""The configuration's light schedule as a value of the model, checked and fitted by the model's rules."""

from __future__ import annotations

import msgspec

from sproutcast_pi.config.settings import LightOptions, ScheduleOptions, Settings
from sproutcast_pi.model.light_schedule import LightSchedule, fit_schedule


def configured_schedule(light: LightOptions, zone: str = "UTC") -> LightSchedule:
    """The schedule a fresh device begins with, unchecked; `zone`: IANA name in which `start` is meant."""
    return LightSchedule(
        **msgspec.structs.asdict(light.schedule),
        ppfd_full=light.ppfd_full or None,
        zone=zone,
        dimmable=light.kind == "pwm",
    )


def with_fitted_schedule(settings: Settings) -> Settings:
    """The settings with a light schedule that can be followed; the limit stays, the day is shortened to it."""
    fitted = fit_schedule(configured_schedule(settings.light), LightSchedule())
    options = {name: getattr(fitted, name) for name in msgspec.structs.asdict(settings.light.schedule)}
    light = msgspec.structs.replace(settings.light, schedule=ScheduleOptions(**options))
    return msgspec.structs.replace(settings, light=light)
