"""Renderer of the surroundings in surface colours: wall, shelf, pots and soil."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from sproutcast_pi.simulated.plant_renderer import Canvas, Colour

Picture = NDArray[np.uint8]

SHELF_AT = 0.80
"""Where wall and shelf meet, as a share of the height."""
POTS: tuple[Colour, ...] = ((62, 98, 168), (96, 92, 88), (205, 208, 210), (120, 92, 62))
"""Terracotta, slate, white china, blue glaze."""


class PotPlacement(NamedTuple):
    """Position of a pot: x of its centre and y of its foot on the canvas, and the height of a full-grown plant."""

    x: float
    y: float
    unit: float

    @property
    def soil(self) -> tuple[float, float]:
        """Centre of the soil surface."""
        return self.x, self.y - 0.235 * self.unit


def render_room(canvas: Canvas, seed: int) -> None:
    """Draw wall and shelf over the whole canvas, at half resolution."""
    height, width = (part // 2 for part in canvas.owner.shape)
    rng = np.random.default_rng([seed, 11])
    edge = int(height * SHELF_AT)
    wall = np.linspace(192, 172, edge, dtype=np.float32)[:, None]
    wall = wall + 4 * _clouds(rng, edge, width, 4) + 1.5 * _clouds(rng, edge, width, 90)
    rows = np.linspace(0.86, 1.06, height - edge, dtype=np.float32)[:, None, None]
    grain = _clouds(rng, height - edge, width, 4, stretch=12) * 13
    grain += _clouds(rng, height - edge, width, 30, stretch=25) * 9
    wood = np.array([70, 100, 134], np.float32) * rows + grain[:, :, None]
    room = np.vstack([wall[:, :, None] + np.array([-8, 0, 5], np.float32), wood])
    cv2.line(room, (0, edge), (width, edge), (52, 70, 92), max(height // 240, 1))
    canvas.colour[:] = cv2.resize(cv2.convertScaleAbs(room), canvas.owner.shape[::-1])


def shade_below(canvas: Canvas, place: PotPlacement) -> None:
    """Draw the soft shadow around a pot's foot."""
    height, width = canvas.owner.shape
    left, right = (min(max(int(place.x + side * 0.5 * place.unit), 0), width) for side in (-1, 1))
    top, foot = (min(max(int(place.y + side * 0.2 * place.unit), 0), height) for side in (-1, 1))
    part = canvas.colour[top:foot, left:right]
    shade = np.zeros(part.shape[:2], np.float32)
    centre = (int(place.x + 0.05 * place.unit) - left, int(place.y - 0.005 * place.unit) - top)
    cv2.ellipse(shade, centre, (int(0.21 * place.unit), int(0.05 * place.unit)), 0, 0, 360, 0.5, -1)
    soft = int(place.unit / 12) + 1
    shade = np.asarray(cv2.blur(cv2.blur(shade, (soft, soft)), (soft, soft)), np.float32)
    part[:] = (part * (1.0 - shade[:, :, None])).astype(np.uint8)


def render_pot(canvas: Canvas, place: PotPlacement, seed: int, plant: int) -> None:
    """Draw a round pot with its rim and soil."""
    rng = Random(f"pot {seed}/{plant}")  # noqa: S311 - a colour, not a secret
    glaze = POTS[rng.randrange(len(POTS))]
    unit = place.unit
    top, foot = place.y - 0.24 * unit, place.y
    _barrel(canvas, place.x, (top, foot), (0.148 * unit, 0.108 * unit), glaze)
    _barrel(canvas, place.x, (top - 0.012 * unit, top + 0.045 * unit), (0.163 * unit, 0.160 * unit), glaze)
    _ellipse(canvas, (place.x, top - 0.012 * unit), (0.163 * unit, 0.045 * unit), tuple(0.8 * part for part in glaze))
    _ellipse(canvas, (place.x, top - 0.008 * unit), (0.148 * unit, 0.038 * unit), (28, 36, 48))
    _crumbs(canvas, place, (0.140 * unit, 0.033 * unit), np.random.default_rng([seed, plant, 5]))


def shade_wall(surface: Picture, owner: Picture) -> None:
    """Draw the plants' soft shadow on the wall, to the left and down."""
    height, width = owner.shape
    small = cv2.resize((owner > 0).astype(np.float32), (width // 4, height // 4), interpolation=cv2.INTER_AREA)
    away = np.array([[1, 0, -width / 4 * 0.022], [0, 1, height / 4 * 0.03]], np.float32)
    shade = cv2.GaussianBlur(cv2.warpAffine(small, away, small.shape[::-1]), (0, 0), width / 4 / 90)
    soft = cv2.resize(shade, (width, height))
    soft[owner > 0] = 0
    surface[:] = (surface * (1.0 - 0.28 * soft[:, :, None])).astype(np.uint8)


def _barrel(
    canvas: Canvas, x: float, rows: tuple[float, float], radii: tuple[float, float], colour: tuple[float, ...]
) -> None:
    """Draw a slightly conical cylinder, darker towards its sides."""
    strips = 36
    around = np.linspace(-1, 1, strips + 1)
    for left, right in pairwise(around):
        middle = (left + right) / 2
        light = 0.42 + 0.62 * float(np.sqrt(1 - middle**2)) * (1 - 0.22 * middle)
        bow = 0.28 * np.sqrt(np.clip(1 - np.array([left, right]) ** 2, 0, 1))
        tops = rows[0] + bow * radii[0] * 0.9
        feet = rows[1] + bow * radii[1] * 0.9
        corners = np.array(
            [
                (x + left * radii[0], tops[0]),
                (x + right * radii[0] + 1, tops[1]),
                (x + right * radii[1] + 1, feet[1]),
                (x + left * radii[1], feet[0]),
            ]
        )
        canvas.fill(corners, _lit(colour, light))


def _ellipse(canvas: Canvas, centre: tuple[float, float], axes: tuple[float, float], colour: tuple[float, ...]) -> None:
    turn = np.linspace(0, 2 * np.pi, 48)
    canvas.fill(np.array(centre) + np.stack([axes[0] * np.cos(turn), axes[1] * np.sin(turn)], axis=1), _lit(colour, 1))


def _crumbs(canvas: Canvas, place: PotPlacement, axes: tuple[float, float], rng: np.random.Generator) -> None:
    """Draw soil crumbs, some of them white perlite."""
    for _ in range(160):
        angle, far = rng.uniform(0, 2 * np.pi), np.sqrt(rng.uniform(0, 1))
        at = (
            int(place.x + axes[0] * far * np.cos(angle)),
            int(place.y - 0.248 * place.unit + axes[1] * far * np.sin(angle)),
        )
        light = rng.uniform(0.6, 1.6)
        white = rng.uniform() < 0.04  # noqa: PLR2004 - one crumb in twenty-five
        colour = (190.0, 196.0, 200.0) if white else (34 * light, 44 * light, 60 * light)
        cv2.circle(canvas.colour, at, max(int(0.006 * place.unit * rng.uniform(0.6, 1.3)), 1), colour, -1)


def _clouds(rng: np.random.Generator, height: int, width: int, cells: int, stretch: int = 1) -> NDArray[np.float32]:
    """Smooth noise, mean 0, standard deviation about 1, `cells` across the width."""
    rows = max(int(cells * height / width * stretch), 2)
    noise = rng.standard_normal((rows, cells)).astype(np.float32)
    return np.asarray(cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def _lit(colour: tuple[float, ...], light: float) -> Colour:
    blue, green, red = (min(part * light, 255.0) for part in colour)
    return blue, green, red
