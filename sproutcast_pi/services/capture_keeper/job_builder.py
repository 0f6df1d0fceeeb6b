"""Write the worker's job for a capture: camera settings, plants, what is due for each, what it looked like before."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from sproutcast_pi.config.settings import CameraOptions, CaptureOptions, LightOptions
from sproutcast_pi.messages.areas import captures
from sproutcast_pi.messages.rows import row_message_list
from sproutcast_pi.model.advice import CareFact
from sproutcast_pi.model.baseline import RESTARTING_CARE, posture_baseline_start, size_baseline_start, usual_greenness
from sproutcast_pi.model.measurement import UNUSUAL_LIGHT
from sproutcast_pi.model.metrics.registry import HISTORY_PIPELINES, PIPELINES
from sproutcast_pi.model.monitor_plans import Frequency, pipelines_due
from sproutcast_pi.model.rules import DEFAULT_RULES
from sproutcast_pi.model.timestamps import from_text, to_text
from sproutcast_pi.ports import CameraSettings
from sproutcast_pi.protocol.worker import PlantJob, WorkerAnswer, WorkerJob
from sproutcast_pi.services.photo_store import PhotoStore
from sproutcast_pi.services.training_masks import mask_name
from sproutcast_pi.store.engine import Store
from sproutcast_pi.store.messages import Row

HISTORY_WINDOW = timedelta(days=14)
HANGING_INDEX = DEFAULT_RULES["turgor_index"].lower or 0.0
"""Turgor index below which a posture is no part of the baseline."""
HISTORY_ROWS = 400
NEW_LIGHT_AFTER = 6
"""Pictures in a row in unusual light after which that light is the usual one."""
LOCKED = ("exposure_us", "gain", "red_gain", "blue_gain", "lens_position", "white_balance_k", "focus")
"""Settings that every later picture has of the first good one."""
SAME_LEVEL = 0.005
"""Lamp levels that differ by no more than half a percent are the same light."""
RECENT_RESULTS = 3
"""Results that show how large a plant was a moment ago."""
ALL_PIPELINES = tuple(name for name in PIPELINES if name not in HISTORY_PIPELINES)
"""What a plant without a plan is measured by."""

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
        mask_folder: Path,
    ) -> None:
        self._store = store
        self._photos = pictures
        self._camera = camera
        self._light = light
        self._captures = captures
        self._scene = scene
        self._mask_folder = mask_folder
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
        elif verdict in ("ok", "uncertain") and light_level > 0 and not self._lock_at(light_level):
            self._locked_settings = {
                name: answer.settings[name] for name in LOCKED if answer.settings.get(name) is not None
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
        posture_from, size_from = self._baseline_starts(row["id"], at)
        posture = self._posture_history(row["id"], at, posture_from)
        newest = self._newest_results(row["id"], at)
        newest_box = next((json.loads(result["bbox"]) for result in newest if result["bbox"]), None)
        greenness = [result["chlorophyll_index"] for result in newest if size_from is None or result["at"] > size_from]
        return PlantJob(
            plant=row["id"],
            name=row["name"],
            region=_polygon(row["region"]),
            pipelines=tuple(pipelines_due(pipelines, ran, at)),
            pot_diameter_cm=row["pot_diameter_cm"],
            pot_region=_polygon(row["pot_region"]),
            last_bbox=tuple(newest_box) if newest_box else None,
            history=tuple(
                (result["at"], result["droop_deg"], result["height_px"], result["width_px"]) for result in posture
            ),
            posture_restarted=posture_from is not None,
            recent_areas=tuple((result["at"], result["area_percent"]) for result in reversed(newest[:RECENT_RESULTS])),
            usual_greenness=usual_greenness(greenness),
        )

    def _newest_results(self, plant_id: int, at: datetime) -> list[Row]:
        """The results of the last two weeks, newest first; what a wrong clock dated later than `at` is left out."""
        return self._store.query(
            "SELECT at, area_percent, bbox, chlorophyll_index FROM analysis_result "
            "WHERE plant_id = ? AND at BETWEEN ? AND ? ORDER BY at DESC LIMIT ?",
            (plant_id, to_text(at - HISTORY_WINDOW), to_text(at), HISTORY_ROWS),
        )

    def _posture_history(self, plant_id: int, at: datetime, since: str | None) -> list[Row]:
        """The latest results in which the plant held itself as usual, oldest first, however long ago.

        A result that hangs, one from an open alert about posture and one that is not certainly the plant never count:
        waiting makes no wilted plant firm.
        """
        rows = self._store.query(
            "SELECT at, droop_deg, height_px, width_px FROM analysis_result "
            "WHERE plant_id = ? AND at > ? AND at <= ? AND droop_deg IS NOT NULL "
            "AND (turgor_index IS NULL OR turgor_index >= ?) AND coalesce(presence, 'seen') = 'seen' "
            "AND at < coalesce((SELECT min(since_at) FROM alert WHERE plant_id = ? AND active = 1 "
            "AND metric IN ('turgor_index', 'droop_deg')), '9') ORDER BY at DESC LIMIT ?",
            (plant_id, since or "", to_text(at), HANGING_INDEX, plant_id, HISTORY_ROWS),
        )
        return rows[::-1]

    def _baseline_starts(self, plant_id: int, at: datetime) -> tuple[str | None, str | None]:
        """From when postures and sizes can be compared: the last care that changed them; None: from the first."""
        kinds = ", ".join(f"'{kind}'" for kind in sorted(RESTARTING_CARE))
        events = self._store.query(
            f"SELECT kind, at FROM care_event WHERE plant_id = ? AND kind IN ({kinds}) AND at <= ?",  # noqa: S608 - constants of ours
            (plant_id, to_text(at)),
        )
        care = [CareFact(kind=event["kind"], at=from_text(event["at"])) for event in events]
        (alert,) = self._store.query(
            "SELECT min(since_at) AS since_at FROM alert WHERE plant_id = ? AND active = 1 "
            "AND metric IN ('turgor_index', 'droop_deg')",
            (plant_id,),
        )
        since = None if alert["since_at"] is None else from_text(alert["since_at"])
        posture, size = posture_baseline_start(care, at, since), size_baseline_start(care, at)
        return None if posture is None else to_text(posture), None if size is None else to_text(size)

    def _profile(self, lamp_state: str) -> str | None:
        found = self._store.query(
            "SELECT file FROM profile WHERE state = 'active' AND lamp_state = ? ORDER BY id DESC LIMIT 1", (lamp_state,)
        )
        return str(found[0]["file"]) if found else None

    def _reference_photo(self, light_level: float) -> str | None:
        """An earlier good picture in the same light, to see whether camera or lamp are as they were.

        None when that many pictures in a row were brighter or darker than it: this is the light of the place now.
        """
        in_light = "FROM capture WHERE state = 'done' AND abs(coalesce(light_level, 0) - ?) < 0.1"
        newest = self._store.query(f"SELECT data {in_light} ORDER BY id DESC LIMIT ?", (light_level, NEW_LIGHT_AFTER))
        if len(newest) == NEW_LIGHT_AFTER and all(map(_in_unusual_light, newest)):
            return None
        found = self._store.query(
            f"SELECT file {in_light} AND quality IN ('ok', 'uncertain') AND file IS NOT NULL ORDER BY id DESC LIMIT 1",
            (light_level,),
        )
        return str(self._photos.folder / found[0]["file"]) if found else None

    def _photo_index(self, capture_id: int) -> int:
        (row,) = self._store.query(
            "SELECT count(*) AS n FROM capture WHERE id < ? AND started_at IS NOT NULL AND code IS NOT ?",
            (capture_id, captures.POWER_LOST.code),
        )
        return int(row["n"])


def _in_unusual_light(row: Mapping[str, Any]) -> bool:
    return any(reason.code in UNUSUAL_LIGHT for reason in row_message_list(row, "quality_reasons"))


def _polygon(text: str | None) -> tuple[tuple[float, float], ...] | None:
    return tuple((x, y) for x, y in json.loads(text)) if text else None
