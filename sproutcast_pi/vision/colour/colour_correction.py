"""Colour correction of a photo before its colour metrics, or the reason why it is impossible.

The most reliable source is used: a colour card in the photo, else the illuminant of the site profile, else the
illuminant estimated from the photo. Hue and greenness need it. Spots are compared with the leaf around them, so they
don't, as long as the light contains all colours.
"""

from __future__ import annotations

import msgspec
import numpy as np

from sproutcast_pi.messages.areas import photo_notes
from sproutcast_pi.messages.areas.withheld import withheld_message
from sproutcast_pi.messages.message import Message
from sproutcast_pi.model import withheld_reasons
from sproutcast_pi.vision.colour.colour_card import ColourCard
from sproutcast_pi.vision.colour.illuminant import Illuminant, gains_to
from sproutcast_pi.vision.types import Image, Withheld

Gains = tuple[float, float, float]
"""Gains of blue, green and red."""

MAX_TRUSTED_GAIN = 2.0
"""Maximum gain: light that needs more lacks a colour, so hue and greenness would be arbitrary."""
_NEUTRAL: Gains = (1.0, 1.0, 1.0)


class PixelCorrection(msgspec.Struct, frozen=True):
    """Correction of pixels to neutral light: by gains, or by a colour card's matrix."""

    gains: Gains = _NEUTRAL
    card: ColourCard | None = None

    def apply(self, bgr: Image) -> Image:
        """Return pixels (n x 3, BGR, uint8) in neutral light, as floats."""
        if self.card is not None:
            return self.card.corrected(bgr)
        corrected: Image = bgr * np.array(self.gains, np.float32)
        return corrected


class ColourCorrection(msgspec.Struct, frozen=True, kw_only=True):
    """Corrections for hue and greenness, and for spots, or why they are withheld (`model/withheld_reasons.py`)."""

    midtones: PixelCorrection | Withheld
    spots: Gains | Withheld
    from_surroundings: bool = False
    """Whether the illuminant is known from the plant's surroundings only."""

    @property
    def usable(self) -> bool:
        """Whether spots can be measured."""
        return not isinstance(self.spots, Withheld)

    @property
    def note(self) -> Message | None:
        """Note on what can't be measured and why; None if everything can."""
        if not isinstance(self.midtones, Withheld):
            return None
        lost = photo_notes.NO_HUE if self.usable else photo_notes.NO_COLOURS
        return lost(reason=withheld_message(self.midtones.reason))


def uncorrectable(why: str) -> ColourCorrection:
    """Correction of a photo whose colours can't be corrected."""
    return ColourCorrection(midtones=Withheld(why), spots=Withheld(why))


def estimate_correction(light: Illuminant, card: ColourCard | None, learned: Gains | None) -> ColourCorrection:
    """Choose the correction for a photo under an illuminant.

    `card` is a fitting colour card, `learned` the illuminant (B, G, R) of a fitting site profile.
    """
    if card is not None:
        return ColourCorrection(midtones=PixelCorrection(card=card), spots=card.gains())
    if learned is not None:
        # With a black background the profile's illuminant is used, since the profile fits.
        gains = gains_to(light, learned) if light.unreliable_reason is None else _NEUTRAL
        return ColourCorrection(midtones=PixelCorrection(gains), spots=gains)
    gains = light.gains()
    if light.unreliable_reason in {withheld_reasons.FRAME_FILLED, withheld_reasons.SURROUNDINGS_BLACK}:
        return ColourCorrection(midtones=Withheld(light.unreliable_reason), spots=_NEUTRAL)
    if max(*gains, 1 / min(gains)) > MAX_TRUSTED_GAIN:
        return uncorrectable(withheld_reasons.COLOURED_LIGHT)
    if light.unreliable_reason is not None:
        return uncorrectable(light.unreliable_reason)
    return ColourCorrection(midtones=PixelCorrection(gains), spots=gains, from_surroundings=True)
