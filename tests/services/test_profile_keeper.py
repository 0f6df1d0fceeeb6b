import json
import threading
from datetime import UTC, datetime

import cv2
import msgspec
import numpy as np
import pytest

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.model.measurement import Quality
from sproutcast_pi.protocol.worker import WorkerAnswer
from sproutcast_pi.services.profile_keeper import ProfileKeeper
from sproutcast_pi.services.training_masks import KEEP_UNCONFIRMED, prune_masks
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.engine import INTERNAL, Caller, Store

CARER = Caller(name="screen", role="carer")


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "s.sqlite3", clock=FakeClock(datetime(2027, 6, 1, 9, tzinfo=UTC)), device="spr-test")
    yield opened
    opened.close()


def keeper(store, tmp_path):
    return ProfileKeeper(store=store, clock=FakeClock(), pictures=tmp_path / "pictures", folder=tmp_path / "profiles")


def active(store, tmp_path):
    arguments = {"lamp_state": "lamp", "file": "lamp-1.profile", "version": 1, "confidence": 0.9}
    profile_id = store.call("propose_profile", arguments, caller=INTERNAL).value
    store.call("set_profile_state", {"profile_id": profile_id, "state": "active"}, caller=INTERNAL)


def pictured(store, tmp_path, number, *, outlines=True, level=1.0):
    """A finished capture with its photograph and, as the worker leaves them, its outlines."""
    folder = tmp_path / "pictures"
    (tmp_path / "profiles" / "lessons").mkdir(parents=True, exist_ok=True)
    folder.mkdir(exist_ok=True)
    mask = np.zeros((240, 320), np.uint8)
    cv2.circle(mask, (150, 120), 50 + number, 255, -1)
    photo = np.random.default_rng(number).normal(0, 6, (240, 320, 3)) + np.where(mask, 1, 0)[..., None] * (-30, 60, -20)
    cv2.imwrite(str(folder / f"09-{number}.jpg"), np.clip(photo + 110, 0, 255).astype(np.uint8))
    if outlines:
        cv2.imwrite(str(tmp_path / "profiles" / "lessons" / f"09-{number}.png"), mask)
    capture = store.call("request_capture", {}, caller=INTERNAL).value
    assert capture == number
    store.call("begin_capture", {"capture_id": capture, "light_level": level}, caller=INTERNAL)
    answer = WorkerAnswer(
        capture=capture, file=f"09-{number}.jpg", quality=Quality(verdict="ok", sharpness=0.5, exposure=0.4)
    )
    arguments = {"capture_id": capture, "answer": msgspec.to_builtins(answer)}
    store.call("finish_capture", arguments, caller=INTERNAL)
    return capture


def output(store, capture, *, right):
    store.call("confirm_outline", {"capture_id": capture, "right": right}, caller=CARER)


def test_three_pictures_that_do_not_fit_put_the_profile_away_and_ask(store, tmp_path):
    active(store, tmp_path)
    one = keeper(store, tmp_path)
    for fits in (False, False, True, False, False):
        one.on_measured(WorkerAnswer(capture=1, profile_fits=fits))
    one.run_once(threading.Event())
    assert store.query("SELECT state FROM profile") == [{"state": "active"}]
    one.on_measured(WorkerAnswer(capture=1, profile_fits=False))
    one.run_once(threading.Event())
    assert store.query("SELECT state FROM profile") == [{"state": "misfit"}]
    (arguments,) = store.query("SELECT title, advice FROM notification")
    assert "different" in arguments["title"]
    assert "start learning over" in arguments["advice"]


def test_learning_again_is_the_owners_word(store, tmp_path):
    active(store, tmp_path)
    assert store.call("relearn_profile", {"lamp_state": "lamp"}, caller=INTERNAL).value == 1
    assert store.query("SELECT state FROM profile") == [{"state": "retired"}]
    assert store.call("relearn_profile", {"lamp_state": "lamp"}, caller=INTERNAL).value == 0


def test_without_enough_pictures_nothing_is_learned(store, tmp_path):
    assert not keeper(store, tmp_path).learn_once(threading.Event())
    assert store.query("SELECT * FROM profile") == []


def test_a_confirmed_picture_teaches_the_next_version_and_only_once(store, tmp_path):
    active(store, tmp_path)
    output(store, pictured(store, tmp_path, 1), right=True)
    one = keeper(store, tmp_path)
    assert one.learn_confirmed("lamp", threading.Event())
    rows = store.query("SELECT version, state, lessons, confidence, file FROM profile ORDER BY id")
    assert [(row["version"], row["state"], json.loads(row["lessons"])) for row in rows] == [
        (1, "retired", []),
        (2, "active", [1]),
    ]
    assert rows[1]["confidence"] > 0.9
    assert (tmp_path / "profiles" / "lamp-2.profile").is_file()
    assert not one.learn_confirmed("lamp", threading.Event())
    assert not one.learn_confirmed("daylight", threading.Event())


def test_what_is_wrong_puts_the_profile_away_and_what_is_right_brings_one_back(store, tmp_path):
    active(store, tmp_path)
    output(store, pictured(store, tmp_path, 1), right=False)
    assert store.query("SELECT state FROM profile") == [{"state": "misfit"}]
    one = keeper(store, tmp_path)
    assert not one.learn_confirmed("lamp", threading.Event())
    output(store, pictured(store, tmp_path, 2), right=True)
    assert one.learn_confirmed("lamp", threading.Event())
    assert [row["state"] for row in store.query("SELECT state FROM profile ORDER BY id")] == ["retired", "active"]


def test_after_a_lamp_change_earlier_outlines_teach_no_more(store, tmp_path):
    active(store, tmp_path)
    output(store, pictured(store, tmp_path, 1), right=True)
    output(store, pictured(store, tmp_path, 2, level=0.0), right=True)
    store.call("set_profile_state", {"profile_id": 1, "state": "misfit"}, caller=INTERNAL)
    outlines = [row["outline"] for row in store.query("SELECT outline FROM capture ORDER BY id")]
    assert outlines == ["outdated", "right"]
    assert not keeper(store, tmp_path).learn_confirmed("lamp", threading.Event())


def test_a_picture_without_outlines_teaches_nothing_and_one_without_a_file_cannot_be_confirmed(store, tmp_path):
    output(store, pictured(store, tmp_path, 1, outlines=False), right=True)
    assert not keeper(store, tmp_path).learn_confirmed("lamp", threading.Event())
    capture = store.call("request_capture", {}, caller=INTERNAL).value
    with pytest.raises(RefusedError, match="no picture"):
        output(store, capture, right=True)


def test_old_outlines_are_swept_but_not_confirmed_ones_nor_those_of_a_picture_being_taken(store, tmp_path):
    output(store, pictured(store, tmp_path, 1), right=True)
    lessons = tmp_path / "profiles" / "lessons"
    for number in range(2, KEEP_UNCONFIRMED + 4):
        pictured(store, tmp_path, number)
    (lessons / f"10-{KEEP_UNCONFIRMED + 4}.png").write_bytes(b"being written")
    prune_masks(store, lessons)
    left = {int(path.stem.partition("-")[2]) for path in lessons.iterdir()}
    assert left == {1, *range(4, KEEP_UNCONFIRMED + 5)}
