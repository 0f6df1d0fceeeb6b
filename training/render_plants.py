"""Procedural plants: leaves, blades, stems and flowers of many shapes and colours, with exact masks."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from training.render_backgrounds import draw_pot

Array = NDArray[Any]
Rng = np.random.Generator
SHIFT = 3  # sub-pixel bits of cv2's drawing


class PlantCanvas:
    """Canvas: colours in `bgr`, plant pixels in `mask`."""

    def __init__(self, height: int, width: int) -> None:
        self.bgr: Array = np.zeros((height, width, 3), np.uint8)
        self.mask: Array = np.zeros((height, width), np.uint8)

    def polygon(self, points: Array, colour: tuple[float, ...]) -> None:
        """Fill a polygon (n x 2, pixels)."""
        fixed = np.round(points * (1 << SHIFT)).astype(np.int32)
        cv2.fillPoly(self.bgr, [fixed], colour, cv2.LINE_AA, SHIFT)
        cv2.fillPoly(self.mask, [fixed], 255, cv2.LINE_AA, SHIFT)

    def line(self, points: Array, colour: tuple[float, ...], width: float, *, plant: bool = True) -> None:
        """Draw a polyline."""
        fixed = np.round(points * (1 << SHIFT)).astype(np.int32)
        thick = max(1, round(width))
        cv2.polylines(self.bgr, [fixed], False, colour, thick, cv2.LINE_AA, SHIFT)
        if plant:
            cv2.polylines(self.mask, [fixed], False, 255, thick, cv2.LINE_AA, SHIFT)


def foliage_colour(rng: Rng) -> Array:
    """Random foliage colour (BGR, 0 to 255): mostly green, some pale, bluish, dark, yellow or purple."""
    kind = rng.random()
    hue = (
        rng.normal(50, 9)
        if kind < 0.82
        else rng.uniform(24, 34)
        if kind < 0.9
        else rng.uniform(70, 85)
        if kind < 0.95
        else rng.uniform(155, 178)
    )
    saturation = float(np.clip(rng.normal(130, 45), 25, 245))
    value = float(np.clip(rng.normal(130, 45), 35, 240))
    pixel = np.array([[[hue % 180, saturation, value]]], np.uint8)
    return cv2.cvtColor(pixel, cv2.COLOR_HSV2BGR)[0, 0].astype(float)


def shade(rng: Rng, colour: Array, spread: float = 0.16) -> tuple[float, ...]:
    """Vary a colour in brightness and hue."""
    light = math.exp(rng.normal(0, spread))
    return tuple(float(v) for v in np.clip(colour * light * np.exp(rng.normal(0, 0.04, 3)), 0, 255))


def leaf(
    brush: PlantCanvas, rng: Rng, base: Array, angle: float, length: float, width: float, colour: Array, lobes: int = 0
) -> None:
    """Draw a leaf from `base` at `angle`, shaded in two halves with a midrib."""
    t = np.linspace(0, 1, 18)
    belly = rng.uniform(0.5, 1.3)
    half = width / 2 * np.sin(math.pi * t**belly) ** rng.uniform(0.6, 1.1)
    if lobes:
        half *= 1 + 0.3 * np.sin(t * math.pi * 2 * lobes)
    bend = rng.normal(0, 0.25)
    angles = angle + bend * t
    spine = base + np.cumsum(np.stack([np.cos(angles), np.sin(angles)], 1), 0) * (length / len(t))
    normal = np.stack([-np.sin(angles), np.cos(angles)], 1)
    first, second = spine + normal * half[:, None], spine - normal * half[:, None]
    brush.polygon(np.concatenate([first, spine[::-1]]), shade(rng, colour, 0.1))
    brush.polygon(np.concatenate([second, spine[::-1]]), shade(rng, colour, 0.1))
    if width > 6 and rng.random() < 0.7:
        brush.line(spine, shade(rng, colour * 1.25, 0.1), max(1, width / 14))
    if width > 14 and rng.random() < 0.25:
        spots = rng.integers(1, 5)
        tint = np.array([40, 110, 150.0]) * rng.uniform(0.4, 1.3)
        for _ in range(spots):
            at = spine[rng.integers(3, 15)] + rng.normal(0, width / 8, 2)
            cv2.circle(
                brush.bgr,
                (round(at[0]), round(at[1])),
                max(1, round(width / rng.uniform(8, 18))),
                tuple(map(float, tint)),
                -1,
                cv2.LINE_AA,
            )


def flower(brush: PlantCanvas, rng: Rng, centre: Array, size: float) -> None:
    """Draw a flower: white, yellow, red, pink or purple petals around a centre."""
    petal = np.array(
        [(240, 240, 240), (40, 210, 240), (40, 40, 210), (190, 120, 240), (190, 70, 130), (60, 130, 250)][
            rng.integers(6)
        ],
        float,
    )
    count = rng.integers(4, 9)
    for index in range(count):
        leaf(brush, rng, centre, index * 2 * math.pi / count, size, size * 0.7, petal)
    cv2.circle(
        brush.bgr, (round(centre[0]), round(centre[1])), max(1, round(size / 4)), (40, 160, 200), -1, cv2.LINE_AA
    )


def rosette(brush: PlantCanvas, rng: Rng, centre: Array, size: float) -> None:
    """Draw a rosette from above."""
    colour = foliage_colour(rng)
    count, slim = rng.integers(3, 22), rng.uniform(0.2, 0.75)
    turn = rng.uniform(0, 7)
    for index in range(count):
        angle = turn + index * 2.39996 + rng.normal(0, 0.1)
        length = size * (1 - 0.6 * index / count) * rng.uniform(0.8, 1.1)
        stalk = centre + np.array([math.cos(angle), math.sin(angle)]) * length * rng.uniform(0, 0.35)
        brush.line(np.stack([centre, stalk]), shade(rng, colour), max(1, size / 25))
        leaf(brush, rng, stalk, angle, length * 0.8, length * slim, colour, rng.integers(0, 4))


def herb(brush: PlantCanvas, rng: Rng, foot: Array, size: float) -> None:
    """Draw a herb from the side: stems with leaves."""
    colour = foliage_colour(rng)
    slim, droop = rng.uniform(0.15, 0.8), rng.uniform(-0.6, 0.9)
    for _ in range(rng.integers(1, 5)):
        lean = rng.normal(0, 0.25)
        t = np.linspace(0, 1, 12)[:, None]
        tip = foot + np.array([math.sin(lean), -math.cos(lean)]) * size * rng.uniform(1, 2)
        stem = foot + (tip - foot) * t + np.array([[1, 0]]) * rng.normal(0, size / 6) * t**2
        brush.line(stem, shade(rng, colour * 0.9), max(1, size / 22))
        for index in range(1, len(stem)):
            for side in (-1, 1):
                if rng.random() < 0.75:
                    up = -math.pi / 2 + side * rng.uniform(0.5, 1.3) + side * droop * 0.6
                    length = size * rng.uniform(0.25, 0.6)
                    leaf(brush, rng, stem[index], up, length, length * slim, colour, rng.integers(0, 3))
        if rng.random() < 0.25:
            for _ in range(rng.integers(1, 8)):
                flower(brush, rng, stem[-1] + rng.normal(0, size / 8, 2), size * rng.uniform(0.06, 0.2))


def grass(brush: PlantCanvas, rng: Rng, foot: Array, size: float) -> None:
    """Draw grass: thin arching blades."""
    colour = foliage_colour(rng)
    for _ in range(rng.integers(2, 26)):
        t = np.linspace(0, 1, 14)
        angle, bow = rng.normal(0, 0.5), rng.normal(0, 0.7)
        reach = size * rng.uniform(0.7, 2.0)
        blade = np.stack([np.sin(angle + bow * t), -np.cos(angle + bow * t)], 1)
        path = foot + rng.normal(0, size / 20, 2) + np.cumsum(blade, 0) * reach / len(t)
        brush.line(path, shade(rng, colour), max(1, size * rng.uniform(0.008, 0.06)))


def render_potted_plants(rng: Rng, canvas: Array) -> tuple[Array, Array]:
    """Render one to four potted plants; the pots are drawn on `canvas`."""
    height, width = canvas.shape[:2]
    brush = PlantCanvas(height, width)
    count = int(rng.choice([1, 2, 2, 3, 4]))
    form = (rosette, herb, grass, grass)[rng.integers(4)]
    row = rng.uniform(0.45, 0.85) * height
    # Half of the rows have pots of one colour, taken from the foliage colours.
    shaded = foliage_colour(rng) * rng.uniform(0.3, 1.1) if rng.random() < 0.5 else None
    for index in range(count):
        wide = width / count * rng.uniform(0.2, 0.6)
        foot = np.array([(index + 0.5) * width / count + rng.normal(0, 6), row + rng.normal(0, 4)])
        same = shaded if rng.random() < 0.6 else None
        draw_pot(canvas, rng, (float(foot[0]), float(foot[1])), wide, same)
        form(brush, rng, foot, wide * rng.uniform(0.25, 1.1))
    return brush.bgr, brush.mask


def render_plants(rng: Rng, height: int, width: int) -> tuple[Array, Array]:
    """Render one or several plants on an empty canvas: BGR and mask."""
    brush = PlantCanvas(height, width)
    form = (rosette, herb, grass)[rng.choice(3, p=(0.45, 0.35, 0.2))]
    if rng.random() < 0.25:
        rows, columns = rng.integers(1, 5), rng.integers(2, 6)
        size = min(height / rows, width / columns) * rng.uniform(0.15, 0.5)
        for row in range(rows):
            for column in range(columns):
                if rng.random() < 0.9:
                    at = np.array([(column + 0.5) * width / columns, (row + 0.5) * height / rows]) + rng.normal(
                        0, size / 6, 2
                    )
                    form(brush, rng, at, size * rng.uniform(0.5, 1.1))
    else:
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            size = min(height, width) * rng.uniform(0.06, 0.6)
            form(brush, rng, np.array([rng.uniform(0.15, 0.85) * width, rng.uniform(0.3, 0.9) * height]), size)
            if rng.random() < 0.1:
                flower(brush, rng, rng.uniform(0.2, 0.8, 2) * (width, height), size * rng.uniform(0.1, 0.4))
    if rng.random() < 0.7:
        grain = cv2.resize(rng.normal(1, 0.12, (height // 3, width // 3)).astype(np.float32), (width, height))
        brush.bgr = np.clip(brush.bgr * grain[..., None], 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        light = cv2.resize(
            rng.uniform(0.55, 1.35, (3, 4)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
        )
        brush.bgr = np.clip(brush.bgr * light[..., None], 0, 255).astype(np.uint8)
    return brush.bgr, brush.mask
