"""Every template by its code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import ModuleType

from sproutcast_pi.messages.areas import advice, alerts, captures, parts, plants, text, values, withheld
from sproutcast_pi.messages.message import Template

AREAS: tuple[ModuleType, ...] = (advice, alerts, captures, parts, plants, text, values, withheld)


def collect(areas: Iterable[ModuleType]) -> Mapping[str, Template]:
    """Return the areas' templates by code; raises ValueError where two share one."""
    found: dict[str, Template] = {}
    for area in areas:
        for thing in _templates(vars(area).values()):
            if found.setdefault(thing.code, thing) is not thing:
                raise ValueError(f"two templates have the code {thing.code}")
    return found


def _templates(things: Iterable[object]) -> Iterable[Template]:
    for thing in things:
        if isinstance(thing, Template):
            yield thing
        elif isinstance(thing, Mapping):
            yield from _templates(thing.values())


TEMPLATES: Mapping[str, Template] = collect(AREAS)
