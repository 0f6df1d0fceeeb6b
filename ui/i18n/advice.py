"""What to do about a number out of bounds, short, for languages that do not know the daemon's own advice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ui.i18n.formatter import Formatter


def _(msgid: str) -> str:
    """Mark a text for translation where it is written; it is translated where it is said."""
    return msgid


WATER = _("Feel the soil; if it is dry a finger deep, water it.")
FEED = _("Check that the soil is not soggy, then feed it; see that it gets enough light.")
LOOK = _("Look at the plant and its newest photograph; change the limit in its plan if all is well.")

ADVICE: dict[str, str] = {
    "turgor_index": WATER,
    "droop_deg": WATER,
    "chlorophyll_index": FEED,
    "excess_green": FEED,
    "hue_deg": _("Look at the lower leaves: yellow from below means hunger or wet roots; remove dead leaves."),
    "hue_sd_deg": _("Look for yellow patches, spots or pests, also under the leaves."),
    "yellow_percent": _("Remove dead leaves; check soil moisture and feeding."),
    "lesion_percent": _("Look for pests under the leaves; cut off spotted leaves and keep the foliage dry."),
    "growth_rate_percent": _("It is losing leaf area: check water, light and pests. Normal after pruning."),
    "leaf_count": _("See whether leaves fell; check water, cold draughts and pests."),
}


def advice_for(notification: Mapping[str, Any], tell: Formatter) -> str:
    """Return what to do: the daemon's advice, which knows more, where it can be said in this language; else our own."""
    said, metric = notification.get("advice") or "", notification.get("metric")
    if said and (not metric or tell.can_translate(said)):
        return tell.sentence(said)
    return tell(ADVICE.get(str(metric), LOOK)) if metric else ""
