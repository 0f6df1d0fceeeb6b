"""Which earlier results a plant's posture is compared with."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sproutcast_pi.config.settings import CameraOptions, CaptureOptions, LightOptions
from sproutcast_pi.protocol.worker import PlantJob
from sproutcast_pi.services.capture_keeper.job_builder import JobBuilder
from sproutcast_pi.services.photo_store import PhotoStore
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.engine import INTERNAL, Store

SEEN = {"bbox": [1, 1, 5, 5], "area_px": 900, "area_percent": 9.0, "height_px": 300, "width_px": 200, "confidence": 0.9}
FIRM = SEEN | {"droop_deg": 2.0, "turgor_index": 0.9}
HANGING = SEEN | {"droop_deg": 55.0, "turgor_index": 0.1}


class PlantHarness:
    """One plant in a store, photographed every six hours."""

    def __init__(self, folder: Path, clock: FakeClock) -> None:
        self.clock = clock
        self.store = Store(folder / "store.db", clock=clock, device="spr-test")
        self.plant = self.call("create_plant", name="Mint")
        self._jobs = JobBuilder(
            store=self.store,
            pictures=PhotoStore(folder),
            camera=CameraOptions(source="simulated"),
            light=LightOptions(),
            captures=CaptureOptions(),
            scene=lambda _at: None,
            mask_folder=folder,
        )

    def call(self, name: str, /, **args: object) -> object:
        return self.store.call(name, args, caller=INTERNAL).value

    def shoot(self, times: int, facts: dict[str, object]) -> None:
        for _ in range(times):
            self.clock.advance(6 * 3600)
            capture = self.call("request_capture")
            self.call("begin_capture", capture_id=capture)
            quality = {"verdict": "ok", "sharpness": 0.5, "exposure": 0.4}
            answer = {"capture": capture, "file": f"{capture}.jpg", "width": 8, "height": 8, "quality": quality}
            answer["plants"] = [{"plant": self.plant, **facts}]
            self.call("finish_capture", capture_id=capture, answer=answer)

    def job(self) -> PlantJob:
        (row,) = self.store.query("SELECT * FROM capture ORDER BY id DESC LIMIT 1")
        return self._jobs.capture_job(row, self.clock.now(), 1.0).plants[0]

    def droops(self) -> set[float | None]:
        return {entry[1] for entry in self.job().history}


@pytest.fixture
def plant(tmp_path: Path) -> PlantHarness:
    found = PlantHarness(tmp_path, FakeClock(datetime.fromisoformat("2027-05-01T00:00:00+00:00")))
    found.shoot(12, FIRM)
    return found


def test_a_plant_that_hangs_for_a_month_is_still_compared_with_its_firm_days(plant: PlantHarness) -> None:
    plant.shoot(120, HANGING)
    assert plant.droops() == {2.0}
    assert not plant.job().posture_restarted


def test_nearly_firm_results_of_an_open_alert_are_no_baseline(plant: PlantHarness) -> None:
    plant.shoot(2, HANGING)
    plant.shoot(8, SEEN | {"droop_deg": 9.0, "turgor_index": 0.62})
    assert plant.droops() == {2.0}


def test_repotting_a_plant_that_hangs_does_not_make_hanging_its_baseline(plant: PlantHarness) -> None:
    plant.shoot(4, HANGING)
    for kind in ("repot", "prune"):
        plant.call("log_care", plant_id=plant.plant, kind=kind)
        plant.shoot(6, HANGING)
        assert plant.droops() == {2.0}


def test_the_owners_word_restarts_the_baseline_and_taking_it_back_brings_the_old_one(plant: PlantHarness) -> None:
    plant.shoot(24, HANGING)
    (asked,) = plant.store.query("SELECT id FROM notification WHERE question = 'hanging'")
    care = plant.call("answer_notification", notification_id=asked["id"], answer="moved")
    assert (plant.job().history, plant.job().posture_restarted) == ((), True)
    plant.shoot(4, SEEN | {"droop_deg": 55.0, "left_out": {"turgor_index": "not known yet"}})
    assert plant.droops() == {55.0}
    plant.call("delete_care", care_id=care)
    assert plant.droops() == {2.0, 55.0}


def test_pruning_a_firm_plant_restarts_its_baseline(plant: PlantHarness) -> None:
    plant.call("log_care", plant_id=plant.plant, kind="prune")
    plant.shoot(1, FIRM | {"droop_deg": -8.0})
    assert plant.droops() == {-8.0}


def test_what_is_not_certainly_the_plant_is_no_baseline(plant: PlantHarness) -> None:
    plant.shoot(3, FIRM | {"confidence": 0.2, "droop_deg": 30.0})
    plant.shoot(3, FIRM | {"confidence": 0.3, "area_percent": 8.0, "droop_deg": 30.0})
    assert plant.droops() == {2.0}


def test_results_dated_in_the_future_by_a_wrong_clock_are_left_out(plant: PlantHarness) -> None:
    plant.clock.advance(700 * 86400)
    plant.shoot(3, FIRM | {"droop_deg": 20.0})
    plant.clock.jump(plant.clock.now() - timedelta(days=690))
    plant.shoot(1, FIRM)
    assert plant.droops() == {2.0}
    assert plant.job().recent_areas[-1][1] == 9.0
