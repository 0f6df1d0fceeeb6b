"""What somebody can do for a plant, in words and pictures."""

from __future__ import annotations

import msgspec


class CareKind(msgspec.Struct, frozen=True):
    """One kind of care: how it is called as a button and as a done thing, and its icon."""

    button: str
    done: str
    icon: str


def _(msgid: str) -> str:
    """Mark a text for translation where it is written; it is translated where it is said."""
    return msgid


CARE_KINDS: dict[str, CareKind] = {
    "water": CareKind(_("Water"), _("Watered"), "droplet"),
    "feed": CareKind(_("Feed"), _("Fed"), "flask"),
    "prune": CareKind(_("Prune"), _("Pruned"), "scissors"),
    "repot": CareKind(_("Repot"), _("Repotted"), "plant"),
    "move": CareKind(_("Move"), _("Moved"), "arrows-maximize"),
    "soil_change": CareKind(_("New soil"), _("New soil"), "shovel"),
    "light_change": CareKind(_("Light"), _("Light changed"), "bulb"),
    "temperature_event": CareKind(_("Heat, frost"), _("Heat or frost"), "temperature"),
    "note": CareKind(_("Note"), _("Note"), "note"),
}
