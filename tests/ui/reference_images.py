"""Compare a drawn screen with its reference: tolerant of a font's edge, not of a moved or missing element."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

REFERENCES = Path(__file__).resolve().parent / "references"
SHRINK = 4
"""References are kept at a quarter of the size: each of their pixels is the mean of sixteen."""
LEVELS = 20
"""A mean that differs by more than this is another picture there; edges drawn by another driver stay below."""
ALLOWED = 10
"""So many of the 24,000 means may differ."""


def small(pixels):
    height, width = pixels.shape[:2]
    return cv2.resize(pixels[:, :, ::-1], (width // SHRINK, height // SHRINK), interpolation=cv2.INTER_AREA)


def different(pixels, reference):
    """Return how many means differ."""
    drawn = small(pixels)
    if drawn.shape != reference.shape:
        return drawn.size
    return int((np.abs(drawn.astype(int) - reference.astype(int)).max(axis=2) > LEVELS).sum())


def check(pixels, name, *, renew):
    """Fail when a screen is not as its reference; `renew` takes it as the new one."""
    path = REFERENCES / f"{name}.png"
    if renew:
        REFERENCES.mkdir(exist_ok=True)
        cv2.imwrite(str(path), small(pixels), [cv2.IMWRITE_PNG_COMPRESSION, 9])
        return
    reference = cv2.imread(str(path))
    assert reference is not None, f"{path} is missing: RENEW_PICTURES=1 pytest tests/ui, then look at it"
    count = different(pixels, reference)
    if count > ALLOWED:
        seen = Path("var") / "pictures" / f"{name}.png"
        seen.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(seen), pixels[:, :, ::-1])
    assert count <= ALLOWED, (
        f"{name}: {count} of {reference.shape[0] * reference.shape[1]} places differ; see var/pictures/{name}.png"
    )
