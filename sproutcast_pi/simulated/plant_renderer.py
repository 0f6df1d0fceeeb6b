"""Renderer of one plant in surface colours: leaves from far to near, stem, flowers."""

from __future__ import annotations

import colorsys
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from sproutcast_pi.simulated.leaf_geometry import PETIOLE, SEGMENTS, Leaf, Points, body
from sproutcast_pi.simulated.plant_model import PlantTruth

Colour = tuple[float, float, float]
"""Blue, green, red, 0 to 255."""

FOLIAGE, YELLOW, BLOOM = 1, 2, 3
"""Classes of the ground-truth mask; stems count as foliage."""
TILT = np.radians(16.0)
"""Downward tilt of the camera."""
YELLOW_HUE_DEG = 51.0
PETALS: tuple[Colour, ...] = ((240, 240, 245), (60, 205, 250), (75, 60, 215), (190, 95, 150))
"""White, yellow, red, purple."""


class Canvas:
    """Canvas of surface colours with ground-truth masks: plant index and class of each pixel."""

    def __init__(self, height: int, width: int) -> None:
        self.colour: NDArray[np.uint8] = np.zeros((height, width, 3), np.uint8)
        self.owner: NDArray[np.uint8] = np.zeros((height, width), np.uint8)
        self.kind: NDArray[np.uint8] = np.zeros((height, width), np.uint8)

    def fill(self, corners: NDArray[np.float64], colour: Colour, owner: int = 0, kind: int = 0) -> None:
        """Fill the polygon with these corners (x, y)."""
        points = np.round(corners).astype(np.int32)
        cv2.fillPoly(self.colour, [points], colour)
        cv2.fillPoly(self.owner, [points], (owner,))
        cv2.fillPoly(self.kind, [points], (kind,))

    def line(self, points: NDArray[np.float64], colour: Colour, width: int, owner: int = 0, kind: int = 0) -> None:
        """Draw an open line."""
        ends = np.round(points).astype(np.int32)
        cv2.polylines(self.colour, [ends], isClosed=False, color=colour, thickness=width)
        if owner:
            cv2.polylines(self.owner, [ends], isClosed=False, color=(owner,), thickness=width)
            cv2.polylines(self.kind, [ends], isClosed=False, color=(kind,), thickness=width)


class PlantRenderer:
    """Renderer of one plant; `foot`: base of the stem, `unit`: height of a full-grown plant, both in canvas pixels."""

    def __init__(
        self, canvas: Canvas, plant: PlantTruth, *, owner: int, foot: tuple[float, float], unit: float, seed: int
    ) -> None:
        self._canvas, self._plant, self._owner = canvas, plant, owner
        self._foot, self._unit = foot, unit
        rng = Random(f"colours {seed}/{plant.plant}")  # noqa: S311 - colours, not secrets
        self._stem, self._leaves = body(plant, seed)
        self._colour_jitter = [(rng.uniform(-4, 4), rng.uniform(0.9, 1.1)) for _ in self._leaves]
        self._petal = PETALS[rng.randrange(len(PETALS))]

    def render_back(self) -> None:
        """Draw the leaves behind the pot."""
        self._render([leaf for leaf in self._leaves if leaf.depth < 0])

    def render_front(self) -> None:
        """Draw stem, flowers and the leaves in front of the pot."""
        thick = max(int(self._unit * 0.014), 2)
        self._canvas.line(
            self._screen(self._stem), self._leaf_colour(0.0, 1.0, 0.62, False), thick, self._owner, FOLIAGE
        )
        self._render([leaf for leaf in self._leaves if leaf.depth >= 0])
        self._bloom()

    def _render(self, chosen: list[Leaf]) -> None:
        for leaf in sorted(chosen, key=lambda one: one.depth):
            self._render_leaf(leaf)

    def _render_leaf(self, leaf: Leaf) -> None:
        """Draw the far half blade with its veins, then the near one, then the midrib."""
        shift, tone = self._colour_jitter[self._leaves.index(leaf)]
        tone *= 0.8 + 0.2 * (1.0 - leaf.age)
        midrib = self._screen(leaf.midrib)
        yellow_from = SEGMENTS * (1.0 - self._yellow_part(leaf))
        halves = [(leaf.left, leaf.shade[0]), (leaf.right, leaf.shade[1])]
        for edge, shade in sorted(halves, key=lambda half: float(half[0][:, 2].mean())):
            colours = [self._leaf_colour(shift, tone, shade[place], place >= yellow_from) for place in range(SEGMENTS)]
            self._half_blade(midrib, self._screen(edge), colours, yellow_from)
        colour = self._leaf_colour(shift - 4, tone * 1.12, float(leaf.shade.max()), yellow_from <= PETIOLE * SEGMENTS)
        self._canvas.line(midrib, colour, max(round(self._unit * 0.004), 1), self._owner, FOLIAGE)

    def _half_blade(self, midrib: Points, edge: Points, colours: list[Colour], yellow_from: float) -> None:
        for place, colour in enumerate(colours):
            corners = np.stack([midrib[place], midrib[place + 1], edge[place + 1], edge[place]])
            self._canvas.fill(corners, colour, self._owner, YELLOW if place >= yellow_from else FOLIAGE)
        thin = max(round(self._unit * 0.0022), 1)
        for place in range(int(PETIOLE * SEGMENTS) + 1, SEGMENTS - 2, 2):
            blue, green, red = colours[place]
            tip = midrib[place] + 0.8 * (edge[place + 2] - midrib[place])
            self._canvas.line(np.stack([midrib[place], tip]), (blue * 1.1, green * 1.1, red * 1.1), thin)

    def _yellow_part(self, leaf: Leaf) -> float:
        """Yellow share of a leaf, from the tip; the oldest leaves turn first."""
        older = sum(one.area for one in self._leaves if one.age > leaf.age)
        return min(max((self._plant.yellow_share - older) / leaf.area, 0.0), 1.0)

    def _bloom(self) -> None:
        openness = self._plant.bloom_share
        if openness <= 0:
            return
        tip = self._stem[-1]
        for place in range(1 + round(4 * openness)):
            angle = place * 2.4
            centre = tip + np.array([0.05 * np.cos(angle), 0.06 + 0.028 * place, 0.05 * np.sin(angle)])
            stalk = self._screen(np.stack([tip, centre]))
            self._canvas.line(
                stalk, self._leaf_colour(0.0, 1.0, 0.62, False), max(int(self._unit * 0.008), 1), self._owner, FOLIAGE
            )
            self._flower(self._screen(centre[None])[0], 0.045 * self._unit * (0.4 + 0.6 * openness))

    def _flower(self, centre: NDArray[np.float64], radius: float) -> None:
        for petal in range(7):
            angle = petal * 2 * np.pi / 7
            way = np.array([np.cos(angle), 0.8 * np.sin(angle)])
            across = np.array([-way[1], way[0]]) * 0.42
            turn = np.linspace(0, 2 * np.pi, 14)
            outline = centre + radius * (
                0.55 * way + 0.45 * np.cos(turn)[:, None] * way + 0.6 * np.sin(turn)[:, None] * across
            )
            light = 0.85 + 0.15 * np.cos(angle + 0.8)
            colour = (self._petal[0] * light, self._petal[1] * light, self._petal[2] * light)
            self._canvas.fill(outline, colour, self._owner, BLOOM)
        turn = np.linspace(0, 2 * np.pi, 14)
        eye = centre + 0.28 * radius * np.stack([np.cos(turn), np.sin(turn)], axis=1)
        self._canvas.fill(eye, (40.0, 150.0, 200.0), self._owner, BLOOM)

    def _leaf_colour(self, shift_deg: float, tone: float, light: float, yellow: bool) -> Colour:
        """BGR of a leaf; shading changes brightness, never the hue."""
        hue = (YELLOW_HUE_DEG if yellow else self._plant.hue_deg) + shift_deg
        saturation, value = (0.68, 0.80) if yellow else (0.60, 0.56)
        red, green, blue = colorsys.hsv_to_rgb(hue / 360.0, saturation, min(value * tone * light, 1.0))
        return blue * 255.0, green * 255.0, red * 255.0

    def _screen(self, points: Points) -> NDArray[np.float64]:
        """Project points onto the canvas."""
        x = self._foot[0] + self._unit * points[:, 0]
        y = self._foot[1] - self._unit * (points[:, 1] * np.cos(TILT) - points[:, 2] * np.sin(TILT))
        return np.stack([x, y], axis=1)
