"""Keep a copy of the last good configuration, so that a broken file never stops the light."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from sproutcast_pi.config.read import read_config
from sproutcast_pi.config.settings import Settings
from sproutcast_pi.errors import ConfigError

NAME = "config.last-good.toml"


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """The settings in force, and what to tell the owner when they are not the file's."""

    settings: Settings
    problem: str | None = None


def load(path: Path | None, data: Path) -> Loaded:
    """Settings of `path`; of the last good copy in `data` when it is broken; else the defaults. Never raises."""
    if path is None:
        return Loaded(settings=Settings())
    try:
        settings = read_config(path)
    except ConfigError as error:
        return _fall_back(data / NAME, str(error))
    try:
        _keep(path.read_bytes(), data / NAME)
    except OSError:
        return Loaded(
            settings=settings, problem=f"No copy of {path} could be kept in {data}; the settings are in force."
        )
    return Loaded(settings=settings)


def _fall_back(copy: Path, problem: str) -> Loaded:
    try:
        return Loaded(settings=read_config(copy), problem=f"{problem}\nThe last good copy is in force.")
    except ConfigError:
        return Loaded(settings=Settings(), problem=f"{problem}\nThere is no good copy, so the defaults are in force.")


def _keep(content: bytes, copy: Path) -> None:
    """Replace the copy whole or not at all, and only when it differs."""
    if copy.exists() and copy.read_bytes() == content:
        return
    temporary = copy.with_suffix(".tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(copy)
