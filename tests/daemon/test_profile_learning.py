"""The daemon learns its place by itself, asks when the lamp has changed, and learns again from what is confirmed."""

import json

import pytest

from tests.daemon.helpers import DaemonProcess
from tests.waiting import wait_until

SETTINGS = '[network]\nlisten = false\n[captures]\ninterval_min = 60\n[light]\ncolour = "{}"\n'
WITHIN_S = 400.0


def profile(one, state):
    found = one.rows("SELECT lessons FROM profile WHERE state = ? AND lamp_state = 'lamp'", state)
    return [json.loads(lessons) for (lessons,) in found]


@pytest.mark.timeout(1800)
def test_it_learns_asks_after_a_lamp_change_and_learns_what_is_confirmed(tmp_path):
    white = DaemonProcess(tmp_path, "--speed", "7200", "--camera", "simulated", config=SETTINGS.format("white"))
    white.start()
    try:
        client = white.client()
        white.connected(client)
        wait_until(lambda: profile(white, "active") == [[]], WITHIN_S)
        client.stop()
        assert white.stop() == 0
    finally:
        white.kill()
    pink = DaemonProcess(tmp_path, "--speed", "7200", "--camera", "simulated", config=SETTINGS.format("pink"))
    pink.start()
    try:
        client = pink.client()
        pink.connected(client)
        wait_until(lambda: pink.rows("SELECT 1 FROM notification WHERE code = 'recognition.misfit'"), WITHIN_S)
        assert profile(pink, "misfit") == [[]]
        newest = "SELECT max(id) FROM capture WHERE state = 'done' AND light_level > 0 AND quality != 'refused'"
        ((capture,),) = pink.rows(newest)
        client.call("confirm_outline", {"capture_id": capture, "right": True}).result(60)
        wait_until(lambda: profile(pink, "active") == [[capture]], WITHIN_S)
        client.stop()
        assert pink.stop() == 0
    finally:
        pink.kill()
