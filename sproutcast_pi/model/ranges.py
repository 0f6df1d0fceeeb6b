"""Valid ranges of input numbers, for reducers and the command line."""

from __future__ import annotations

import msgspec


class Range(msgspec.Struct, frozen=True):
    """Closed interval."""

    low: float
    high: float
    unit: str = ""

    @property
    def text(self) -> str:
        """Such as "1 to 200 cm"."""
        return f"{self.low:g} to {self.high:g} {self.unit}".rstrip()


POT_DIAMETER = Range(1.0, 200.0, "cm")
FRAME_SHARE = Range(0.0, 1.0)
"""Share of the photo's width or height."""
