"""The photographs screens and pages are tested with: painted by the simulated camera, the same ones every time."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from sproutcast_pi.ports import CameraSettings
from sproutcast_pi.simulated.greenhouse import Scene
from sproutcast_pi.simulated.plant_model import PlantTruth
from sproutcast_pi.simulated.rendered_camera import RenderedCamera, RenderedPhoto

PLANTS = {
    # file: number, share of full size, droop, hue, yellow, bloom, leaves, picture
    "basil.jpg": (1, 0.55, 2.0, 112.0, 0.0, 0.0, 11, (720, 480)),
    "rubber.jpg": (2, 0.45, 24.0, 128.0, 0.02, 0.0, 8, (1200, 800)),
    "rubber-young.jpg": (2, 0.22, 2.0, 112.0, 0.0, 0.0, 5, (1200, 800)),
    "violet.jpg": (3, 0.8, 1.0, 100.0, 0.0, 0.8, 14, (1200, 900)),
    "pepper.jpg": (4, 0.6, 2.0, 105.0, 0.05, 0.0, 12, (1200, 798)),
    "mint.jpg": (5, 0.7, 3.0, 118.0, 0.0, 0.0, 13, (1200, 900)),
}


@cache
def sample_photos() -> Path:
    """A folder with all of them, painted once a run and removed at its end."""
    folder = Path(tempfile.mkdtemp(prefix="sproutcast-painted-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name, (number, share, droop, hue, yellow, bloom, leaves, (width, height)) in PLANTS.items():
        truth = PlantTruth(
            plant=number,
            area_share=share,
            droop_deg=droop,
            hue_deg=hue,
            yellow_share=yellow,
            bloom_share=bloom,
            leaf_count=leaves,
            water=0.8,
            food=0.8,
            half_wilted=False,
        )
        camera = RenderedCamera(Scene(seed=number, plants=(truth,)))
        wanted = CameraSettings(width=width, height=height)
        camera.take(wanted, folder / name)
        _outline(camera.render(wanted), folder / overlay_of(name))
    return folder


def overlay_of(name: str) -> str:
    """The name of the same photograph with its plant outlined."""
    return name.replace(".jpg", ".overlay.png")


def _outline(painting: RenderedPhoto, path: Path) -> None:
    picture = painting.picture.copy()
    edges, _ = cv2.findContours((painting.owner > 0).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(picture, edges, -1, (255, 255, 255), 2 + picture.shape[1] // 500, cv2.LINE_AA)
    cv2.imwrite(str(path), picture)
