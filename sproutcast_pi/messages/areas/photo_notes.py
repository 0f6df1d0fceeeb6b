"""What is noted of a photograph that is measured all the same, and why its numbers are doubtful."""

from __future__ import annotations

from collections.abc import Mapping

from sproutcast_pi.messages.areas.text import verbatim
from sproutcast_pi.messages.message import Message, Template

BLURRED = Template("photo_notes.blurred", "blurred: clean the lens or set its focus")
PLANTS_BURNT_OUT = Template("photo_notes.plants_overexposed", "the plants are partly burnt out: shorten the exposure")
NO_PLANT = Template("photo_notes.no_plant", "no plant was found: one that isn't green, or very small, may be missed")
NO_HUE = Template("photo_notes.no_hue", "hue and greenness can't be measured: {reason}")
NO_COLOURS = Template("photo_notes.no_colours", "hue, greenness and spots can't be measured: {reason}")
CARD_MISSING = Template("photo_notes.card_missing", "the colour card isn't found; colours are corrected without it")
CARD_UNREADABLE = Template(
    "photo_notes.card_unreadable",
    "the colour card can't be read: it is burnt out, covered or in coloured light; colours are corrected without it",
)
SMALL_RIM = Template(
    "photo_notes.small_rim",
    "the pot's rim is only {width:number0} pixels wide in the photo, at least {least} are needed for cm2",
)

# The place.
PROFILE_UNREADABLE = Template("photo_notes.profile_unreadable", "measured without the site profile: {reason}")
PROFILE_MISFIT = Template(
    "photo_notes.profile_misfit",
    "the site profile no longer fits ({share:number0} % of the picture has colours it never saw): "
    "confirm a new picture",
)
SHIFT_UNKNOWN = Template("photo_notes.shift_unknown", "camera movement unknown: {reason}")
PLACE_MOVED = Template(
    "photo_notes.place_moved",
    "the place looks different (moved by {share:number0} % of the frame, or something stands in front): "
    "check the camera and draw the regions again",
)
PLACE_DIFFERENT = Template(
    "photo_notes.place_different",
    "the place looks different: the camera was moved, or something stands in front of it",
)

# The light.
LAMP_DARK = Template(
    "photo_notes.lamp_dark",
    "the lamp was set to {level:number0} % but the picture is dark: check lamp, plug and timer",
)
LAMP_COLOUR = Template(
    "photo_notes.lamp_colour", "the light looks {seen}, the lamp should be {wanted}: was the lamp changed?"
)
SURROUNDINGS_TINTED = Template(
    "photo_notes.surroundings_tinted",
    "colours are corrected by what surrounds the plant, which looks {colour}: if that is a wall or cloth and not "
    "the light, confirm a photo's outlines or put a colour card beside the plant",
)
_COLOURS: Mapping[str, Template] = {
    "white": Template("photo_notes.white", "white"),
    "pink": Template("photo_notes.pink", "pink"),
    "amber": Template("photo_notes.amber", "amber"),
    "blue": Template("photo_notes.blue", "blue"),
    "green": Template("photo_notes.green", "green"),
    "yellowish": Template("photo_notes.yellowish", "yellowish"),
    "bluish": Template("photo_notes.bluish", "bluish"),
    "greenish": Template("photo_notes.greenish", "greenish"),
    "pinkish": Template("photo_notes.pinkish", "pinkish"),
    "reddish": Template("photo_notes.reddish", "reddish"),
    "turquoise": Template("photo_notes.turquoise", "turquoise"),
}

# The file.
WITH_VIDEO = Template("photo_notes.with_video", "the file also holds a video, only the photo is measured")
WITH_PAGES = Template("photo_notes.with_pages", "the file has {n} pages, only the largest is measured")
DAMAGED_METADATA = Template(
    "photo_notes.damaged_metadata", "the file's notes on the picture are damaged, the picture itself is whole"
)
DECODER_REMARK = Template("photo_notes.decoder_remark", "the file's decoder reports: {remark}")
USED_BITS = Template(
    "photo_notes.used_bits", "the file has 16 bits a channel but its values use {used}: read as {used} bits"
)


def colour_message(colour: str) -> Message:
    """Return a colour of light as an adjective; a name from a configuration may be any."""
    return _COLOURS[colour]() if colour in _COLOURS else verbatim(colour)
