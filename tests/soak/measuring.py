"""Two ways to measure a rendered photograph: by the whole of vision, or by the true mask (a tenth of the time)."""

from __future__ import annotations

import numpy as np

from sproutcast_pi.model.measurement import PlantMeasurement
from sproutcast_pi.protocol.worker import PlantJob
from sproutcast_pi.simulated.rendered_camera import RenderedPhoto
from sproutcast_pi.vision.colour.colour_correction import estimate_correction
from sproutcast_pi.vision.colour.illuminant import estimate_illuminant
from sproutcast_pi.vision.measure import measure
from sproutcast_pi.vision.metrics.plant_metrics import PhotoContext, measure_plants
from sproutcast_pi.vision.photo.photo_file import photo_from_frame
from sproutcast_pi.vision.types import MeasureRequest

SURE = 6.0
"""Log odds of a pixel that is certainly plant."""


def by_vision(photo: RenderedPhoto, job: PlantJob, at: str) -> PlantMeasurement:
    """What the whole of vision measures."""
    (plant,) = measure(photo_from_frame(photo.picture), MeasureRequest(plants=(job,), at=at)).plants
    return plant


def by_truth(photo: RenderedPhoto, job: PlantJob, at: str) -> PlantMeasurement:
    """What the pipelines measure on the true mask."""
    frame = photo_from_frame(photo.picture)
    mask = np.where(photo.owner > 0, 255, 0).astype(np.uint8)
    context = PhotoContext(
        photo=frame,
        odds=np.where(mask > 0, SURE, -SURE).astype(np.float32),
        correction=estimate_correction(estimate_illuminant(frame.bgr, mask), None, None),
        pixel_scale=None,
        at=at,
    )
    ((plant, _),) = measure_plants(context, (mask > 0).astype(np.int32), (job,))
    return plant
