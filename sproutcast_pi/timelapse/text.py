"""Text renderer for video frames: OpenCV's TrueType face if it has one, else strokes."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
WHITE, BLACK = (255, 255, 255), (0, 0, 0)
_RTL = "[\\u0590-\\u08ff\\ufb1d-\\ufdff\\ufe70-\\ufeff]+"
_JOINED = re.compile("[\\u0600-\\u08ff\\ufb50-\\ufdff\\ufe70-\\ufeff]")
"""Arabic, Syriac and their kin."""
_RIGHT_TO_LEFT = re.compile(rf"{_RTL}(?:\s+{_RTL})*")


class TextRenderer:
    """Renderer of white text with a dark outline.

    OpenCV 5 has a face for Latin, Greek, Cyrillic, Hebrew, Arabic and East Asian scripts ("uni"); OpenCV 4 draws ASCII
    strokes only, and letters with marks lose them there.
    """

    def __init__(self) -> None:
        face: Any = getattr(cv2, "FontFace", None)
        self._face = face("uni") if face is not None else None

    def lacks(self, sign: str) -> bool:
        """Whether a character has no glyph, or belongs to a script that joins its letters, which no face here does."""
        if self._face is None:
            return not sign.isascii() and _plain(sign) == "?"
        if sign == "?" or _JOINED.match(sign):
            return sign != "?"
        return bool(np.array_equal(self._alone(sign), self._alone("?")))

    def _alone(self, sign: str) -> Picture:
        picture = np.zeros((48, 64, 3), np.uint8)
        self.draw(picture, sign, (8, 36))
        return picture

    def draw(self, picture: Picture, text: str, at: tuple[int, int], height_px: int = 28) -> None:
        """Draw `text` with its baseline at `at`, capitals about `height_px` pixels high."""
        if self._face is None:
            _draw_strokes(picture, _plain(text), at, height_px)
            return
        shown = _in_visual_order(unicodedata.normalize("NFC", text))
        put: Any = cv2.putText
        for offset in ((-2, 0), (2, 0), (0, -2), (0, 2)):
            put(picture, shown, (at[0] + offset[0], at[1] + offset[1]), BLACK, self._face, height_px, 500)
        put(picture, shown, at, WHITE, self._face, height_px, 500)


def _in_visual_order(text: str) -> str:
    """Convert to visual order, since the face draws from left to right only."""
    return _RIGHT_TO_LEFT.sub(lambda found: found[0][::-1], text)


def _plain(text: str) -> str:
    """Fold to ASCII: diacritics removed, other characters as question marks."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode() or "?"


def _draw_strokes(picture: Picture, text: str, at: tuple[int, int], height_px: int) -> None:
    scale = height_px / 31.0
    for colour, width in ((BLACK, 4), (WHITE, 2 if height_px > 20 else 1)):  # noqa: PLR2004 - small print
        cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, colour, width, cv2.LINE_AA)
