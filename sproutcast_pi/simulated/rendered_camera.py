"""Camera that renders the simulated greenhouse with ground truth for every pixel."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from sproutcast_pi.atomic_file import write_atomic
from sproutcast_pi.errors import CameraError
from sproutcast_pi.messages.areas import cameras
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.ports import CameraSettings, TakenPhoto
from sproutcast_pi.simulated.greenhouse import Scene
from sproutcast_pi.simulated.plant_renderer import Canvas, PlantRenderer
from sproutcast_pi.simulated.room_renderer import (
    SHELF_AT,
    Picture,
    PotPlacement,
    render_pot,
    render_room,
    shade_below,
    shade_wall,
)
from sproutcast_pi.simulated.sensor_model import camera_shake, expose

WIDTH, HEIGHT = 1280, 960
PREVIEW_WIDTH, PREVIEW_HEIGHT = 640, 480
SMALLEST, LARGEST = 16, 4608
"""Maximum pixels of a side, as a Pi camera 3 has."""
SUPERSAMPLING = 2
"""Supersampling factor for smooth edges."""


class RenderedPhoto(NamedTuple):
    """A rendered photo with its ground truth."""

    picture: Picture
    """Blue, green, red."""
    owner: Picture
    """0 background, 1..n the plant from the left."""
    kind: Picture
    """0 background, 1 foliage, 2 yellow foliage, 3 bloom."""
    settings: CameraSettings


class RenderedCamera:
    """Camera for one scene under one lamp; `capture` seeds each photo's noise and shake."""

    def __init__(
        self, scene: dict[str, Any] | Scene, *, level: float = 1.0, colour: str = "white", capture: int = 0
    ) -> None:
        try:
            self._scene = msgspec.convert(scene, Scene) if isinstance(scene, dict) else scene
        except msgspec.ValidationError as fault:
            raise CameraError(cameras.BAD_SCENE(reason=cause(fault))) from None
        self._level = level
        self._colour = colour
        self._capture = capture

    def take(self, settings: CameraSettings, path: Path) -> TakenPhoto:
        """Render the scene and write it atomically to `path` (JPEG). Raises CameraError when it can't be written."""
        painting = self.render(settings)
        picture = painting.picture
        done, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, settings.jpeg_quality])
        if not done:
            raise CameraError(cameras.SIMULATED_NOT_ENCODED())
        try:
            write_atomic(path, jpeg.tobytes())
        except OSError as fault:
            raise CameraError(
                cameras.NOT_WRITTEN(folder=str(path.parent), reason=fault.strerror or str(fault))
            ) from fault
        height, width = picture.shape[:2]
        return TakenPhoto(
            path=str(path),
            width=width,
            height=height,
            settings=painting.settings,
            metadata={"camera": "simulated", "lux": round(400 * self._level, 1)},
        )

    def preview_frame(self, settings: CameraSettings) -> Picture:
        """Render a preview frame; each has its own noise and shake. Raises CameraError."""
        self._capture += 1
        size = {"width": settings.width or PREVIEW_WIDTH, "height": settings.height or PREVIEW_HEIGHT}
        return self.render(msgspec.structs.replace(settings, **size)).picture

    def close(self) -> None:
        """Nothing to release."""

    def render(self, settings: CameraSettings) -> RenderedPhoto:
        """Return the photo and its ground truth without writing a file."""
        width, height = settings.width or WIDTH, settings.height or HEIGHT
        if not all(SMALLEST <= side <= LARGEST for side in (width, height)):
            raise CameraError(cameras.SIZE_UNUSABLE(width=width, height=height, low=SMALLEST, high=LARGEST))
        canvas = Canvas(height * SUPERSAMPLING, width * SUPERSAMPLING)
        self._render_scene(canvas)
        rng = np.random.default_rng([self._scene.seed, self._capture])
        move = camera_shake(height, width, rng)
        surface = cv2.resize(canvas.colour, (width, height), interpolation=cv2.INTER_AREA)
        moved = np.asarray(cv2.warpAffine(surface, move, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)
        owner, kind = (_moved(mask, move, (width, height)) for mask in (canvas.owner, canvas.kind))
        shade_wall(moved, owner)
        settings = msgspec.structs.replace(settings, width=width, height=height)
        picture, used = expose(moved, settings, level=self._level, colour=self._colour, rng=rng)
        turns = settings.rotation_deg // 90
        return RenderedPhoto(_turned(picture, turns), _turned(owner, turns), _turned(kind, turns), used)

    def _render_scene(self, canvas: Canvas) -> None:
        height, width = canvas.owner.shape
        seed, plants = self._scene.seed, self._scene.plants
        render_room(canvas, seed)
        slot = width / max(len(plants), 1)
        unit = min(slot * 1.2, height * 0.98)
        places = [PotPlacement(slot * (at + 0.5), height * (SHELF_AT + 0.11), unit) for at in range(len(plants))]
        painted = [
            PlantRenderer(canvas, plant, owner=at + 1, foot=place.soil, unit=unit, seed=seed)
            for at, (plant, place) in enumerate(zip(plants, places, strict=True))
            if plant.present
        ]
        for place in places:
            shade_below(canvas, place)
        for one in painted:
            one.render_back()
        for plant, place in zip(plants, places, strict=True):
            render_pot(canvas, place, seed, plant.plant)
        for one in painted:
            one.render_front()


def _turned(picture: Picture, turns: int) -> Picture:
    return np.ascontiguousarray(np.rot90(picture, -turns))


def _moved(mask: Picture, move: NDArray[np.float32], size: tuple[int, int]) -> Picture:
    """Ground-truth mask scaled and shifted like the photo."""
    small = cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST_EXACT)
    return np.asarray(cv2.warpAffine(small, move, size, flags=cv2.INTER_NEAREST), np.uint8)
