"""Colour-card benchmark: colour difference of its patches, and shift of leaf colours with the white balance."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from bench.vision_changes import same_plant
from bench.vision_scenes import Array
from sproutcast_pi.vision.colour.colour_card import find_card
from sproutcast_pi.vision.measure import measure
from sproutcast_pi.vision.photo.photo_file import photo_from_frame, read_photo
from sproutcast_pi.vision.types import MeasureRequest

CARDS = ("card_source.png", "card_target.png", "partial_card.png", "tobacco_wt891.jpg")
CARD_AT = (slice(140, 300), slice(145, 256))
"""The card in card_source.png."""
SHOWN = (
    "trays/arabidopsis_tray.jpg", "rice_pots/GN2_5523.jpg", "pots_side/quinoa_raspi.jpg", "trays/multiplant_small.jpg",
)  # fmt: skip
BALANCES = ((0.85, 1.15), (1.15, 0.85), (0.7, 1.0), (1.0, 0.7))


def print_tables(dev: Path) -> None:
    """Patches before and after, then hue and greenness with and without."""
    print("\nMean colour difference (CIE76) of a card's clean patches")
    for name in CARDS:
        card = find_card(read_photo(dev / "color_card" / name).bgr)
        difference = (
            "not found"
            if card is None
            else f"{card.error_before:5.1f} -> {card.error_after:5.1f}, curve {card.exponent:.1f}"
        )
        print(f"  {name:20} {difference}{'' if card is None or card.fits else ', rejected'}")
    source = cv2.imread(str(dev / "color_card" / CARDS[0]))
    assert source is not None
    print("\nMedian and largest move of the plants' colours with the balance (blue, red), a card pasted beside them")
    pictures = [_with_card(dev / name, source) for name in SHOWN]
    for balance in BALANCES:
        for known in (False, True):
            moves = [move for picture in pictures for move in _moves(picture, balance, known=known)]
            green, hue = np.array(moves or [(np.nan, np.nan)]).T
            print(
                f"  x{balance[0]:g}, x{balance[1]:g}, {'with' if known else 'without'} the card: {len(moves)} plants, "
                f"greenness {np.median(green):.1f} {green.max():.1f} %, hue {np.median(hue):.1f} {hue.max():.1f} deg"
            )


def _with_card(file: Path, source: Array) -> Array:
    """Paste a card of a fifth of the width below the plants."""
    picture = read_photo(file).bgr
    card = source[CARD_AT]
    scale = picture.shape[1] / 5 / card.shape[1]
    card = cv2.resize(card, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    strip = np.full((card.shape[0] + 40, picture.shape[1], 3), 128, np.uint8)
    strip[20:-20, 20 : 20 + card.shape[1]] = card
    return np.vstack([picture, strip])


def _moves(picture: Array, balance: tuple[float, float], *, known: bool) -> list[tuple[float, float]]:
    """Shift of each plant measured in both images: greenness in percent of itself, hue in degrees."""
    changed = np.clip(picture * (balance[0], 1, balance[1]), 0, 255).astype(np.uint8)
    first, second = (measure(photo_from_frame(one), MeasureRequest(colour_card=known)) for one in (picture, changed))
    moves = []
    for plant in first.plants:
        again = same_plant(plant, second, 1)
        if again is None or None in {plant.chlorophyll_index, again.chlorophyll_index, plant.hue_deg, again.hue_deg}:
            continue
        green = abs((again.chlorophyll_index or 0.0) / (plant.chlorophyll_index or 1.0) - 1) * 100
        moves.append((green, abs((again.hue_deg or 0.0) - (plant.hue_deg or 0.0))))
    return moves
