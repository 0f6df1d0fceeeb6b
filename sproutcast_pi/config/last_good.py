"""Keep a copy of the last good configuration, so that a broken file never stops the light."""

from __future__ import annotations

import stat
from pathlib import Path

import msgspec

from sproutcast_pi.atomic_file import write_atomic
from sproutcast_pi.config.read import ConfigFault, check_text, read_config
from sproutcast_pi.config.settings import Settings
from sproutcast_pi.errors import ConfigError
from sproutcast_pi.text_file import read_text_file

FILE_NAME = "config.last-good.toml"


class LoadedConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The settings in force, and what to tell the owner when they are not the file's."""

    settings: Settings
    problem: str | None = None


def load(path: Path | None, data: Path) -> LoadedConfig:
    """Settings of `path`; of the last good copy in `data` when it is broken; else the defaults. Never raises.

    Options that only contradict each other break nothing: what fits is in force, and the owner is told.
    """
    if path is None:
        return LoadedConfig(settings=Settings())
    try:
        settings = read_config(path)
    except ConfigError as error:
        if error.faults and all(isinstance(fault, ConfigFault) and fault.contradiction for fault in error.faults):
            return _with_what_fits(path, str(error))
        return _fall_back(data / FILE_NAME, str(error))
    try:
        _save_copy(path, data / FILE_NAME)
    except OSError:
        return LoadedConfig(
            settings=settings, problem=f"No copy of {path} could be kept in {data}; the settings are in force."
        )
    return LoadedConfig(settings=settings)


def _fall_back(copy: Path, problem: str) -> LoadedConfig:
    try:
        return LoadedConfig(settings=read_config(copy), problem=f"{problem}\nThe last good copy is in force.")
    except ConfigError:
        return LoadedConfig(
            settings=Settings(), problem=f"{problem}\nThere is no good copy, so the defaults are in force."
        )


def _with_what_fits(path: Path, problem: str) -> LoadedConfig:
    settings, faults = check_text(read_text_file(path))
    plan = settings.light.schedule
    of_light = any(fault.key.startswith("light.schedule.") for fault in faults)
    begins = (
        f"Until it is mended a fresh device begins with a day of {plan.hours:g} h, a limit of "
        f"{plan.max_hours_per_day:g} h in 24, and {plan.sunrise_min:g} and {plan.sunset_min:g} min of sunrise and "
        "sunset; everything else in the file is in force."
    )
    return LoadedConfig(
        settings=settings, problem=f"{problem}\n{begins if of_light else 'Everything in the file is in force.'}"
    )


def _save_copy(path: Path, copy: Path) -> None:
    """Replace the copy whole or not at all, and only when it differs; nobody may read it who may not read the file."""
    content, mode = path.read_bytes(), stat.S_IMODE(path.stat().st_mode)
    if not copy.exists() or copy.read_bytes() != content or stat.S_IMODE(copy.stat().st_mode) != mode:
        write_atomic(copy, content, mode=mode)
