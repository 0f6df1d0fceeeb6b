"""Derating of the lamp while the board is too hot or its supply too weak, with hysteresis."""

from __future__ import annotations

import msgspec

from sproutcast_pi.model.light_plan import Derate

WARM_C = 80.0
"""The Pi's own firmware starts throttling at 80 to 85 C."""
HOT_ABOVE_WARM_C = 10.0
"""Further rise from which the lamp is switched off, because dimming is not enough."""
HYSTERESIS_C = 8.0
"""Hysteresis: drop in temperature before a limit is lifted."""
WEAK_SUPPLY_S = 600.0
"""How long the lamp stays dimmed after the last undervoltage: dimming itself removes the symptom."""
REDUCED_LEVEL = 0.5


class DerateState(msgspec.Struct, frozen=True, kw_only=True):
    """Active limits; `derate` is None without one."""

    warm: bool = False
    hot: bool = False
    weak_until_s: float | None = None
    derate: Derate | None = None


def next_derate(
    before: DerateState, *, soc_c: float | None, undervoltage: bool | None, monotonic_s: float, warm_c: float = WARM_C
) -> DerateState:
    """Return the limits after a reading of the board's temperature (Celsius) and supply; None: unknown, no change.

    `soc_c` at `warm_c` dims to half, ten degrees hotter switches off, each until it is 8 degrees cooler. Undervoltage
    dims to half for ten minutes after it was last seen.
    """
    warm, hot = before.warm, before.hot
    if soc_c is not None:
        warm = soc_c >= warm_c - (HYSTERESIS_C if before.warm else 0.0)
        hot = soc_c >= warm_c + HOT_ABOVE_WARM_C - (HYSTERESIS_C if before.hot else 0.0)
    weak_until_s = before.weak_until_s
    if undervoltage:
        weak_until_s = monotonic_s + WEAK_SUPPLY_S
    elif weak_until_s is not None and monotonic_s >= weak_until_s:
        weak_until_s = None
    derate = None
    if hot:
        derate = Derate(max_level=0.0)
    elif warm or weak_until_s is not None:
        derate = Derate(max_level=REDUCED_LEVEL)
    return DerateState(warm=warm, hot=hot, weak_until_s=weak_until_s, derate=derate)
