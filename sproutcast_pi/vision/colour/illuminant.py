"""Illuminant estimation from a photo, and the lamp's state derived from it.

The estimate is the Minkowski mean of order 6 of each channel ("shades of grey", Finlayson & Trezzi 2004) over what is
not plant, so that a canopy that fills the frame doesn't make the light green. The brightest quarter of each channel
counts as its darkest value does: glints and burnt-out spots, which would move it, are in there. So the estimate follows
exposure and white balance exactly, until more than a quarter of the background is burnt out.
"""

from __future__ import annotations

import cv2
import msgspec
import numpy as np

from sproutcast_pi.messages.areas import photo_notes
from sproutcast_pi.messages.areas.photo_notes import colour_message
from sproutcast_pi.messages.message import Message
from sproutcast_pi.model import withheld_reasons
from sproutcast_pi.model.measurement import LampReading
from sproutcast_pi.vision.types import Image, Mask, max_channel, subsample

_ORDER = 6
_STRIDE = 5
MIN_TINT = 1.25
"""Ratio of the strongest to the weakest channel from which light counts as tinted: white rooms here have 1.0 to 1.2."""
_BRIGHTEST = 0.75
"""Share of the background's values below the brightest quarter."""
MIN_SHARE = 0.05
"""Share of the frame that must be background for a valid estimate."""
BURNT_OUT_LEVEL = 250
MIN_LEVEL = 0.06
"""Background level below which its colour is noise: a black background."""
MAX_GAIN = 2.5
MIN_LIT_LEVEL = 30
"""Of 255: when not even the brightest 2 in 1000 pixels reach this, the lamp is off."""
MIN_LAMP_LEVEL = 0.05
"""Lamp level from which a photo must not be dark."""


class Illuminant(msgspec.Struct, frozen=True, kw_only=True):
    """Illuminant of a photo: level per channel (B, G, R; 0 to 1)."""

    level: tuple[float, float, float]
    lit: bool
    unreliable_reason: str | None = None
    """Why the estimate is unreliable, if it is (`model/withheld_reasons.py`)."""

    def gains(self) -> tuple[float, float, float]:
        """Gains per channel (B, G, R) to neutral light, green unchanged."""
        blue, green, red = self.level
        return (_gain(green, blue), 1.0, _gain(green, red))


def gains_to(light: Illuminant, target: tuple[float, float, float]) -> tuple[float, float, float]:
    """Gains per channel to another illuminant, green unchanged."""
    blue, green, red = (want / max(have, 1e-3) for want, have in zip(target, light.level, strict=True))
    return (_gain(blue, green), 1.0, _gain(red, green))


def estimate_illuminant(bgr: Image, mask: Mask) -> Illuminant:
    """Estimate the illuminant of a frame (uint8 BGR) outside the plant mask."""
    pixels = subsample(_STRIDE, bgr)
    background = cv2.compare(np.ascontiguousarray(mask[::_STRIDE, ::_STRIDE]), 0, cv2.CMP_EQ)  # type: ignore[call-overload]  # a plain number is compared with each pixel
    share = np.count_nonzero(background) / background.size
    seen = [_level(pixels, channel, background if share >= MIN_SHARE else None) for channel in range(3)]
    level = (seen[0][0], seen[1][0], seen[2][0])
    top = np.cumsum(cv2.calcHist([max_channel(pixels)], [0], None, [256], [0, 256]))
    lit = int(np.searchsorted(top, 0.998 * top[-1])) >= MIN_LIT_LEVEL
    return Illuminant(
        level=level, lit=lit, unreliable_reason=_unreliable_reason(share, level, max(cut for _, cut in seen))
    )


def lamp_reading(light: Illuminant) -> LampReading:
    """Return whether a lamp is on in the photo, and its colour; no colour if undetermined."""
    brightness = round(max(light.level), 3)
    if not light.lit:
        return LampReading(lit=False, colour="dark", brightness=brightness)
    colour = None if light.unreliable_reason == withheld_reasons.SURROUNDINGS_BLACK else _colour_name(*light.level)
    return LampReading(lit=True, colour=colour, brightness=brightness)


def lamp_note(reading: LampReading, set_level: float | None, colour: str) -> Message | None:
    """Note when the photo contradicts the lamp's level (0 to 1); None if it agrees or is undetermined."""
    if set_level is None or reading.lit is None:
        return None
    if set_level >= MIN_LAMP_LEVEL and not reading.lit:
        return photo_notes.LAMP_DARK(level=set_level * 100)
    if set_level >= 0.5 and reading.colour and reading.colour != colour and {reading.colour, colour} & {"pink", "blue"}:  # noqa: PLR2004 - below half, daylight may outshine the lamp
        return photo_notes.LAMP_COLOUR(seen=colour_message(reading.colour), wanted=colour_message(colour))
    return None


def surroundings_note(light: Illuminant) -> Message | None:
    """A note where the light looks tinted and nothing but the plant's surroundings says so; None otherwise."""
    colour = lamp_reading(light).colour
    if colour is None or max(light.level) < MIN_TINT * min(light.level):
        return None
    colour = _tint(*light.level) if colour == "white" else colour
    return photo_notes.SURROUNDINGS_TINTED(colour=colour_message(colour))


def _level(pixels: Image, channel: int, background: Mask | None) -> tuple[float, int]:
    """A channel's Minkowski mean, 0 to 1, and the value (0 to 255) at which it is clipped."""
    counts = cv2.calcHist([pixels], [channel], background, [256], [0, 256]).ravel()
    below = np.cumsum(counts)
    cut = int(np.searchsorted(below, _BRIGHTEST * below[-1]))
    powers = (np.minimum(np.arange(256), cut) / 255.0) ** _ORDER
    return float(counts @ powers / below[-1]) ** (1 / _ORDER), cut


def _unreliable_reason(share: float, level: tuple[float, float, float], cut: int) -> str | None:
    if share < MIN_SHARE:
        return withheld_reasons.FRAME_FILLED
    if min(level) < MIN_LEVEL:
        return withheld_reasons.SURROUNDINGS_BLACK
    return withheld_reasons.SURROUNDINGS_BURNT_OUT if cut >= BURNT_OUT_LEVEL else None


def _colour_name(blue: float, green: float, red: float) -> str:
    if green < 0.75 * min(blue, red):
        return "pink"
    if blue < 0.6 * min(green, red):
        return "amber"
    if red < 0.6 * min(green, blue) or blue > 1.6 * red:
        return "blue"
    if green > 1.4 * max(blue, red):
        return "green"
    return "white"


def _tint(blue: float, green: float, red: float) -> str:
    """The word for light that is nearly white, by the channel that is farthest from the mean of the other two."""
    ways = {
        "yellowish": (red + green) / (2 * blue),
        "bluish": 2 * blue / (red + green),
        "greenish": 2 * green / (red + blue),
        "pinkish": (red + blue) / (2 * green),
        "reddish": 2 * red / (green + blue),
        "turquoise": (green + blue) / (2 * red),
    }
    return max(ways, key=lambda word: ways[word])


def _gain(want: float, have: float) -> float:
    return min(max(want / max(have, 1e-3), 1 / MAX_GAIN), MAX_GAIN)
