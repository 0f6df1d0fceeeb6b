"""When a lamp dimmed by PWM shows as stripes in a photograph."""

from __future__ import annotations

VISIBLE_SHARE = 0.01
"""Stripes of a hundredth of the brightness move the numbers of a plant no more than noise does."""


def stripe_share(level: float, pwm_hz: float, exposure_s: float) -> float:
    """Return how much rows of a rolling shutter differ at most in brightness, as a share of their mean.

    Each row is exposed for `exposure_s`, a while later than the one before. Whole periods of the PWM light every row
    alike; what is left over of the last one holds between none and all of its lit time, or of its dark time.
    """
    if level in (0.0, 1.0):
        return 0.0
    rest = (exposure_s * pwm_hz) % 1.0
    most = min(level, rest)
    least = max(0.0, level + rest - 1.0)
    return (most - least) / (level * exposure_s * pwm_hz)


def shortest_even_exposure_s(level: float, pwm_hz: float) -> float:
    """Return the exposure from which on no stripes are visible, whatever its length, in seconds."""
    return min(level, 1.0 - level) / (level * VISIBLE_SHARE * pwm_hz) if level else 0.0
