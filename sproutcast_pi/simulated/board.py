"""Simulated board with settable temperature and supply."""

from __future__ import annotations


class SimulatedBoard:
    """Board with settable temperature and undervoltage; cool and well supplied by default."""

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
        """Set the temperature."""
        self._temperature_c = temperature_c

    def set_undervoltage(self, undervoltage: bool | None) -> None:
        """Set whether the supply is too weak."""
        self._undervoltage = undervoltage
