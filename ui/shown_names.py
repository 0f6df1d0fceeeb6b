"""Display names of plants: characters the font lacks are omitted, and names stay distinct."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ui.fonts.coverage import MISSING, drawable

Translate = Callable[..., str]


def shown_name(plant: Mapping[str, Any], plants: Sequence[Mapping[str, Any]], tr: Translate) -> str:
    """Return the display name of a plant among `plants`.

    A name whose letters the font lacks is replaced by "Plant 3", the number being the plant's id; one that looks like
    another's once ornaments are left out gets its number behind it. The name itself stays as it is.
    """
    name = str(plant["name"])
    if not MISSING.search(name):
        return name
    short = _short(name)
    if not short:
        return tr("Plant {n}", n=plant["id"])
    alike = any(_short(str(other["name"])) == short for other in plants if other["id"] != plant["id"])
    return f"{short} ({plant['id']})" if alike else short


def _short(name: str) -> str:
    """The drawable part of a name; empty if a letter is missing or nothing is left."""
    lost = any(sign.isalnum() for sign in MISSING.findall(name))
    left = drawable(name)
    return left if not lost and any(sign.isalnum() for sign in left) else ""
