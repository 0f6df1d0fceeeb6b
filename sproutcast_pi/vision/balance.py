"""How a picture's colours are to be corrected before they are told, and why they can't be where they can't.

What is known best counts: a colour card in the picture, else the light in which the site profile was learned, else the
light as the picture itself shows it. Hue and greenness need it. Spots are told from the leaf beside them, so they do
without, as long as the light has all colours.
"""

from __future__ import annotations

import msgspec
import numpy as np

from sproutcast_pi.model import reasons
from sproutcast_pi.vision.colour_card import Card
from sproutcast_pi.vision.light import Light, gains_to
from sproutcast_pi.vision.types import Image

Gains = tuple[float, float, float]
"""What blue, green and red are multiplied by."""

TRUSTED_GAIN = 2.0
"""Light that needs more correction than this lacks a colour: hue and greenness would be invented."""
_NEUTRAL: Gains = (1.0, 1.0, 1.0)


class Correction(msgspec.Struct, frozen=True):
    """How a plant's pixels look in neutral light: by gains, or by all a colour card says."""

    gains: Gains = _NEUTRAL
    card: Card | None = None

    def of(self, bgr: Image) -> Image:
        """Pixels (n x 3, BGR, uint8) in neutral light, as floats."""
        if self.card is not None:
            return self.card.corrected(bgr)
        corrected: Image = bgr * np.array(self.gains, np.float32)
        return corrected


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """The correction for hue and greenness, and for spots, or why they can't be told (`model/reasons.py`)."""

    tones: Correction | str
    spots: Gains | str

    @property
    def usable(self) -> bool:
        """Whether the picture is as good as its place allows: spots can be told."""
        return not isinstance(self.spots, str)

    @property
    def note(self) -> str | None:
        """What can't be told and why, None where all can."""
        lost = "hue and greenness" if self.usable else "hue, greenness and spots"
        return f"{lost} can't be told: {self.tones}" if isinstance(self.tones, str) else None


def untold(why: str) -> Balance:
    """No correction helps."""
    return Balance(tones=why, spots=why)


def balance_of(light: Light, card: Card | None, learned: Gains | None) -> Balance:
    """The correction for a picture in this light.

    `card` is a colour card that fits, `learned` the light (B, G, R) in which a site profile that fits was learned.
    """
    if card is not None:
        return Balance(tones=Correction(card=card), spots=card.gains())
    if learned is not None:
        # Before black the lamp is believed to be the one the profile knows, for the profile fits.
        gains = gains_to(light, learned) if light.doubt is None else _NEUTRAL
        return Balance(tones=Correction(gains), spots=gains)
    gains = light.gains()
    if light.doubt in {reasons.FILLED, reasons.SURROUNDINGS_BLACK}:
        return Balance(tones=light.doubt, spots=_NEUTRAL)
    if max(*gains, 1 / min(gains)) > TRUSTED_GAIN:
        return untold(reasons.COLOURED_LIGHT)
    if light.doubt is not None:
        return untold(light.doubt)
    return Balance(tones=Correction(gains), spots=gains)
