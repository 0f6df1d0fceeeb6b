"""Write the worker's job for a capture: camera settings, plants, what is due for each, what it looked like before."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from sproutcast_pi.config.settings import CameraOptions, CaptureOptions, LightOptions
from sproutcast_pi.model.measurement import AS_BRIGHT
from sproutcast_pi.model.monitor_plans import Frequency, pipelines_due
from sproutcast_pi.model.timestamps import from_text, to_text
from sproutcast_pi.ports import CameraSettings
from sproutcast_pi.protocol.worker import PlantJob, WorkerAnswer, WorkerJob
from sproutcast_pi.services.photo_store import PhotoStore
from sproutcast_pi.services.training_masks import mask_name
from sproutcast_pi.store.engine import Store
from sproutcast_pi.store.messages import Row

HISTORY_WINDOW = timedelta(days=14)
"""A plant's own rhythm is learned from two weeks."""
HISTORY_ROWS = 400
NEW_LIGHT_AFTER = 6
"""Pictures in a row in unusual light after which that light is the usual one."""
SAME_LEVEL = 0.005
"""Lamp levels that differ by no more than half a percent are the same light."""
RECENT_RESULTS = 3
"""Results that tell how large a plant was a moment ago."""
MIN_GREENNESS_RESULTS = 4
"""Results from which a plant's usual greenness is known."""
ALL_PIPELINES = ("P3b", "P3a", "P4", "P5", "leaves", "lesions")

Scene = Callable[[datetime], dict[str, Any] | None]
"""The simulated greenhouse's state at a moment; None where the camera is no simulated one."""


class JobBuilder:
    """Builds jobs from what the store knows."""

    def __init__(
        self,
        *,
        store: Store,
        pictures: PhotoStore,
        camera: CameraOptions,
        light: LightOptions,
        captures: CaptureOptions,
        scene: Scene,
        lessons: Path,
    ) -> None:
        self._store = store
        self._photos = pictures
        self._camera = camera
        self._light = light
        self._captures = captures
        self._scene = scene
        self._mask_folder = lessons
        self._locked_settings: dict[str, Any] = {}
        """The settings requested once the camera had settled; every later picture at `_locked_level` requests them."""
        self._locked_level = 0.0

    def capture_job(self, capture: Row, at: datetime, light_level: float) -> WorkerJob:
        """The job for a `capture` row that begins at `at` under a lamp at `light_level`."""
        names = self._photos.names(capture["id"], at)
        self._mask_folder.mkdir(parents=True, exist_ok=True)
        lamp_state = "lamp" if light_level > 0 else "daylight"
        return WorkerJob(
            capture=capture["id"],
            at=to_text(at),
            camera=self._camera.source,
            folder=str(self._photos.folder),
            file=names.file,
            thumb=names.thumb,
            overlay=names.overlay,
            settings={**self._settings(), **self._lock_at(light_level)},
            plants=self._plants(at),
            light_level=light_level,
            lamp_colour=self._light.colour,
            profile=self._profile(lamp_state),
            lesson=str(self._mask_folder / mask_name(names.file)),
            reference=self._reference_photo(light_level),
            px_per_cm=self._camera.px_per_cm or None,
            colour_card=self._camera.colour_card,
            replay_index=self._photo_index(capture["id"]),
            scene=self._scene(at),
            memory_mb=self._captures.memory_mb,
        )

    def preview_job(self, at: datetime, light_level: float) -> WorkerJob:
        """The job of looking through the camera: nothing is kept, exposure and focus are the camera's own."""
        return WorkerJob(
            capture=0,
            at=to_text(at),
            camera=self._camera.source,
            folder="",
            file="",
            thumb="",
            overlay="",
            settings=self._settings(),
            light_level=light_level,
            lamp_colour=self._light.colour,
            scene=self._scene(at),
        )

    def lock_settings(self, answer: WorkerAnswer, light_level: float) -> None:
        """Lock the pictures to come to what was requested for the first good one under the lamp at `light_level`.

        Only the lamp's own light is the same in every picture, so without it nothing is locked: a lock taken at dusk
        would burn out at noon. A refused picture ends the lock, and the next good one begins another.
        """
        verdict = answer.quality.verdict if answer.quality is not None else "refused"
        if verdict == "refused":
            self.unlock_settings()
        elif verdict == "ok" and light_level > 0 and not self._lock_at(light_level):
            names = ("exposure_us", "gain", "red_gain", "blue_gain", "lens_position")
            self._locked_settings = {
                name: answer.settings[name] for name in names if answer.settings.get(name) is not None
            }
            self._locked_level = light_level

    def _lock_at(self, light_level: float) -> dict[str, Any]:
        """The locked settings where they were taken in the same light, else none."""
        return self._locked_settings if abs(light_level - self._locked_level) <= SAME_LEVEL else {}

    def unlock_settings(self) -> None:
        """Let the camera settle afresh."""
        self._locked_settings = {}

    def _settings(self) -> dict[str, Any]:
        camera = self._camera
        wanted = CameraSettings(
            width=camera.width or None,
            height=camera.height or None,
            rotation_deg=camera.rotation_deg,
            settle_s=camera.settle_s,
            lens_position=None if camera.lens_position < 0 else camera.lens_position,
        )
        return msgspec.structs.asdict(wanted)

    def _plants(self, at: datetime) -> tuple[PlantJob, ...]:
        plants = self._store.query(
            "SELECT plant.*, monitor_plan.pipelines AS pipelines, monitor_plan.ran AS ran FROM plant "
            "LEFT JOIN monitor_plan ON monitor_plan.plant_id = plant.id "
            "WHERE plant.archived_at IS NULL ORDER BY plant.id"
        )
        return tuple(self._plant(row, at) for row in plants)

    def _plant(self, row: Row, at: datetime) -> PlantJob:
        pipelines: dict[str, Frequency] = dict.fromkeys(ALL_PIPELINES, "every_capture")
        if row["pipelines"]:
            pipelines = json.loads(row["pipelines"])
        ran = {name: from_text(moment) for name, moment in json.loads(row["ran"] or "{}").items()}
        history = self._store.query(
            "SELECT at, area_percent, droop_deg, height_px, width_px, bbox, chlorophyll_index FROM analysis_result "
            "WHERE plant_id = ? AND at >= ? ORDER BY at DESC LIMIT ?",
            (row["id"], to_text(at - HISTORY_WINDOW), HISTORY_ROWS),
        )
        newest_box = next((json.loads(result["bbox"]) for result in history if result["bbox"]), None)
        return PlantJob(
            plant=row["id"],
            name=row["name"],
            region=_polygon(row["region"]),
            pipelines=tuple(pipelines_due(pipelines, ran, at)),
            pot_diameter_cm=row["pot_diameter_cm"],
            pot_region=_polygon(row["pot_region"]),
            last_bbox=tuple(newest_box) if newest_box else None,
            history=tuple(
                (result["at"], result["droop_deg"], result["height_px"], result["width_px"])
                for result in reversed(history)
            ),
            recent_areas=tuple((result["at"], result["area_percent"]) for result in reversed(history[:RECENT_RESULTS])),
            usual_greenness=_baseline_greenness([result["chlorophyll_index"] for result in history]),
        )

    def _profile(self, lamp_state: str) -> str | None:
        found = self._store.query(
            "SELECT file FROM profile WHERE state = 'active' AND lamp_state = ? ORDER BY id DESC LIMIT 1", (lamp_state,)
        )
        return str(found[0]["file"]) if found else None

    def _reference_photo(self, light_level: float) -> str | None:
        """An earlier good picture in the same light, to see whether camera or lamp are as they were.

        None when so many pictures in a row were brighter or darker than it: this is the light of the place now.
        """
        in_light = "FROM capture WHERE state = 'done' AND abs(coalesce(light_level, 0) - ?) < 0.1"
        newest = self._store.query(
            f"SELECT quality_reasons {in_light} ORDER BY id DESC LIMIT ?", (light_level, NEW_LIGHT_AFTER)
        )
        if len(newest) == NEW_LIGHT_AFTER and all(AS_BRIGHT in row["quality_reasons"] for row in newest):
            return None
        found = self._store.query(
            f"SELECT file {in_light} AND quality = 'ok' AND file IS NOT NULL ORDER BY id DESC LIMIT 1", (light_level,)
        )
        return str(self._photos.folder / found[0]["file"]) if found else None

    def _photo_index(self, capture_id: int) -> int:
        (row,) = self._store.query(
            "SELECT count(*) AS n FROM capture WHERE id < ? AND started_at IS NOT NULL AND error IS NOT ?",
            (capture_id, "power was lost while the picture was taken"),
        )
        return int(row["n"])


def _polygon(text: str | None) -> tuple[tuple[float, float], ...] | None:
    return tuple((x, y) for x, y in json.loads(text)) if text else None


def _baseline_greenness(values: Sequence[float | None]) -> float | None:
    """The median of the greener half, for pale days are not what is usual; None of fewer than `KNOWN_FROM`."""
    known = sorted(value for value in values if value is not None)
    return median(known[len(known) // 2 :]) if len(known) >= MIN_GREENNESS_RESULTS else None
