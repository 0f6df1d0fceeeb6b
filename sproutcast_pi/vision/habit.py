"""How a site's masks are drawn: the blur and the threshold that bring our mask closest to the confirmed one.

Whoever confirms a mask draws it tight or loose, and thin leaves are part air. Both are learned together with the
colours, from the same frame, without looking twice: the frame is cut into a chessboard, the black squares are judged
by colours learned on the white ones, and the other way round.
"""

from __future__ import annotations

import cv2
import msgspec
import numpy as np

from sproutcast_pi.vision.colour_table import counts_of, table_of
from sproutcast_pi.vision.types import Image, Mask

SQUARES = 24
BLURS = (0.0, 1.0, 2.0, 3.0)
"""In thousandths of the frame's width."""
CUTS = (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)
_WORTH = 0.002
"""Dice a bolder choice must gain."""


class Habit(msgspec.Struct, frozen=True):
    """Blur of the log odds (thousandths of the frame's width), the cut, and the Dice they reached on the frame."""

    blur: float = 0.0
    cut: float = 0.0
    dice: float = 0.0


def habit_of(cells: Image, steps: Image, mask: Mask, context: Image, balance: float) -> Habit:
    """The habit of a confirmed mask; `context` are the log odds that don't come from the colour table."""
    height, width = mask.shape
    rows, columns = np.arange(height) * SQUARES // height, np.arange(width) * SQUARES // width
    black = (rows[:, None] + columns[None, :]) % 2 == 0
    from_black = table_of(steps, *counts_of(cells[black], mask[black]), balance=balance).odds[cells]
    from_white = table_of(steps, *counts_of(cells[~black], mask[~black]), balance=balance).odds[cells]
    odds = np.where(black, from_white, from_black) + context
    plant = mask > 0
    best = Habit(0.0, 0.0, dice_of(odds > 0, plant))
    for blur in BLURS:
        soft = blurred(odds, blur)
        for cut in CUTS:
            reached = dice_of(soft > cut, plant)
            if reached > best.dice + _WORTH:
                best = Habit(blur, cut, reached)
    return best


def blurred(odds: Image, blur: float) -> Image:
    """Log odds (float32) blurred by `blur` thousandths of their width."""
    if blur <= 0:
        return odds
    return cv2.GaussianBlur(odds, (0, 0), blur * odds.shape[1] / 1000)


def dice_of(first: Image, second: Image) -> float:
    """Twice the overlap over the sum of two boolean masks; 1 when both are empty."""
    total = int(np.count_nonzero(first)) + int(np.count_nonzero(second))
    return 2 * int(np.count_nonzero(first & second)) / total if total else 1.0
