"""Cameras: every one keeps the port's promises, every specification opens its camera or says what is wrong."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest

from sproutcast_pi.errors import CameraError
from sproutcast_pi.hardware.cameras import open_camera
from sproutcast_pi.hardware.pi_camera import _failure, full_view_mode, preview_size, ribbon_camera, to_bgr
from sproutcast_pi.messages.areas import cameras as texts
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.ports import CameraSettings
from sproutcast_pi.protocol.worker import PlantJob, WorkerJob
from tests.hardware import permissions
from tests.hardware.sensor_modes import SENSORS

SMALL = CameraSettings(width=320, height=240, settle_s=0)


def job(**changes):
    return WorkerJob(
        **{
            "capture": 7,
            "at": "2026-06-01T12:00:00.000000Z",
            "camera": "simulated",
            "folder": "/nowhere",
            "file": "a.jpg",
            "thumb": "t.jpg",
            "overlay": "o.jpg",
            "plants": (PlantJob(plant=1), PlantJob(plant=2)),
        }
        | changes
    )


@pytest.fixture(params=["simulated", "replay"])
def camera(request, tmp_path):
    cv2.imwrite(str(tmp_path / "one.jpg"), np.full((240, 320, 3), 90, np.uint8))
    opened = open_camera("simulated" if request.param == "simulated" else f"replay:{tmp_path}", job())
    yield opened
    opened.close()


def test_a_picture_lies_whole_where_it_was_wanted(camera, tmp_path):
    path = tmp_path / "pictures" / "2026" / "a.jpg"
    taken = camera.take(SMALL, path)
    assert taken.path == str(path)
    assert cv2.imread(str(path)).shape == (taken.height, taken.width, 3)
    assert [one.name for one in path.parent.iterdir()] == ["a.jpg"]
    assert msgspec.json.decode(msgspec.json.encode(taken), type=type(taken)) == taken


def test_what_was_used_can_lock_the_next_picture(camera, tmp_path):
    first = camera.take(SMALL, tmp_path / "1.jpg")
    second = camera.take(first.settings, tmp_path / "2.jpg")
    assert second.settings == first.settings
    assert (second.width, second.height) == (first.width, first.height)


def test_a_turned_picture_locks_the_next_one_too(tmp_path):
    camera = open_camera("simulated", job())
    first = camera.take(msgspec.structs.replace(SMALL, rotation_deg=90), tmp_path / "1.jpg")
    second = camera.take(first.settings, tmp_path / "2.jpg")
    assert (first.width, first.height) == (second.width, second.height) == (240, 320)


def test_a_read_only_place_is_a_sentence(camera, tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    with permissions.enforced(), pytest.raises(CameraError, match="could not be written"):
        camera.take(SMALL, locked / "a.jpg")


def test_a_file_where_the_folder_should_be_is_a_sentence(camera, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CameraError, match="could not be written"):
        camera.take(SMALL, tmp_path / "file" / "a.jpg")


def test_the_scene_of_the_job_is_what_is_painted(tmp_path):
    bright = open_camera("simulated", job(light_level=1.0)).take(SMALL, tmp_path / "1.jpg")
    dark = open_camera("simulated", job(light_level=0.0)).take(bright.settings, tmp_path / "2.jpg")
    means = [cv2.imread(one.path).mean() for one in (bright, dark)]
    assert means[0] > 4 * means[1]


@pytest.mark.parametrize("spec", ["", "pi:", "pi:2", "v4l2:", "replay:", "webcam", "simulated:dream", "usb:0"])
def test_a_wrong_specification_says_what_there_is(spec):
    with pytest.raises(CameraError):
        open_camera(spec, job())


def test_a_missing_device_is_named():
    with pytest.raises(CameraError, match="/dev/video77"):
        open_camera("v4l2:/dev/video77", job())


def test_a_device_that_is_no_camera_is_named(tmp_path):
    (tmp_path / "video0").write_text("no camera")
    with pytest.raises(CameraError, match="can't be opened as a camera"):
        open_camera(f"v4l2:{tmp_path / 'video0'}", job())


@pytest.mark.skipif(importlib.util.find_spec("picamera2") is not None, reason="this is a Pi")
def test_without_picamera2_the_remedy_is_told():
    with pytest.raises(CameraError, match="apt install python3-picamera2"):
        open_camera("pi", job())


def test_frames_of_each_format_come_out_in_colour():
    frame = np.zeros((4, 6, 3), np.uint8)
    frame[0, 0] = (10, 20, 30)
    assert tuple(to_bgr(frame, "RGB888")[0, 0]) == (10, 20, 30)
    assert tuple(to_bgr(frame, "BGR888")[0, 0]) == (30, 20, 10)
    assert to_bgr(np.zeros((6, 6), np.uint8), "NV12").shape == (4, 6, 3)
    with pytest.raises(CameraError, match="YUYV"):
        to_bgr(frame, "YUYV")


@pytest.mark.parametrize("sensor", SENSORS)
def test_what_is_aimed_at_is_what_is_photographed(sensor):
    modes, wanted = SENSORS[sensor]
    chosen = full_view_mode(modes)["size"]
    assert chosen == wanted
    width, height = preview_size(chosen)
    assert width <= 1280
    assert width % 2 == height % 2 == 0
    assert width / height == pytest.approx(chosen[0] / chosen[1], rel=0.002)


def test_a_sensor_without_modes_has_no_full_view():
    assert full_view_mode([]) is None
    assert full_view_mode([{"format": "MJPEG"}]) is None


USB = {"Num": 0, "Id": "/base/scb/pcie@7d500000/pci@0,0/usb@0,0-1.2:1.0-046d:0825", "Model": "C270"}
RIBBON = {"Num": 1, "Id": "/base/soc/i2c0mux/i2c@1/imx708@1a", "Model": "imx708"}


@pytest.mark.parametrize(
    ("cameras", "place"), [([], None), ([USB], None), ([RIBBON], 0), ([RIBBON, USB], 0), ([USB, RIBBON], 1), ([{}], 0)]
)
def test_a_usb_camera_is_never_taken_for_the_ribbon_camera(cameras, place):
    assert ribbon_camera(cameras) == place


def test_a_busy_camera_is_not_called_a_loose_cable():
    fault = RuntimeError("Camera __init__ sequence did not complete.")
    fault.__cause__ = RuntimeError("Failed to acquire camera: Device or resource busy")
    sentence = english(_failure(texts.CANT_OPEN, fault))
    assert "Another program is using the camera" in sentence
    assert "cable" not in sentence
    assert "ribbon cable" in english(_failure(texts.FAILED, RuntimeError("I/O error")))


FAULT_PROGRAM = """
import sys
from pathlib import Path
from sproutcast_pi.simulated.faulty_camera import FaultyCamera
from sproutcast_pi.ports import CameraSettings
print(FaultyCamera(sys.argv[1]).take(CameraSettings(), Path(sys.argv[2])))
"""


def run_fault(fault, path: Path, timeout=90):
    return subprocess.run(
        [sys.executable, "-c", FAULT_PROGRAM, fault, str(path)], capture_output=True, timeout=timeout, check=False
    )


def test_the_crashing_camera_crashes_and_the_babbling_one_babbles(tmp_path):
    assert run_fault("crash", tmp_path / "a.jpg").returncode < 0
    babbled = run_fault("babble", tmp_path / "a.jpg")
    assert b"the lens sees nothing" in babbled.stdout


def test_the_hanging_camera_hangs(tmp_path):
    with pytest.raises(subprocess.TimeoutExpired):
        run_fault("hang", tmp_path / "a.jpg", timeout=1.5)


def test_the_half_picture_is_half(tmp_path):
    run_fault("half", tmp_path / "a.jpg")
    assert cv2.imread(str(tmp_path / "a.jpg")) is None


def test_the_refusing_camera_says_so(tmp_path):
    with pytest.raises(CameraError, match="refuses"):
        open_camera("simulated:refuse", job()).take(SMALL, tmp_path / "a.jpg")
