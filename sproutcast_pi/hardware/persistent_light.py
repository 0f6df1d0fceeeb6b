"""A lamp whose output need not be there at start."""

from __future__ import annotations

from collections.abc import Callable

from sproutcast_pi.ports import LightDriver


class PersistentLight:
    """LightDriver that opens its output with the first level, and again with every level after a failure.

    A wrong pin must not keep the daemon from saying so.
    """

    def __init__(self, open_output: Callable[[], LightDriver]) -> None:
        """`open_output` raises OSError when the output can't be had."""
        self._open_output = open_output
        self._light: LightDriver | None = None

    def set_level(self, level: float) -> None:
        """Set the output, 0 to 1; raises OSError when it can't be had or driven."""
        if self._light is None:
            self._light = self._open_output()
        self._light.set_level(level)

    def close(self) -> None:
        """Switch off and release the output."""
        if self._light is not None:
            self._light.close()
