"""What somebody can do for a plant, in words and pictures."""

from __future__ import annotations

import msgspec


class Kind(msgspec.Struct, frozen=True):
    """One kind of care: how it is called as a button and as a done thing, and its icon."""

    button: str
    done: str
    icon: str


def _(msgid: str) -> str:
    """Mark a text for translation where it is written; it is translated where it is said."""
    return msgid


KINDS: dict[str, Kind] = {
    "water": Kind(_("Water"), _("Watered"), "droplet"),
    "feed": Kind(_("Feed"), _("Fed"), "flask"),
    "prune": Kind(_("Prune"), _("Pruned"), "scissors"),
    "repot": Kind(_("Repot"), _("Repotted"), "plant"),
    "soil_change": Kind(_("New soil"), _("New soil"), "shovel"),
    "light_change": Kind(_("Light"), _("Light changed"), "bulb"),
    "temperature_event": Kind(_("Heat, frost"), _("Heat or frost"), "temperature"),
    "note": Kind(_("Note"), _("Note"), "note"),
}
