"""How a picture's colours are to be corrected before they are told, and why they can't be where they can't.

What is known best counts: a colour card in the picture, else the light in which the site profile was learned, else the
light as the picture itself shows it. Hue and greenness need it. Spots are told from the leaf beside them, so they do
without, as long as the light has all colours.
"""

from __future__ import annotations

import msgspec

from sproutcast_pi.vision.light import BLACK, BURNT_OUT, FILLED, Light, gains_to, lamp_of

Gains = tuple[float, float, float]
"""What blue, green and red are multiplied by."""

TRUSTED_GAIN = 2.0
"""Light that needs more correction than this lacks a colour: hue and greenness would be invented."""
_NEUTRAL: Gains = (1.0, 1.0, 1.0)


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    """The correction for hue and greenness, and for spots; None where they can't be told."""

    tones: Gains | None = None
    spots: Gains | None = None
    reason: str | None = None

    @property
    def usable(self) -> bool:
        """Whether the picture is as good as its place allows: spots can be told."""
        return self.spots is not None


def balance_of(light: Light, card: Gains | None, learned: Gains | None) -> Balance:
    """The correction for a picture in this light.

    `card` are a colour card's gains, `learned` the light (B, G, R) in which a site profile that fits was learned.
    """
    if card is not None:
        return Balance(tones=card, spots=card)
    if learned is not None:
        # Before black the lamp is believed to be the one the profile knows, for the profile fits.
        gains = gains_to(light, learned) if light.doubt is None else _NEUTRAL
        return Balance(tones=gains, spots=gains)
    gains = light.gains()
    if light.doubt not in {FILLED, BLACK} and max(*gains, 1 / min(gains)) > TRUSTED_GAIN:
        colour = lamp_of(light).colour
        told = f"the light is {colour}: hue, greenness and spots can't be told, photograph under white light"
        return Balance(reason=told)
    if light.doubt == BURNT_OUT:
        return Balance(reason=f"{light.doubt}: hue, greenness and spots can't be told, shorten the exposure")
    if light.doubt is not None:
        told = f"hue and greenness are left out: {light.doubt}, so the light's colour is unknown"
        return Balance(spots=_NEUTRAL, reason=f"{told} (confirm a picture of the place, or lay a colour card beside)")
    return Balance(tones=gains, spots=gains)
