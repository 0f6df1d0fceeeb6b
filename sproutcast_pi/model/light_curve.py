"""Shape of one photoperiod: linear ramps around a constant level. Times in any one unit, shares 0 to 1."""

from __future__ import annotations

from typing import Literal

Phase = Literal["sunrise", "day", "sunset"]


def ramp_share(since: float, lasting: float, sunrise: float, sunset: float) -> tuple[float, Phase]:
    """Return share of the full level and phase at `since` (0 to `lasting`) after the start; ramps of 0 are none."""
    share: float = 1.0
    phase: Phase = "day"
    if sunrise > 0 and since / sunrise < share:
        share, phase = since / sunrise, "sunrise"
    if sunset > 0 and (lasting - since) / sunset < share:
        share, phase = (lasting - since) / sunset, "sunset"
    return max(share, 0.0), phase


def full_power_length(lasting: float, sunrise: float, sunset: float) -> float:
    """Return how long the full level gives as much light as a photoperiod with these ramps."""
    return lasting - (sunrise + sunset) / 2
