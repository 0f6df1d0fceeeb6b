"""A replay camera goes on where it was after a power cut: the photo that was cut off is not skipped."""

from datetime import UTC, datetime

import pytest

from sproutcast_pi.config.settings import CameraOptions, CaptureOptions, LightOptions
from sproutcast_pi.services.capture_keeper.job_builder import JobBuilder
from sproutcast_pi.services.photo_store import PhotoStore
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.engine import INTERNAL, Store

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    made = Store(tmp_path / "store.sqlite3", clock=FakeClock(), device="spr-0123456789ab")
    yield made
    made.close()


def test_a_photo_lost_to_a_power_cut_is_taken_again(store, tmp_path):
    builder = JobBuilder(
        store=store,
        pictures=PhotoStore(tmp_path / "pictures"),
        camera=CameraOptions(),
        light=LightOptions(),
        captures=CaptureOptions(),
        scene=lambda _: None,
        mask_folder=tmp_path / "lessons",
    )

    def begun():
        capture = store.call("request_capture", {"reason": "button"}, caller=INTERNAL).value
        store.call("begin_capture", {"capture_id": capture}, caller=INTERNAL)
        return builder.capture_job({"id": capture}, NOW, 1.0).replay_index

    assert begun() == 0
    store.call("fail_stale_captures", {}, caller=INTERNAL)
    assert begun() == 0
