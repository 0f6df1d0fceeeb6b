"""Registry of templates by code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from sproutcast_pi.messages import areas
from sproutcast_pi.messages.message import Template

AREAS: tuple[ModuleType, ...] = tuple(
    import_module(f"{areas.__name__}.{module.name}") for module in iter_modules(areas.__path__)
)


def collect(modules: Iterable[ModuleType]) -> Mapping[str, Template]:
    """Return the modules' templates by code; raises ValueError where two share one."""
    found: dict[str, Template] = {}
    for area in modules:
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
