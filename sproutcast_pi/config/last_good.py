"""Keep a copy of the last good configuration, so that a broken file never stops the light."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from sproutcast_pi.config.read import read_config
from sproutcast_pi.config.settings import Settings
from sproutcast_pi.errors import ConfigError

FILE_NAME = "config.last-good.toml"


class LoadedConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The settings in force, and what to tell the owner when they are not the file's."""

    settings: Settings
    problem: str | None = None


def load(path: Path | None, data: Path) -> LoadedConfig:
    """Settings of `path`; of the last good copy in `data` when it is broken; else the defaults. Never raises."""
    if path is None:
        return LoadedConfig(settings=Settings())
    try:
        settings = read_config(path)
    except ConfigError as error:
        return _fall_back(data / FILE_NAME, str(error))
    try:
        _save_copy(path.read_bytes(), data / FILE_NAME)
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


def _save_copy(content: bytes, copy: Path) -> None:
    """Replace the copy whole or not at all, and only when it differs."""
    if copy.exists() and copy.read_bytes() == content:
        return
    temporary = copy.with_suffix(".tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(copy)
