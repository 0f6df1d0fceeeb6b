"""The colour of the light in a picture, estimated from the picture, and what it says of the lamp.

The estimate is the Minkowski mean of order 6 of each channel ("shades of grey", Finlayson & Trezzi 2004) over what is
not plant, so that a canopy that fills the frame doesn't make the light green. Gains that turn it neutral are what the
colour pipelines use when neither a card nor a site profile knows better.
"""

from __future__ import annotations

import msgspec
import numpy as np

from sproutcast_pi.model.measurement import LampReading
from sproutcast_pi.vision.types import Image, Mask

_ORDER = 6
_STRIDE = 5
MIN_SHARE = 0.05
"""Of the frame that must be background for the estimate to count."""
BURNT = 252
MAX_GAIN = 2.5
DARK_LEVEL = 0.1
"""Minkowski mean, of full, below which no lamp lights the picture."""
LIT_FROM = 0.05
"""Lamp level from which a picture must not be dark."""


class Light(msgspec.Struct, frozen=True, kw_only=True):
    """The light of a picture: its level per channel (B, G, R; 0 to 1), and whether there was enough to judge."""

    level: tuple[float, float, float]
    sure: bool

    def gains(self) -> tuple[float, float, float]:
        """What each channel (B, G, R) is multiplied by to make the light neutral, green kept as it is."""
        if not self.sure:
            return (1.0, 1.0, 1.0)
        blue, green, red = self.level
        return (_gain(green, blue), 1.0, _gain(green, red))


def gains_to(light: Light, wanted: tuple[float, float, float]) -> tuple[float, float, float]:
    """What each channel is multiplied by to look as in the wanted light, green kept as it is."""
    blue, green, red = (want / max(have, 1e-3) for want, have in zip(wanted, light.level, strict=True))
    return (_gain(blue, green), 1.0, _gain(red, green))


def light_of(bgr: Image, mask: Mask) -> Light:
    """The light of a frame (uint8 BGR) whose plants are masked."""
    pixels = bgr[::_STRIDE, ::_STRIDE]
    background = mask[::_STRIDE, ::_STRIDE] == 0
    chosen = pixels[background] if background.mean() >= MIN_SHARE else pixels.reshape(-1, 3)
    # Burnt-out pixels have lost their colour.
    useful = chosen[(chosen < BURNT).all(axis=1)] if len(chosen) else chosen
    if len(useful) < 0.2 * max(len(chosen), 1):
        useful = chosen
    power = (useful.astype(np.float32) * np.float32(1 / 255)) ** _ORDER
    blue, green, red = (float(value) ** (1 / _ORDER) for value in power.mean(axis=0))
    return Light(level=(blue, green, red), sure=bool(background.mean() >= MIN_SHARE) and min(blue, green, red) > 0.02)  # noqa: PLR2004 (5 of 255 is sensor noise)


def lamp_of(light: Light) -> LampReading:
    """Whether a lamp lit the picture, and in which colour."""
    blue, green, red = light.level
    brightness = max(light.level)
    if brightness < DARK_LEVEL:
        return LampReading(lit=False, colour="dark", brightness=round(brightness, 3))
    return LampReading(lit=True, colour=_colour(blue, green, red), brightness=round(brightness, 3))


def lamp_note(reading: LampReading, wanted: float | None, colour: str) -> str | None:
    """A sentence when the picture contradicts what the lamp was set to (0 to 1); None when it agrees or can't tell."""
    if wanted is None or reading.lit is None:
        return None
    if wanted >= LIT_FROM and not reading.lit:
        return f"the lamp was set to {wanted * 100:.0f} % but the picture is dark: check lamp, plug and timer"
    if wanted >= 0.5 and reading.colour not in {None, colour} and {reading.colour, colour} & {"pink", "blue"}:  # noqa: PLR2004 (below half, daylight may outshine the lamp)
        return f"the light looks {reading.colour}, the lamp should be {colour}: was the lamp changed?"
    return None


def _colour(blue: float, green: float, red: float) -> str:
    if green < 0.75 * min(blue, red):
        return "pink"
    if blue < 0.6 * min(green, red):
        return "amber"
    if red < 0.6 * min(green, blue) or blue > 1.6 * red:
        return "blue"
    if green > 1.4 * max(blue, red):
        return "green"
    return "white"


def _gain(wanted: float, have: float) -> float:
    return min(max(wanted / max(have, 1e-3), 1 / MAX_GAIN), MAX_GAIN)
