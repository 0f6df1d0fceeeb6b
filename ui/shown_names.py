"""Names of plants as the screen can show them: what its font can't draw is left out, and no two look alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ui.fonts.coverage import MISSING, drawable

Translate = Callable[..., str]


def shown_name(plant: Mapping[str, Any], plants: Sequence[Mapping[str, Any]], tell: Translate) -> str:
    """Return a plant's name for the screen, among `plants`.

    A name whose letters the font lacks is replaced by "Plant 3", the number being the plant's id; one that looks like
    another's once ornaments are left out gets its number behind it. The name itself stays as it is.
    """
    name = str(plant["name"])
    if not MISSING.search(name):
        return name
    short = _short(name)
    if not short:
        return tell("Plant {n}", n=plant["id"])
    alike = any(_short(str(other["name"])) == short for other in plants if other["id"] != plant["id"])
    return f"{short} ({plant['id']})" if alike else short


def _short(name: str) -> str:
    """What the font can draw of a name; empty where it lacks one of its letters or none is left."""
    lost = any(sign.isalnum() for sign in MISSING.findall(name))
    left = drawable(name)
    return left if not lost and any(sign.isalnum() for sign in left) else ""
