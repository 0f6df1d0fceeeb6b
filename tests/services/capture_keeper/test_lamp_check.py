"""The lamp as it was set against the lamp as the pictures show it: from the camera to the alert."""

from datetime import UTC, datetime

import cv2
import numpy as np
import pytest

from sproutcast_pi.protocol.worker import WorkerJob
from sproutcast_pi.services.capture_keeper.lamp_check import LampCheck
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.engine import Store
from sproutcast_pi.worker.answer import run_job


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "s.sqlite3", clock=FakeClock(datetime(2027, 6, 1, 9, tzinfo=UTC)), device="spr-test")
    yield opened
    opened.close()


def photographed(tmp_path, mean, capture):
    """What the worker answers to a picture of that mean brightness, taken while the lamp was set to 90 %."""
    album = tmp_path / f"album{capture}"
    album.mkdir()
    noise = np.random.default_rng(capture).normal(mean, 3, (240, 320, 3))
    noise[60:180, 80:240] += mean / 2
    cv2.imwrite(str(album / "a.jpg"), np.clip(noise, 0, 255).astype(np.uint8))
    job = WorkerJob(
        capture=capture,
        at="2027-06-01T09:00:00Z",
        camera=f"replay:{album}",
        folder=str(tmp_path),
        file=f"{capture}.jpg",
        thumb=f"{capture}-thumb.jpg",
        overlay=f"{capture}-overlay.jpg",
        light_level=0.9,
    )
    return run_job(job)


def alerts(store):
    return [row["title"] for row in store.query("SELECT title FROM notification WHERE category = 'alert'")]


def lamp(store):
    return [row["state"] for row in store.query("SELECT state FROM health WHERE part = 'lamp'")]


def test_two_dark_pictures_under_a_lamp_that_was_set_are_one_alert(store, tmp_path):
    check = LampCheck(store)
    dark = photographed(tmp_path, 5, 1)
    assert any("set to 90 % but the picture is dark" in note for note in dark.notes)
    check.check(dark, 0.9)
    assert alerts(store) == [], "a hand before the lens is no broken lamp"
    check.check(photographed(tmp_path, 5, 2), 0.9)
    check.check(photographed(tmp_path, 5, 3), 0.9)
    assert alerts(store) == ["The lamp stayed dark"]
    assert lamp(store) == ["bad"]


def test_dark_pictures_of_the_night_are_no_broken_lamp(store, tmp_path):
    check = LampCheck(store)
    for capture in (1, 2, 3):
        check.check(photographed(tmp_path, 5, capture), 0.0)
    assert alerts(store) == []


def test_a_lamp_that_lights_again_is_well_again(store, tmp_path):
    check = LampCheck(store)
    for capture, mean in ((1, 5), (2, 5), (3, 120)):
        check.check(photographed(tmp_path, mean, capture), 0.9)
    assert lamp(store) == ["ok"]


def test_a_lamp_that_lights_is_no_news(store, tmp_path):
    check = LampCheck(store)
    check.check(photographed(tmp_path, 120, 1), 0.9)
    check.check(photographed(tmp_path, 120, 2), 0.9)
    assert alerts(store) == []
    assert lamp(store) == []
