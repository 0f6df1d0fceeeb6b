"""Keep a copy of the last good configuration, so that a broken file never stops the light."""

from __future__ import annotations

import stat
from pathlib import Path

import msgspec

from sproutcast_pi.atomic_file import write_atomic
from sproutcast_pi.config.read import ConfigFault, check_text, read_config
from sproutcast_pi.config.settings import Settings
from sproutcast_pi.errors import ConfigError
from sproutcast_pi.messages.areas import configuration
from sproutcast_pi.messages.message import Message
from sproutcast_pi.text_file import read_text_file

FILE_NAME = "config.last-good.toml"


class LoadedConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The settings in force, and what to tell the owner when they are not the file's."""

    settings: Settings
    problem: Message | None = None


def load(path: Path | None, data: Path) -> LoadedConfig:
    """Settings of `path`; of the last good copy in `data` when it is broken; else the defaults. Never raises.

    Options that only contradict each other break nothing: what fits is in force, and the owner is notified.
    """
    if path is None:
        return LoadedConfig(settings=Settings())
    try:
        settings = read_config(path)
    except ConfigError as error:
        if error.faults and all(isinstance(fault, ConfigFault) and fault.contradiction for fault in error.faults):
            return _with_what_fits(path, error.message)
        return _fall_back(data / FILE_NAME, error.message)
    try:
        _save_copy(path, data / FILE_NAME)
    except OSError:
        return LoadedConfig(settings=settings, problem=configuration.NOT_COPIED(file=str(path), folder=str(data)))
    return LoadedConfig(settings=settings)


def _fall_back(copy: Path, problem: Message) -> LoadedConfig:
    try:
        return LoadedConfig(settings=read_config(copy), problem=configuration.LAST_GOOD(problem=problem))
    except ConfigError:
        return LoadedConfig(settings=Settings(), problem=configuration.DEFAULTS(problem=problem))


def _with_what_fits(path: Path, problem: Message) -> LoadedConfig:
    settings, faults = check_text(read_text_file(path))
    plan = settings.light.schedule
    of_light = any(str(fault.key).startswith("light.schedule.") for fault in faults)
    if not of_light:
        return LoadedConfig(settings=settings, problem=configuration.REST(problem=problem))
    fitted = configuration.FITTED_LIGHT(
        problem=problem,
        hours=f"{plan.hours:g}",
        limit=f"{plan.max_hours_per_day:g}",
        sunrise=f"{plan.sunrise_min:g}",
        sunset=f"{plan.sunset_min:g}",
    )
    return LoadedConfig(settings=settings, problem=fitted)


def _save_copy(path: Path, copy: Path) -> None:
    """Replace the copy whole or not at all, and only when it differs; nobody may read it who may not read the file."""
    content, mode = path.read_bytes(), stat.S_IMODE(path.stat().st_mode)
    if not copy.exists() or copy.read_bytes() != content or stat.S_IMODE(copy.stat().st_mode) != mode:
        write_atomic(copy, content, mode=mode)
