"""Aiming: the child is there while somebody asks, never in a photograph's way, and every bad end is a sentence."""

import sys
import threading
import time

import cv2
import numpy as np
import pytest

from sproutcast_pi.messages.formatter import english
from sproutcast_pi.protocol.worker import WorkerAnswer, WorkerJob
from sproutcast_pi.services.camera_preview import BUSY, COMMAND, NO_ANSWER, CameraPreview, SharedCamera
from sproutcast_pi.worker.preview import encode_preview
from tests.simulated.sample_photos import sample_photos
from tests.waiting import wait_until

PATIENCE_S = 90.0
STREAM = """
import sys, time
sys.stdin.readline()
while True:
    sys.stdout.buffer.write(b'{"size":3,"sharpness":0.5}\\nabc'); sys.stdout.flush(); time.sleep(0.01)
"""


class FakeMonotonic:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def job(camera="simulated"):
    return WorkerJob(
        capture=0, at="2026-06-12T12:00:00.000000Z", camera=camera, folder="", file="", thumb="", overlay=""
    )


@pytest.fixture
def make():
    made = []

    def aiming(command=COMMAND, camera="simulated", monotonic=time.monotonic):
        made.append(CameraPreview(job=lambda: job(camera), command=command, monotonic=monotonic))
        return made[-1]

    yield aiming
    for each in made:
        each.close()


def wait_for_answer(aiming, wanted):
    """Ask until the answer is as wanted."""

    def found():
        answer = aiming.newest()
        return answer if wanted(*answer) else None

    return wait_until(found)


@pytest.mark.parametrize(("camera", "widths"), [("simulated", {640}), ("replay:{}", {720, 800})])
def test_looks_follow_each_other_with_their_numbers(make, camera, widths):
    aiming = make(camera=camera.format(sample_photos()))
    first, _ = wait_for_answer(aiming, lambda look, _: look is not None)
    later, _ = wait_for_answer(aiming, lambda look, _: look is not None and look.number > first.number)
    assert cv2.imdecode(np.frombuffer(later.jpeg, np.uint8), cv2.IMREAD_COLOR).shape[1] in widths
    assert 0 < later.stats.sharpness <= 1
    assert 0 < later.stats.exposure < 1


def test_a_camera_that_refuses_is_told_in_its_own_words_and_tried_again(make):
    aiming = make(camera="simulated:refuse")
    _, fault = wait_for_answer(aiming, lambda _, fault: bool(fault))
    assert english(fault).startswith("The camera refuses")
    wait_for_answer(aiming, lambda _, fault: bool(fault))


@pytest.mark.parametrize(
    "script",
    [
        "import sys; sys.stdin.readline(); sys.exit(3)",
        "import sys; sys.stdin.readline(); print('nonsense without end' * 1000)",
        "import sys; sys.stdin.readline(); print('{\"size\": 99999999999}')",
        'import sys; sys.stdin.readline(); print(\'{"size": 50}\'); print("short")',
    ],
)
def test_a_child_that_ends_badly_is_a_sentence(make, script):
    aiming = make((sys.executable, "-c", script))
    assert wait_for_answer(aiming, lambda _, fault: bool(fault))[1] == NO_ANSWER


def test_a_program_that_is_not_there_is_a_sentence(make):
    aiming = make(("/no/such/program",))
    fault = wait_for_answer(aiming, lambda _, fault: bool(fault))[1]
    assert english(fault).startswith("The camera program could not be started")


def test_when_nobody_asks_any_more_the_camera_is_let_go(make):
    watch = FakeMonotonic()
    aiming = make((sys.executable, "-c", STREAM), monotonic=watch)
    wait_for_answer(aiming, lambda look, _: look is not None)
    child = aiming._child
    watch.now += 6
    assert child.wait(PATIENCE_S) is not None
    wait_for_answer(aiming, lambda look, _: look is not None)


def test_a_photograph_comes_first_and_aiming_goes_on_after_it(make):
    aiming = make((sys.executable, "-c", STREAM))
    wait_for_answer(aiming, lambda look, _: look is not None)
    child, seen = aiming._child, []

    class Worker:
        def run(self, _job, _deadline_s, _stop):
            seen.append((child.poll() is not None, aiming.newest()))
            return WorkerAnswer(capture=0)

    SharedCamera(Worker(), aiming).run(job(), 1.0, threading.Event())
    assert seen == [(True, (None, BUSY))]
    wait_for_answer(aiming, lambda look, _: look is not None)


def test_what_is_blurred_or_burnt_shows_in_the_numbers():
    rng = np.random.default_rng(1)
    sharp = rng.integers(0, 200, (960, 1280, 3), np.uint8)
    numbers, jpeg = encode_preview(sharp)
    assert numbers.size == len(jpeg)
    assert cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR).shape == (600, 800, 3)
    blurred, _ = encode_preview(cv2.GaussianBlur(sharp, (31, 31), 9))
    assert blurred.sharpness < numbers.sharpness
    sharp[:240] = 255
    assert encode_preview(sharp)[0].burnt == pytest.approx(0.25, abs=0.01)
    assert numbers.burnt == 0
