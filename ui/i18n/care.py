"""Kinds of care with their labels and icons."""

from __future__ import annotations

import msgspec


class CareKind(msgspec.Struct, frozen=True):
    """One kind of care: label as a button, label as an event, icon."""

    button: str
    done: str
    icon: str


def _(msgid: str) -> str:
    """Mark a text for extraction; it is translated when it is displayed."""
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
