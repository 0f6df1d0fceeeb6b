"""Write `config.example.toml`: every option with its default, unit and meaning."""

from __future__ import annotations

import json
import textwrap
import typing
from typing import Any

import msgspec

from sproutcast_pi.config.settings import Settings

WIDTH = 110


def example() -> str:
    """The text of `config.example.toml`; every line that sets an option is commented out."""
    lines = [
        "# Sproutcast Pi: every option with its default. Remove the # before a line to change it.",
        "# Check a file with: sproutcast check-config FILE",
    ]
    _write(Settings, (), lines)
    return "\n".join(lines) + "\n"


def _write(kind: type[msgspec.Struct], path: tuple[str, ...], lines: list[str]) -> None:
    types = typing.get_type_hints(kind, include_extras=True)
    sections = []
    if path:
        lines += ["", *_comment((kind.__doc__ or "").strip()), f"[{'.'.join(path)}]"]
    for field in msgspec.structs.fields(kind):
        wanted = types[field.name]
        if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
            sections.append((field.name, wanted))
            continue
        meta = [item for item in typing.get_args(wanted) if isinstance(item, msgspec.Meta) and item.description]
        lines += [*_comment(str(meta[-1].description) if meta else ""), f"#{field.name} = {_toml(field.default)}"]
    for name, section in sections:
        _write(section, (*path, name), lines)


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(" ".join(text.split()), WIDTH)]


def _toml(value: Any) -> str:
    """A default as TOML: JSON writes strings, numbers, booleans and flat lists the same way."""
    return json.dumps(list(value) if isinstance(value, tuple) else value)
