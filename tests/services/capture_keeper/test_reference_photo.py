"""Which earlier photo a photo's light is compared with: found by the codes of its reasons, in whatever words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from sproutcast_pi.config.settings import CameraOptions, CaptureOptions, LightOptions
from sproutcast_pi.messages.areas import photo_notes, photos
from sproutcast_pi.messages.message import Message
from sproutcast_pi.services.capture_keeper.job_builder import NEW_LIGHT_AFTER, JobBuilder
from sproutcast_pi.services.photo_store import PhotoStore
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.engine import INTERNAL, Store

Reference = Callable[[Message, str], str | None]


@pytest.fixture
def reference_after(tmp_path: Path) -> Reference:
    """The reference after a good photo and `NEW_LIGHT_AFTER` flagged for one reason, kept with this English text."""
    clock = FakeClock(datetime.fromisoformat("2027-05-01T00:00:00+00:00"))
    store = Store(tmp_path / "store.db", clock=clock, device="spr-test")
    jobs = JobBuilder(
        store=store,
        pictures=PhotoStore(tmp_path),
        camera=CameraOptions(source="simulated"),
        light=LightOptions(),
        captures=CaptureOptions(),
        scene=lambda _at: None,
        mask_folder=tmp_path,
    )

    def take(**quality: object) -> None:
        clock.advance(3600)
        capture = store.call("request_capture", {}, caller=INTERNAL).value
        store.call("begin_capture", {"capture_id": capture, "light_level": 1.0}, caller=INTERNAL)
        answer = {"capture": capture, "file": f"{capture}.jpg", "quality": quality | {"sharpness": 1, "exposure": 1}}
        store.call("finish_capture", {"capture_id": capture, "answer": answer}, caller=INTERNAL)

    def reference(reason: Message, text: str) -> str | None:
        take(verdict="ok")
        for _ in range(NEW_LIGHT_AFTER):
            take(verdict="flagged", reasons=[text], messages=[{"code": reason.code, "values": reason.values}])
        (row,) = store.query("SELECT * FROM capture ORDER BY id DESC LIMIT 1")
        return jobs.capture_job(row, clock.now(), 1.0).reference

    return reference


@pytest.mark.parametrize("reason", [photos.UNUSUAL_DARK(share=30), photos.UNUSUAL_BRIGHT(share=210)])
def test_light_that_stays_unusual_is_the_light_of_the_place(reference_after: Reference, reason: Message) -> None:
    assert reference_after(reason, "in any words") is None


def test_photos_flagged_for_another_reason_are_no_new_light(reference_after: Reference) -> None:
    reference = reference_after(photo_notes.BLURRED(), "the picture is 30 % as bright as its place was before")
    assert reference is not None
    assert Path(reference).name == "1.jpg"
