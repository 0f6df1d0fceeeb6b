"""The unchanged camera adapter and worker on the real picamera2 and libcamera; see `inside` for what stands in."""

from __future__ import annotations

import json
import os

import cv2
import numpy as np
import pytest

from tests.hardware.sensor_modes import SENSORS
from tests.picamera2.conftest import RIBBON, SIZES, USB

PICTURES = int(os.environ.get("PICTURES", "1000"))
EVERY_CONTROL = {"exposure_us", "gain", "red_gain", "blue_gain", "lens_position"}


def difference(one, other):
    return float(np.abs(one.astype(float) - other.astype(float)).mean())


def test_a_picture_is_the_photograph_before_the_camera_turned_as_asked(picamera2):
    shown = cv2.imread(str(picamera2.work / "frames/0.jpg"))
    (photo,) = picamera2.do("take", settings={"width": 1920, "height": 1080, "rotation_deg": 90})["photos"]
    assert (photo["width"], photo["height"]) == (1080, 1920)
    taken = cv2.imread(str(picamera2.work / "0.jpg"))
    # The virtual pipeline hands JPEG's full range of luma on as video's, so that contrast is a sixth higher.
    assert difference(cv2.rotate(taken, cv2.ROTATE_90_COUNTERCLOCKWISE), shown) < 15
    assert difference(cv2.rotate(taken, cv2.ROTATE_90_CLOCKWISE), shown) > 30


@pytest.mark.parametrize("sensor", SENSORS)
def test_the_view_for_aiming_is_the_whole_of_the_later_photograph(picamera2, sensor):
    seen = picamera2.do("preview", settings={}, fit={"sensor": sensor})
    assert tuple(seen["sensor"][0]) == SENSORS[sensor][1]
    assert tuple(seen["main"]) in SIZES


@pytest.mark.parametrize("sensor", SENSORS)
def test_the_lock_is_what_was_settled_on_and_every_later_picture_has_it(picamera2, sensor):
    photos = picamera2.do("take", settings={}, times=3, fit={"sensor": sensor})["photos"]
    assert all(photo["settings"][name] is not None for photo in photos for name in EVERY_CONTROL)
    assert len({tuple(photo["settings"][name] for name in sorted(EVERY_CONTROL)) for photo in photos}) == 1
    assert len({photo["metadata"]["ExposureTime"] for photo in photos}) == 1
    assert photos[0]["settings"]["lens_position"] == pytest.approx(3.1547)


def test_a_series_keeps_the_exposure_of_its_first_picture(picamera2):
    """Each process takes as many as come, as the worker's processes follow each other."""
    picamera2.plug(RIBBON, sizes=[(640, 480)])
    settings, exposures, empty = {}, [], 0
    while len(exposures) < PICTURES:
        more = picamera2.do("series", whole=False, settings=settings, times=PICTURES - len(exposures))
        empty = 0 if more["exposures"] else empty + 1
        assert empty < 3, "no picture came three times in a row"
        settings = settings or more["settings"]
        exposures += more["exposures"]
    assert max(abs(one / exposures[0] - 1) for one in exposures) < 0.01


@pytest.mark.parametrize("what", ["take", "preview"])
def test_a_camera_that_stops_sending_is_named_with_its_cable_and_let_go(picamera2, what):
    seen = picamera2.do("stop_sending", settings={}, what=what, fit={"stop_after": 3})
    assert "ribbon cable" in seen["error"]
    assert 20 <= seen["told_s"] < 25
    assert seen["closed_s"] - seen["told_s"] < 3


def test_a_camera_in_use_is_not_called_a_loose_cable(picamera2):
    error = picamera2.do("open_twice")["error"]
    assert "Another program is using the camera" in error
    assert "cable" not in error


@pytest.mark.parametrize(("ids", "opened"), [((USB, RIBBON), RIBBON), ((RIBBON, USB), RIBBON), ((RIBBON,), RIBBON)])
def test_the_camera_on_the_ribbon_cable_is_opened_in_whatever_order_they_are_found(picamera2, ids, opened):
    picamera2.plug(*ids)
    assert picamera2.do("open_one") == {"id": opened}


def test_a_usb_camera_alone_is_no_camera_on_a_ribbon_cable(picamera2):
    picamera2.plug(USB)
    assert "ribbon cable" in picamera2.do("open_one")["error"]


@pytest.mark.parametrize(
    ("missing", "unset"),
    [
        (("AfMode", "AfTrigger", "LensPosition"), {"lens_position"}),
        (("ColourGains", "AwbEnable"), {"red_gain", "blue_gain"}),
        (("ExposureTime", "AnalogueGain", "AeEnable"), {"exposure_us", "gain"}),
    ],
)
def test_a_sensor_without_some_controls_is_locked_in_the_others(picamera2, missing, unset):
    (photo,) = picamera2.do("take", settings={}, fit={"missing": missing})["photos"]
    assert {name for name in EVERY_CONTROL if photo["settings"][name] is None} == unset


def test_the_whole_worker_answers_with_a_measured_picture_and_names_a_camera_that_hangs(picamera2):
    job = {
        "capture": 1,
        "at": "2026-06-01T12:00:00.000000Z",
        "camera": "pi",
        "folder": "/srv/scratch/out",
        "file": "a.jpg",
        "thumb": "t.jpg",
        "overlay": "o.jpg",
        "settings": {"settle_s": 0.3},
        "memory_mb": 700,
        "plants": [{"plant": 1}],
        "light_level": 1.0,
    }
    (picamera2.work / "out").mkdir()
    line = json.dumps(job) + "\n"
    answer = picamera2.run("worker", {}, stdin=line)
    assert answer.get("error") is None
    assert (answer["width"], answer["height"]) == SIZES[0]
    assert {path.name for path in (picamera2.work / "out").iterdir()} >= {"a.jpg", "t.jpg"}
    stopped = picamera2.run("worker", {"stop_after": 3}, stdin=line)
    assert "ribbon cable" in stopped["error"]
