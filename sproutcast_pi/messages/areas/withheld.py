"""Why a metric is withheld, to follow "not measured:"."""

from __future__ import annotations

from sproutcast_pi.messages.areas.text import verbatim
from sproutcast_pi.messages.message import Message, Template

POT_UNMARKED = Template("withheld.pot_unmarked", "mark how wide the pot is, where you draw the plants' regions")
TOO_SMALL = Template("withheld.too_small", "the plant is too small in the photo, move the camera closer")
AREA_JUMP = Template(
    "withheld.area_jump", "the plant is suddenly much smaller or larger, the next photos will show whether that is so"
)
TOO_THIN = Template("withheld.too_thin", "the leaves are too thin in the photo, move the camera closer")
CLOSE_UP = Template("withheld.close_up", "a leaf close up has no stem")
FROM_ABOVE = Template("withheld.from_above", "seen from above, the leaves point in every direction")
POSTURE_BASELINE_UNKNOWN = Template(
    "withheld.posture_baseline_unknown", "the plant's usual posture is known only after a few more photos"
)
COVERED = Template("withheld.covered", "the leaves cover each other")
BURNT_OUT = Template("withheld.overexposed", "the plant is overexposed, shorten the exposure")
PARTLY_BURNT_OUT = Template("withheld.partly_overexposed", "the plant is partly overexposed, shorten the exposure")
NOT_GREEN = Template("withheld.not_green", "the leaves aren't green in this light")
GREY = Template("withheld.grey", "the photo has no colours")
COLOURED_LIGHT = Template("withheld.coloured_light", "the light lacks a colour, take photos under white light")
SURROUNDINGS_BURNT_OUT = Template(
    "withheld.surroundings_overexposed", "everything around the plant is overexposed, shorten the exposure"
)
SURROUNDINGS_BLACK = Template(
    "withheld.surroundings_black",
    "everything around the plant is black, confirm a photo's outlines or put a colour card beside the plant",
)
FRAME_FILLED = Template(
    "withheld.frame_filled",
    "the plant fills the photo, confirm a photo's outlines or put a colour card beside the plant",
)
NO_INPUTS = Template("withheld.no_inputs", "the values it is calculated from are missing too")
NOT_FOUND = Template("withheld.not_found", "the plant can't be seen")
LOW_CONFIDENCE = Template("withheld.low_confidence", "it is uncertain whether this is the plant, or all of it")

NOT_GREEN_PART = Template(
    "withheld.not_green_part", "the leaves aren't green, perhaps only a part of the plant was found, or something else"
)
NOT_CONFIRMED = Template("withheld.not_confirmed", "a closer look does not confirm that this is a plant")

_BY_TEXT = {template.text: template for template in list(vars().values()) if isinstance(template, Template)}


def withheld_message(reason: str) -> Message:
    """Return the message of a reason as the worker writes it: the English text of one of these."""
    return _BY_TEXT[reason]() if reason in _BY_TEXT else verbatim(reason)
