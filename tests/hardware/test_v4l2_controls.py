"""White balance and focus of a USB camera, against a camera as the kernel's UVC driver shows one through OpenCV."""

from __future__ import annotations

import cv2
import pytest

from sproutcast_pi.hardware import v4l2_controls
from sproutcast_pi.ports import CameraSettings

BALANCE = {cv2.CAP_PROP_AUTO_WB: 1, cv2.CAP_PROP_WB_TEMPERATURE: 4600}
FOCUS = {cv2.CAP_PROP_AUTOFOCUS: 1, cv2.CAP_PROP_FOCUS: 30}
FOLLOWS = {cv2.CAP_PROP_WB_TEMPERATURE: cv2.CAP_PROP_AUTO_WB, cv2.CAP_PROP_FOCUS: cv2.CAP_PROP_AUTOFOCUS}


class UvcCamera:
    """Values follow the light while their mode is automatic, are told only afterwards, and can't be set meanwhile."""

    def __init__(self, controls):
        self.values = dict(controls)
        self.reported = dict(controls)

    def set(self, control, value):
        if control not in self.values or self.values.get(FOLLOWS.get(control)):
            return False
        self.values[control] = value
        self.reported[control] = value
        for one, switch in FOLLOWS.items():
            if switch == control and not value and one in self.values:
                self.reported[one] = self.values[one]
        return True

    def get(self, control):
        return float(self.reported.get(control, -1))

    def light_changes(self, temperature, focus):
        for control, value in ((cv2.CAP_PROP_WB_TEMPERATURE, temperature), (cv2.CAP_PROP_FOCUS, focus)):
            if self.values.get(FOLLOWS[control]):
                self.values[control] = value


def test_what_was_found_for_the_first_picture_is_kept_in_whatever_light():
    first = UvcCamera(BALANCE | FOCUS)
    v4l2_controls.prepare(first, CameraSettings())
    first.light_changes(5200, 85)
    used = v4l2_controls.lock(first, CameraSettings())
    assert (used.white_balance_k, used.focus) == (5200, 85)
    first.light_changes(3000, 10)
    assert first.values[cv2.CAP_PROP_WB_TEMPERATURE] == 5200
    later = UvcCamera(BALANCE | FOCUS)
    v4l2_controls.prepare(later, used)
    later.light_changes(3000, 10)
    assert (later.values[cv2.CAP_PROP_WB_TEMPERATURE], later.values[cv2.CAP_PROP_FOCUS]) == (5200, 85)
    assert v4l2_controls.lock(later, used) == used


@pytest.mark.parametrize(
    ("controls", "kept"), [({}, (None, None)), (BALANCE, (4600, None)), (FOCUS, (None, 30))], ids=["none", "wb", "af"]
)
def test_a_camera_without_a_control_keeps_the_others(controls, kept):
    camera = UvcCamera(controls)
    v4l2_controls.prepare(camera, CameraSettings())
    used = v4l2_controls.lock(camera, CameraSettings())
    assert (used.white_balance_k, used.focus) == kept


def test_a_focus_of_nothing_is_a_focus():
    camera = UvcCamera(FOCUS)
    v4l2_controls.prepare(camera, CameraSettings(focus=0))
    assert camera.values == {cv2.CAP_PROP_AUTOFOCUS: 0, cv2.CAP_PROP_FOCUS: 0}
