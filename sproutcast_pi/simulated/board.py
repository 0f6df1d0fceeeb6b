"""A computer whose heat and supply can be set."""

from __future__ import annotations


class SimulatedBoard:
    """A Board that is cool and well supplied until told otherwise."""

    def __init__(self) -> None:
        self._temperature_c: float | None = 48.0
        self._undervoltage: bool | None = False

    def temperature_c(self) -> float | None:
        """Return the processor's temperature in Celsius; None: unknown."""
        return self._temperature_c

    def undervoltage(self) -> bool | None:
        """Whether the supply is too weak right now; None: unknown."""
        return self._undervoltage

    def set_temperature_c(self, temperature_c: float | None) -> None:
        """Become this hot."""
        self._temperature_c = temperature_c

    def set_undervoltage(self, undervoltage: bool | None) -> None:
        """Have a weak supply, or a good one."""
        self._undervoltage = undervoltage
