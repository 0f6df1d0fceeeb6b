"""Colour correction by a 24-patch colour card in the photo.

OpenCV's finder locates the card. Its patches give the camera's tone curve (an exponent, as some cameras are linear and
some are not) and a 3 x 3 matrix in linear light from the colours seen to the true ones, both by least squares. On the
cards photographed here that brings the mean colour difference (CIE76) from 18 to 4. A card that is burnt out, half
covered or in light that lacks a colour is rejected: then the illuminant estimate is used, with a note.
Only the plants' colours are corrected; the photo itself is unchanged.
"""

from __future__ import annotations

import cv2
import msgspec
import numpy as np

from sproutcast_pi.vision.types import Image

_GAMMA = 2.2
EXPONENTS = np.arange(0.8, 3.01, 0.2)
MIN_CLEAN_PATCHES = 12
"""Patches that must be neither burnt out nor patchy: as many serve as well as all (Sunoj et al. 2018)."""
MOST_BURNT, MOST_PATCHY = 250.0, 12.0
"""Brightness of a channel, and deviation within a patch, up to which a patch is clean."""
MAX_ERROR = 8.0
"""Mean colour difference of the clean patches after the correction up to which it is accepted."""
REFERENCE_RGB = (
    (115, 82, 68), (194, 150, 130), (98, 122, 157), (87, 108, 67), (133, 128, 177), (103, 189, 170),
    (214, 126, 44), (80, 91, 166), (193, 90, 99), (94, 60, 108), (157, 188, 64), (224, 163, 46),
    (56, 61, 150), (70, 148, 73), (175, 54, 60), (231, 199, 31), (187, 86, 149), (8, 133, 161),
    (243, 243, 242), (200, 200, 200), (160, 160, 160), (122, 122, 121), (85, 85, 85), (52, 52, 52),
)  # fmt: skip
"""sRGB of the classic card, top left to bottom right (BabelColor average of 30 charts)."""


class ColourCard(msgspec.Struct, frozen=True):
    """Colour correction derived from a card."""

    exponent: float
    matrix: Image
    """3 x 3, float64: seen RGB to the power of the exponent times it is true linear RGB."""
    error_before: float
    """Mean colour difference of the clean patches (CIE76) as they are seen."""
    error_after: float
    """The same once corrected."""

    @property
    def fits(self) -> bool:
        """Whether the correction is reliable."""
        return self.error_after <= min(MAX_ERROR, self.error_before)

    def corrected(self, bgr: Image) -> Image:
        """Pixels (n x 3, BGR, 0 to 255) in true colours, float64; brighter than white where they are."""
        seen = (bgr[:, ::-1].astype(np.float64) / 255) ** self.exponent
        true = np.clip(seen @ self.matrix, 0, None) ** (1 / _GAMMA) * 255
        return true[:, ::-1]

    def gains(self) -> tuple[float, float, float]:
        """Gains (B, G, R; green 1) that make the card's greys neutral."""
        grey = np.linalg.lstsq(self.matrix.T, np.full(3, 0.2), rcond=None)[0]
        red, green, blue = np.clip(grey, 1e-3, None) ** (1 / self.exponent)
        return (float(green / blue), 1.0, float(green / red))


def find_card(bgr: Image) -> ColourCard | None:
    """Find the card in a frame (uint8 BGR); None without one. Takes up to half a second."""
    if not hasattr(cv2, "mcc"):
        return None
    detector = cv2.mcc.CCheckerDetector.create()
    # OpenCV 5.0 leaves the chart's type uninitialised: without this it finds the card in one run of three.
    detector.setColorChartType(cv2.mcc.MCC24)
    if not detector.process(bgr, 1):
        return None
    patches = np.asarray(detector.getBestColorChecker().getChartsRGB(), np.float64)
    seen, spread = patches[:, 1].reshape(24, 3), patches[:, 2].reshape(24, 3)
    return fit_card(seen, (seen.max(axis=1) <= MOST_BURNT) & (spread.max(axis=1) <= MOST_PATCHY))


def fit_card(seen: Image, clean: Image) -> ColourCard:
    """Fit the correction to the 24 patches (RGB, 0 to 255) that are clean (bool)."""
    true = np.array(REFERENCE_RGB, np.float64)
    before = float(_mean_delta_e(seen[clean], true[clean])) if clean.any() else np.inf
    nothing = ColourCard(exponent=_GAMMA, matrix=np.eye(3), error_before=before, error_after=np.inf)
    if np.count_nonzero(clean) < MIN_CLEAN_PATCHES:
        return nothing
    return min(
        (_fit_exponent(seen[clean], true[clean], float(g), before) for g in EXPONENTS),
        key=lambda card: card.error_after,
    )


def _fit_exponent(seen: Image, true: Image, exponent: float, before: float) -> ColourCard:
    target = (true / 255) ** _GAMMA
    # The eye perceives differences between dark colours as well as between bright ones.
    weight = 1 / (np.sqrt(target.mean(axis=1, keepdims=True)) + 0.1)
    matrix, *_ = np.linalg.lstsq((seen / 255) ** exponent * weight, target * weight, rcond=None)
    card = ColourCard(exponent=exponent, matrix=matrix, error_before=before, error_after=0.0)
    after = _mean_delta_e(card.corrected(seen[:, ::-1])[:, ::-1], true)
    return msgspec.structs.replace(card, error_after=float(after))


def _mean_delta_e(one: Image, other: Image) -> float:
    """Mean colour difference (CIE76) between two lists of RGB colours."""
    first, second = (
        cv2.cvtColor(np.clip(colours / 255, 0, 1).astype(np.float32)[None], cv2.COLOR_RGB2LAB)[0]
        for colours in (one, other)
    )
    return float(np.linalg.norm(first - second, axis=1).mean())
