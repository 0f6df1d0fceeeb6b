"""Names for the arrays that go from file to file; cv2 types its answers no closer than Any."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

Image = NDArray[Any]
"""height x width x 3, uint8, BGR; or height x width where a docstring says so."""
Mask = NDArray[Any]
"""height x width, uint8: 0 background, 255 plant."""
Labels = NDArray[Any]
"""height x width, uint8: 0 background, 1..n the plants."""
