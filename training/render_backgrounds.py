"""Procedural backgrounds without plants: walls, soil, cloth, wood, trays, pots, cards, hands; many of them green."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Rng = np.random.Generator


def random_colour(rng: Rng) -> tuple[float, float, float]:
    """Random object colour; mostly greys and browns, often greens."""
    kind = rng.random()
    if kind < 0.4:
        grey = rng.uniform(5, 250)
        blue, green, red = np.clip(grey * np.exp(rng.normal(0, 0.06, 3)), 0, 255)
        return float(blue), float(green), float(red)
    hue = rng.uniform(0, 180) if kind < 0.7 else rng.uniform(5, 22) if kind < 0.82 else rng.uniform(35, 100)
    pixel = np.array([[[hue, rng.uniform(15, 230), rng.uniform(15, 245)]]], np.uint8)
    blue, green, red = cv2.cvtColor(pixel, cv2.COLOR_HSV2BGR)[0, 0]
    return float(blue), float(green), float(red)


def texture(rng: Rng, height: int, width: int) -> Array:
    """Random texture: flat, shaded, noisy at one or several scales, striped or checked."""
    base = np.empty((height, width, 3), np.float32)
    base[:] = random_colour(rng)
    kind = rng.integers(7)
    if kind in {1, 2, 3}:
        for scale in rng.choice([1, 2, 4, 9, 24], rng.integers(1, 4), replace=False):
            noise = rng.normal(0, rng.uniform(3, 35), (height // scale + 1, width // scale + 1, rng.choice([1, 1, 3])))
            noise = cv2.resize(noise.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
            base += noise if noise.ndim == 3 else noise[..., None]
    elif kind == 4:
        other = np.array(random_colour(rng), np.float32)
        step = rng.integers(2, 40)
        stripes = (np.arange(width) // step % 2)[None, :] ^ (np.arange(height) // step % 2)[:, None] * int(
            rng.integers(2)
        )
        base = np.where(stripes[..., None] > 0, other, base).astype(np.float32)
    elif kind == 5:
        rows = rng.normal(0, 14, (height, 1, 1)).astype(np.float32)
        base = base + (rows if rng.random() < 0.5 else rng.normal(0, 14, (1, width, 1)).astype(np.float32))
    if rng.random() < 0.6:
        light = cv2.resize(
            rng.uniform(0.4, 1.3, (3, 3)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
        )
        base = base * light[..., None]
    return np.clip(base, 0, 255).astype(np.uint8)


def soil(rng: Rng, height: int, width: int) -> Array:
    """Soil texture: dark crumbs with bright grains."""
    crumbs = rng.normal(rng.uniform(25, 110), rng.uniform(8, 30), (height // 2 + 1, width // 2 + 1)).astype(np.float32)
    grey = cv2.resize(crumbs, (width, height), interpolation=cv2.INTER_LINEAR)
    tint = np.array([rng.uniform(0.5, 1), rng.uniform(0.7, 1), 1.0])
    ground = np.clip(grey[..., None] * tint, 0, 255)
    grains = rng.random((height, width)) < rng.uniform(0, 0.02)
    ground[cv2.dilate(grains.astype(np.uint8), np.ones((2, 2))) > 0] = rng.uniform(130, 240)
    return ground.astype(np.uint8)


def draw_clutter(canvas: Array, rng: Rng) -> None:
    """Draw boxes, rods, discs, pots and cards on the canvas."""
    height, width = canvas.shape[:2]
    for _ in range(rng.integers(0, 9)):
        x, y = rng.uniform(-0.1, 1, 2) * (width, height)
        w, h = rng.uniform(0.02, 0.5, 2) * (width, height)
        tint = random_colour(rng)
        kind = rng.integers(6)
        corner, end = (round(x), round(y)), (round(x + w), round(y + h))
        if kind == 0:
            cv2.rectangle(canvas, corner, end, tint, -1)
        elif kind == 1:
            cv2.line(canvas, corner, end, tint, int(rng.integers(1, 14)), cv2.LINE_AA)
        elif kind == 2:
            cv2.ellipse(
                canvas, corner, (round(w / 2), round(h / 2)), rng.uniform(0, 180), 0, 360, tint, -1, cv2.LINE_AA
            )
        elif kind == 3:
            pot = np.array([(x, y), (x + w, y), (x + w * 0.82, y + h), (x + w * 0.18, y + h)]).round().astype(np.int32)
            cv2.fillPoly(canvas, [pot], tint, cv2.LINE_AA)
            cv2.ellipse(
                canvas,
                (round(x + w / 2), round(y)),
                (round(w / 2), round(h / 8)),
                0,
                0,
                360,
                (30, 45, 60),
                -1,
                cv2.LINE_AA,
            )
        elif kind == 4:
            rows, columns = rng.integers(2, 7, 2)
            for row in range(rows):
                for column in range(columns):
                    left, top = round(x + column * w / columns), round(y + row * h / rows)
                    cv2.rectangle(
                        canvas,
                        (left, top),
                        (round(left + w / columns * 0.85), round(top + h / rows * 0.85)),
                        random_colour(rng),
                        -1,
                    )
        else:
            skin = np.array([100, 130, 190.0]) * rng.uniform(0.4, 1.25)
            for finger in range(5):
                start = (round(x + finger * w / 8), round(y))
                cv2.line(
                    canvas,
                    start,
                    (round(x + w / 4 + rng.normal(0, 5)), round(y + h)),
                    tuple(map(float, skin)),
                    max(2, round(w / 9)),
                    cv2.LINE_AA,
                )


def draw_pot(canvas: Array, rng: Rng, rim: tuple[float, float], width: float, tint: Array | None = None) -> None:
    """Draw a shaded, often ribbed pot with soil, its rim centred at `rim`; without `tint` often green."""
    height, columns = canvas.shape[:2]
    x, y = rim
    tall, foot = width * rng.uniform(0.6, 1.2), width * rng.uniform(0.55, 0.95)
    if tint is None and rng.random() < 0.4:
        pixel = np.array([[[rng.uniform(35, 95), rng.uniform(40, 220), rng.uniform(30, 190)]]], np.uint8)
        tint = cv2.cvtColor(pixel, cv2.COLOR_HSV2BGR)[0, 0].astype(np.float32)
    elif tint is None:
        tint = np.array(random_colour(rng), np.float32)
    shape = np.zeros((height, columns), np.uint8)
    outline = np.array([(x - width / 2, y), (x + width / 2, y), (x + foot / 2, y + tall), (x - foot / 2, y + tall)])
    cv2.fillPoly(shape, [outline.round().astype(np.int32)], 255)
    band = tall * rng.uniform(0.08, 0.25)
    corner = (round(x - width * 0.53), round(y))
    cv2.rectangle(shape, corner, (round(x + width * 0.53), round(y + band)), 255, -1)
    across = (np.arange(columns) - x) / (width / 2)
    shading = np.clip(1.1 - 0.55 * np.abs(across - rng.uniform(-0.6, 0.6)) ** rng.uniform(1, 2.5), 0.2, 1.3).astype(
        np.float32
    )
    if rng.random() < 0.4:
        shading *= 1 + rng.uniform(0.03, 0.2) * np.sin(across * rng.uniform(10, 45)).astype(np.float32)
    down = np.ones(height, np.float32)
    if rng.random() < 0.3:
        step = max(2, round(tall / rng.uniform(3, 12)))
        down[(np.arange(height) - round(y)) % step == 0] = rng.uniform(0.6, 1.3)
    down[max(0, min(height - 1, round(y + band))) :] = rng.uniform(0.7, 1.0)
    grain = rng.normal(1, 0.05, (height, columns)).astype(np.float32)
    painted = np.clip(tint * (shading[None, :] * down[:, None] * grain)[..., None], 0, 255).astype(np.uint8)
    canvas[shape > 0] = painted[shape > 0]
    opening = np.zeros((height, columns), np.uint8)
    axes = (round(width / 2), max(1, round(width * rng.uniform(0.02, 0.25))))
    cv2.ellipse(opening, (round(x), round(y)), axes, 0, 0, 360, 255, -1)
    canvas[opening > 0] = soil(rng, height, columns)[opening > 0]


def render_background(rng: Rng, height: int, width: int) -> Array:
    """Render a complete background."""
    canvas = texture(rng, height, width) if rng.random() < 0.75 else soil(rng, height, width)
    if rng.random() < 0.35:
        split = int(rng.uniform(0.3, 0.9) * height)
        canvas[split:] = texture(rng, height - split, width)
    draw_clutter(canvas, rng)
    if rng.random() < 0.35:
        patch = soil(rng, height, width)
        hole = np.zeros((height, width), np.uint8)
        for _ in range(rng.integers(1, 12)):
            centre = (int(rng.uniform(0, width)), int(rng.uniform(0, height)))
            axes = (int(rng.uniform(0.04, 0.4) * width), int(rng.uniform(0.04, 0.4) * height))
            if rng.random() < 0.5:
                cv2.ellipse(hole, centre, axes, 0, 0, 360, 255, -1)
            else:
                cv2.rectangle(hole, centre, (centre[0] + axes[0], centre[1] + axes[1]), 255, -1)
        canvas[hole > 0] = patch[hole > 0]
    return canvas
