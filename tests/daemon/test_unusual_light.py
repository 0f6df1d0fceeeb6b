"""Pictures in unusual light, through the running daemon: a dark one is refused, a lamp that is out is an alert."""

import json

import cv2
import numpy as np

from tests.simulated.sample_photos import sample_photos
from tests.waiting import wait_until

BRIGHT = ("basil", 1.3)
ASKED_ONLY = "[network]\nlisten = false\n[captures]\nquiet_hours = ['00:00-00:00']\n"
"""No photograph but those a test asks for, whatever the time of day."""


def album(folder, *pictures):
    """Photographs by name and light, in this order."""
    folder.mkdir()
    for number, (name, factor) in enumerate(pictures):
        picture = cv2.imread(str(sample_photos() / f"{name}.jpg"))
        cv2.imwrite(str(folder / f"{number:02}.jpg"), np.clip(picture * factor, 0, 255).astype(np.uint8))
    return f"replay:{folder}"


def taken(one, client, count):
    """The newest captures' verdicts and reasons once `count` more were asked for, oldest first."""
    for _ in range(count):
        capture = client.call("request_capture", {}).result(60)
        wait_until(lambda capture=capture: one.rows("SELECT 1 FROM capture WHERE id = ? AND state = 'done'", capture))
    rows = one.rows("SELECT quality, quality_reasons FROM capture WHERE state = 'done' ORDER BY id DESC LIMIT ?", count)
    return [(verdict, json.loads(reasons)) for verdict, reasons in reversed(rows)]


def test_a_darker_picture_is_refused_with_the_reason_and_the_next_is_measured(daemon, tmp_path):
    one = daemon("--camera", album(tmp_path / "album", BRIGHT, BRIGHT, ("basil", 0.22), BRIGHT), config=ASKED_ONLY)
    client = one.client()
    one.connected(client)
    verdicts = taken(one, client, 4)[1:]
    assert [verdict for verdict, _ in verdicts] == ["ok", "refused", "ok"]
    assert "as bright as its place was before" in verdicts[1][1][0]
    assert one.rows("SELECT count(*) FROM analysis_result") == [(3,)]
    client.stop()


def test_a_plant_that_lost_half_of_itself_is_told_when_three_pictures_say_so(daemon, tmp_path):
    one = daemon(
        "--camera", album(tmp_path / "album", ("violet", 1.0), *[("rubber-young", 1.0)] * 3), config=ASKED_ONLY
    )
    client = one.client()
    one.connected(client)
    taken(one, client, 4)
    withheld = one.rows("SELECT area_percent IS NULL, left_out LIKE '%suddenly%' FROM analysis_result ORDER BY id")
    assert withheld == [(0, 0), (1, 1), (1, 1), (0, 0)]
    client.stop()


def test_a_lamp_that_is_set_and_does_not_light_is_an_alert_in_words(daemon, tmp_path):
    one = daemon("--camera", album(tmp_path / "album", BRIGHT, *[("basil", 0.01)] * 3), config=ASKED_ONLY)
    client = one.client()
    one.connected(client)
    taken(one, client, 4)
    alert = "SELECT message, advice FROM notification WHERE code = 'captures.lamp_dark_in_a_row'"
    wait_until(lambda: one.rows(alert))
    ((message, advice),) = one.rows(alert)
    assert message == "The lamp was on for 2 photos in a row, and they are dark."
    assert "plug" in advice
    assert one.rows("SELECT state FROM health WHERE part = 'lamp'") == [("bad",)]
    assert one.rows("SELECT count(*) FROM analysis_result WHERE capture_id > 1") == [(0,)]
    client.stop()
