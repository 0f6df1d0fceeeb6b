"""The exposure lock keeps what was requested, under the appliance's own lamp alone, until a picture is refused."""

from datetime import UTC, datetime

import pytest

from sproutcast_pi.config.settings import CameraOptions, CaptureOptions, LightOptions
from sproutcast_pi.model.measurement import Quality
from sproutcast_pi.protocol.worker import WorkerAnswer
from sproutcast_pi.services.capture_keeper.job_builder import JobBuilder
from sproutcast_pi.services.photo_store import PhotoStore
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.engine import Store

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def builder(tmp_path):
    store = Store(tmp_path / "store.sqlite3", clock=FakeClock(), device="spr-0123456789ab")
    yield JobBuilder(
        store=store,
        pictures=PhotoStore(tmp_path / "pictures"),
        camera=CameraOptions(),
        light=LightOptions(),
        captures=CaptureOptions(),
        scene=lambda _: None,
        mask_folder=tmp_path / "lessons",
    )
    store.close()


def exposure(builder, level):
    return builder.capture_job({"id": 1}, NOW, level).settings.get("exposure_us")


def answer(verdict, exposure_us):
    quality = Quality(verdict=verdict, sharpness=0.5, exposure=0.5)
    return WorkerAnswer(capture=1, quality=quality, settings={"exposure_us": exposure_us, "gain": 1.5})


def test_a_thousand_pictures_request_the_first_exposure(builder):
    builder.lock_settings(answer("ok", 2000), 1.0)
    for reported in range(1999, 999, -1):
        assert exposure(builder, 1.0) == 2000
        builder.lock_settings(answer("ok", reported), 1.0)


def test_without_the_lamp_nothing_is_locked(builder):
    builder.lock_settings(answer("ok", 60_000), 0.0)
    assert exposure(builder, 0.0) is None


@pytest.mark.parametrize("other", [0.0, 0.5, 0.98])
def test_a_lock_counts_at_its_own_level_alone(builder, other):
    builder.lock_settings(answer("ok", 2000), 1.0)
    assert exposure(builder, 1.0) == 2000
    assert exposure(builder, other) is None


@pytest.mark.parametrize("verdict", ["flagged", "ok"])
def test_a_lock_outlives_a_picture_that_is_not_refused(builder, verdict):
    builder.lock_settings(answer("ok", 2000), 1.0)
    builder.lock_settings(answer(verdict, 9000), 1.0)
    assert exposure(builder, 1.0) == 2000


def test_a_refused_picture_ends_the_lock(builder):
    builder.lock_settings(answer("ok", 2000), 1.0)
    builder.lock_settings(answer("refused", 2000), 1.0)
    assert exposure(builder, 1.0) is None
    builder.lock_settings(answer("flagged", 5000), 1.0)
    assert exposure(builder, 1.0) is None
    builder.lock_settings(answer("ok", 3000), 1.0)
    assert exposure(builder, 1.0) == 3000
