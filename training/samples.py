"""Sampler of training images: real scenes, pasted plants, procedural plants, backgrounds without plants."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sproutcast_pi.vision.segmentation.net import net_input
from training.augment_light import relight, simulate_camera
from training.cutouts import Cutouts, place_cutout, tint_green
from training.render_backgrounds import draw_pot, render_background
from training.render_plants import render_plants, render_potted_plants
from training.sources import Scene

Array = NDArray[Any]
Rng = np.random.Generator
HEIGHT, WIDTH = 192, 256
MIN_POT_SIDE = 10
"""Minimum pixels of a plant that gets a pot."""


class Samples:
    """Random sampler over scenes, backdrops and procedural images; deterministic by seed."""

    def __init__(self, scenes: list[Scene], backdrops: list[Array], stamps: Cutouts, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._stamps = stamps
        by_name: dict[str, list[Scene]] = {}
        for scene in scenes:
            by_name.setdefault(scene.name, []).append(scene)
        self._scenes = [by_name[name] for name in by_name if name not in {"card", "leaf"}]
        self._bare = [scene.bgr for scene in by_name.get("card", [])] + backdrops
        self._leaves = by_name.get("leaf", [])

    def draw(self) -> tuple[Array, Array]:
        """Net input (6 x 192 x 256, float32) and mask at half size (96 x 128, 0 to 1)."""
        rng = self._rng
        kind = rng.random()
        if kind < 0.38:
            bgr, mask = self._real()
            if rng.random() < 0.3:
                bgr, mask = self._with_pasted_plants(bgr, mask)
            if rng.random() < 0.3:
                bgr, mask = self._with_clutter(bgr, mask)
        elif kind < 0.86:
            bgr, mask = self._with_pasted_plants(self._background(), np.zeros((HEIGHT, WIDTH), np.uint8))
        elif kind < 0.97 or not self._leaves:
            bgr, mask = self._background().copy(), np.zeros((HEIGHT, WIDTH), np.uint8)
            if rng.random() < 0.4:
                draw_pot(
                    bgr, rng, (float(rng.uniform(0, WIDTH)), float(rng.uniform(0, HEIGHT))), float(rng.uniform(20, 150))
                )
        else:
            scene = self._leaves[rng.integers(len(self._leaves))]
            bgr, mask = self._crop(scene.bgr, scene.mask, (0.2, 1.0))
        if rng.random() < 0.5:
            bgr, mask = np.ascontiguousarray(bgr[:, ::-1]), np.ascontiguousarray(mask[:, ::-1])
        bgr = simulate_camera(rng, relight(rng, bgr, mask))
        target = cv2.resize(mask, (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        return net_input(bgr, WIDTH, HEIGHT)[0], target

    def _real(self) -> tuple[Array, Array]:
        scenes = self._scenes[self._rng.integers(len(self._scenes))]
        scene = scenes[self._rng.integers(len(scenes))]
        return self._crop(scene.bgr, scene.mask, (0.35, 1.25))

    def _crop(self, bgr: Array, mask: Array, zoom: tuple[float, float]) -> tuple[Array, Array]:
        """Random crop, rotated, sheared and scaled to the net's input size."""
        rng = self._rng
        height, width = bgr.shape[:2]
        share = rng.uniform(*zoom)
        turn = rng.choice([0, 90, 180, 270], p=(0.7, 0.12, 0.06, 0.12)) + rng.normal(0, 8)
        stretch = np.exp(rng.normal(0, 0.12))
        angle = np.deg2rad(turn)
        frame = np.array([[-1, -1], [1, -1], [-1, 1]]) * (width * share / 2 * stretch, height * share / 2 / stretch)
        turned = frame @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        slack = max(0.0, 1 - share) / 2
        middle = np.array([width, height]) * (0.5 + rng.uniform(-slack, slack, 2))
        source = (turned + middle).astype(np.float32)
        matrix = cv2.getAffineTransform(source, np.array([[0, 0], [WIDTH, 0], [0, HEIGHT]], np.float32))
        border = int(rng.choice([cv2.BORDER_REFLECT, cv2.BORDER_CONSTANT]))
        shrink = max(1.0, width * share / WIDTH)
        if shrink > 1.4:
            bgr = cv2.blur(bgr, (int(shrink + 0.5), int(shrink + 0.5)))
        picture = cv2.warpAffine(bgr, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderMode=border)
        return picture, cv2.warpAffine(mask, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderMode=border)

    def _background(self) -> Array:
        rng = self._rng
        if self._bare and rng.random() < 0.3:
            bare = self._bare[rng.integers(len(self._bare))]
            bgr = self._crop(bare, np.zeros(bare.shape[:2], np.uint8), (0.3, 1.0))[0]
        else:
            bgr = render_background(rng, HEIGHT, WIDTH)
        if rng.random() < 0.5:
            bgr = self._with_clutter(bgr, np.zeros((HEIGHT, WIDTH), np.uint8))[0]
        return bgr

    def _with_clutter(self, bgr: Array, mask: Array) -> tuple[Array, Array]:
        """Paste a few non-plant objects that occlude what is behind them."""
        rng = self._rng
        for _ in range(rng.integers(1, 5)):
            item = self._stamps.objects[rng.integers(len(self._stamps.objects))]
            over, alpha = place_cutout(rng, item, HEIGHT, WIDTH, (0.1, 0.6))
            if rng.random() < 0.25:
                over = tint_green(rng, over)
            share = (alpha.astype(np.float32) / 255)[..., None]
            bgr = (bgr * (1 - share) + over * np.exp(rng.normal(0, 0.2)) * share).clip(0, 255).astype(np.uint8)
            mask = np.minimum(mask, 255 - alpha)
        return bgr, mask

    def _with_pasted_plants(self, bgr: Array, mask: Array) -> tuple[Array, Array]:
        """Paste plants from real scenes or procedural ones."""
        rng = self._rng
        kind = rng.random()
        if kind < 0.1:
            some = self._stamps.leaves if rng.random() < 0.7 else self._stamps.flowers
            over, alpha = place_cutout(rng, some[rng.integers(len(some))], HEIGHT, WIDTH, (0.15, 1.0))
        elif kind < 0.45:
            over, alpha = self._real()
            alpha = np.where(cv2.erode(alpha, np.ones((2, 2))) > 127, 255, 0).astype(np.uint8)
            alpha = cv2.blur(alpha, (2, 2))
            over = np.clip(over * np.exp(rng.normal(0, 0.15)) * np.exp(rng.normal(0, 0.05, 3)), 0, 255)
            if not mask.any() and rng.random() < 0.3:
                bgr = self._with_pot(bgr, over, alpha)
        elif not mask.any() and rng.random() < 0.5:
            bgr = bgr.copy()
            over, alpha = render_potted_plants(rng, bgr)
        else:
            over, alpha = render_plants(rng, HEIGHT, WIDTH)
        share = (alpha.astype(np.float32) / 255)[..., None]
        if rng.random() < 0.4:
            shadow = cv2.GaussianBlur(np.roll(alpha, rng.integers(-12, 13, 2), (0, 1)), (0, 0), 4).astype(np.float32)
            bgr = bgr * (1 - shadow[..., None] / 255 * rng.uniform(0.2, 0.7))
        mixed = bgr * (1 - share) + over * share
        return mixed.astype(np.uint8), np.maximum(mask, alpha)

    def _with_pot(self, bgr: Array, over: Array, alpha: Array) -> Array:
        """Draw a pot below the plant to be pasted, often of the plant's colour."""
        rng = self._rng
        x, y, width, height = cv2.boundingRect(alpha)
        if width < MIN_POT_SIDE or height < MIN_POT_SIDE:
            return bgr
        foot = alpha[y + height - max(2, height // 12) : y + height]
        middle = float(np.flatnonzero(foot.max(axis=0) > 0).mean()) if foot.any() else x + width / 2
        tint = over[alpha > 127].mean(axis=0) * rng.uniform(0.4, 1.2) if rng.random() < 0.5 else None
        bgr = bgr.copy()
        draw_pot(bgr, rng, (middle, y + height - 2.0), width * rng.uniform(0.3, 1.2), tint)
        return bgr
