"""How a picture's colours are to be corrected before they are told, and why they can't be where they can't.

What is known best counts: a colour card in the picture, else the light in which the site profile was learned, else the
light as the picture itself shows it. Hue and greenness need it. Spots are told from the leaf beside them, so they do
without, as long as the light has all colours.
"""

from __future__ import annotations

import msgspec
import numpy as np

from sproutcast_pi.model import withheld_reasons
from sproutcast_pi.vision.colour.colour_card import ColourCard
from sproutcast_pi.vision.colour.illuminant import Illuminant, gains_to
from sproutcast_pi.vision.types import Image, Withheld

Gains = tuple[float, float, float]
"""What blue, green and red are multiplied by."""

MAX_TRUSTED_GAIN = 2.0
"""Light that needs more correction than this lacks a colour: hue and greenness would be invented."""
_NEUTRAL: Gains = (1.0, 1.0, 1.0)


class PixelCorrection(msgspec.Struct, frozen=True):
    """How a plant's pixels look in neutral light: by gains, or by all a colour card says."""

    gains: Gains = _NEUTRAL
    card: ColourCard | None = None

    def apply(self, bgr: Image) -> Image:
        """Pixels (n x 3, BGR, uint8) in neutral light, as floats."""
        if self.card is not None:
            return self.card.corrected(bgr)
        corrected: Image = bgr * np.array(self.gains, np.float32)
        return corrected


class ColourCorrection(msgspec.Struct, frozen=True, kw_only=True):
    """The correction for hue and greenness, and for spots, or why they can't be told (`model/withheld_reasons.py`)."""

    midtones: PixelCorrection | Withheld
    spots: Gains | Withheld
    from_surroundings: bool = False
    """Whether nothing but what surrounds the plant tells the light's colour."""

    @property
    def usable(self) -> bool:
        """Whether the picture is as good as its place allows: spots can be told."""
        return not isinstance(self.spots, Withheld)

    @property
    def note(self) -> str | None:
        """What can't be told and why, None where all can."""
        lost = "hue and greenness" if self.usable else "hue, greenness and spots"
        return f"{lost} can't be told: {self.midtones.reason}" if isinstance(self.midtones, Withheld) else None


def uncorrectable(why: str) -> ColourCorrection:
    """No correction helps."""
    return ColourCorrection(midtones=Withheld(why), spots=Withheld(why))


def estimate_correction(light: Illuminant, card: ColourCard | None, learned: Gains | None) -> ColourCorrection:
    """The correction for a picture in this light.

    `card` is a colour card that fits, `learned` the light (B, G, R) in which a site profile that fits was learned.
    """
    if card is not None:
        return ColourCorrection(midtones=PixelCorrection(card=card), spots=card.gains())
    if learned is not None:
        # Before black the lamp is believed to be the one the profile knows, for the profile fits.
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
