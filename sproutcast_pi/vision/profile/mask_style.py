"""Mask style of a site: blur, threshold and offset that match our mask to the confirmed one.

Whoever confirms a mask draws it tight or loose, thin leaves are part air, and a mask that went through another program
often lies a pixel aside, which is much of a thin leaf. All this is learned together with the
colours, from the same frame, without looking twice: the frame is cut into a chessboard, the black squares are judged
by colours learned on the white ones, and the other way round.
"""

from __future__ import annotations

from itertools import product

import cv2
import msgspec
import numpy as np

from sproutcast_pi.vision.colour.colour_table import counts_of, table_of
from sproutcast_pi.vision.types import Image, Mask

CHESSBOARD_SIDE = 24
BLURS = (0.0, 1.0, 2.0, 3.0)
"""In thousandths of the frame's width."""
CUTS = (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)
_MIN_DICE_GAIN = 0.002
"""Minimum gain in Dice for a stronger style."""
MAX_OFFSET_PX = 2
"""Maximum offset in pixels, each way."""
_MIN_DICE_GAIN_MOVED = 0.004


class MaskStyle(msgspec.Struct, frozen=True):
    """Blur of the log odds (thousandths of the frame's width), the cut, and the Dice they reached on the frame."""

    blur: float = 0.0
    cut: float = 0.0
    dice: float = 0.0
    offset: tuple[float, float] = (0.0, 0.0)
    """Offset of masks to the right of and below the plant, in thousandths of the frame's width."""


def mask_offset(cells: Image, steps: Image, mask: Mask, context: Image, balance: float) -> tuple[int, int]:
    """Offset in pixels of a confirmed mask, to the right of and below the plant."""
    odds = blur_odds(_cross_validated_odds(cells, steps, mask, balance) + context, 1.0)
    plant = mask > 0
    best, reached = (0, 0), 0.0
    for dx, dy in sorted(
        product(range(-MAX_OFFSET_PX, MAX_OFFSET_PX + 1), repeat=2), key=lambda way: abs(way[0]) + abs(way[1])
    ):
        now = max(dice_of(np.roll(odds > cut, (dy, dx), (0, 1)), plant) for cut in (-1.0, 0.0, 1.0))
        if now > reached + _MIN_DICE_GAIN_MOVED:
            best, reached = (dx, dy), now
    return best


def mask_style_of(cells: Image, steps: Image, mask: Mask, context: Image, balance: float) -> MaskStyle:
    """Fit the style of an aligned confirmed mask; `context` are log odds from other sources than the colour table."""
    odds = _cross_validated_odds(cells, steps, mask, balance) + context
    plant = mask > 0
    best = MaskStyle(0.0, 0.0, dice_of(odds > 0, plant))
    for blur in BLURS:
        soft = blur_odds(odds, blur)
        for cut in CUTS:
            reached = dice_of(soft > cut, plant)
            if reached > best.dice + _MIN_DICE_GAIN:
                best = MaskStyle(blur, cut, reached)
    return best


def translate(picture: Image, dx: float, dy: float) -> Image:
    """Shift a mask or log odds `dx` pixels to the right and `dy` down, replicating the border."""
    if (dx, dy) == (0, 0):
        return picture
    way = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    there: Image = cv2.warpAffine(picture, way, picture.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
    return there


def _cross_validated_odds(cells: Image, steps: Image, mask: Mask, balance: float) -> Image:
    """Cross-validated colour odds: each square of a chessboard judged by the squares of the other colour."""
    height, width = mask.shape
    rows, columns = np.arange(height) * CHESSBOARD_SIDE // height, np.arange(width) * CHESSBOARD_SIDE // width
    black = (rows[:, None] + columns[None, :]) % 2 == 0
    from_black = table_of(steps, *counts_of(cells[black], mask[black]), balance=balance).odds[cells]
    from_white = table_of(steps, *counts_of(cells[~black], mask[~black]), balance=balance).odds[cells]
    return np.where(black, from_white, from_black)


def blur_odds(odds: Image, blur: float) -> Image:
    """Log odds (float32) blurred by `blur` thousandths of their width."""
    if blur <= 0:
        return odds
    return cv2.GaussianBlur(odds, (0, 0), blur * odds.shape[1] / 1000)


def dice_of(first: Image, second: Image) -> float:
    """Dice coefficient of two boolean masks; 1 when both are empty."""
    total = int(np.count_nonzero(first)) + int(np.count_nonzero(second))
    return 2 * int(np.count_nonzero(first & second)) / total if total else 1.0
