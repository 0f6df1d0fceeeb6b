"""Display names of plants: characters a font lacks are omitted, and names stay distinct."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sproutcast_pi.messages.marking import _

Translate = Callable[..., str]
Lacks = Callable[[str], object]
"""Whether a font lacks a character."""


def shown_name(plant: Mapping[str, Any], plants: Sequence[Mapping[str, Any]], tr: Translate, *, lacks: Lacks) -> str:
    """Return the display name of a plant among `plants`, in a font that lacks some characters.

    A name whose letters the font lacks is replaced by "Plant 3", the number being the plant's id; one that looks like
    another's once ornaments are left out gets its number behind it. The name itself stays as it is.
    """
    name = _composed(plant)
    if not any(map(lacks, name)):
        return name
    short = _short(name, lacks)
    if not short:
        return tr(_("Plant {n}"), n=plant["id"])
    alike = any(_short(_composed(other), lacks) == short for other in plants if other["id"] != plant["id"])
    return f"{short} ({plant['id']})" if alike else short


def _composed(plant: Mapping[str, Any]) -> str:
    """The name with each letter and its marks as one character, where there is one."""
    return unicodedata.normalize("NFC", str(plant["name"]))


def _short(name: str, lacks: Lacks) -> str:
    """The drawable part of a name; empty if a letter is missing or nothing is left."""
    missing = {sign for sign in name if lacks(sign)}
    left = " ".join("".join(" " if sign in missing else sign for sign in name).split())
    lost = any(sign.isalnum() for sign in missing)
    return left if not lost and any(sign.isalnum() for sign in left) else ""
