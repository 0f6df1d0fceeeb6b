"""The folder of photographs: its limits, strangers in it, and names that lead out of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sproutcast_pi.config.settings import StorageOptions
from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.services.boot.prepare_store import forget_failures
from sproutcast_pi.services.housekeeper import Housekeeper
from sproutcast_pi.services.photo_store import PhotoStore
from sproutcast_pi.services.photo_sweep import SETTLE_S
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.engine import INTERNAL, Store
from tests.store.helpers import CARER

SIZES = {"file": 200_000, "thumb": 20_000, "overlay": 100_000}
SET = "set-aside/"


class SilentBoard:
    def temperature_c(self):
        return None

    def undervoltage(self):
        return None


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def store(tmp_path, clock):
    made = Store(tmp_path / "s.sqlite3", clock=clock, device="spr-000000000001")
    yield made
    made.close()


@pytest.fixture
def photos(tmp_path):
    (tmp_path / "pictures").mkdir()
    return PhotoStore(tmp_path / "pictures")


def take(store, photos, clock, *, sizes=SIZES):
    """One photograph with its thumbnail and overlay, and an hour passes."""
    capture = store.call("request_capture", {}, caller=CARER).value
    store.call("begin_capture", {"capture_id": capture}, caller=INTERNAL)
    names = photos.names(capture, clock.now())
    for kind, size in sizes.items():
        (photos.folder / getattr(names, kind)).write_bytes(bytes(size))
    quality = {"verdict": "ok", "sharpness": 0.5, "exposure": 0.3}
    paths = {kind: getattr(names, kind) for kind in sizes}
    answer = {"capture": capture, "width": 10, "height": 10, "quality": quality, "plants": [], **paths}
    store.call("finish_capture", {"capture_id": capture, "answer": answer}, caller=INTERNAL)
    clock.advance(3600)
    return names


def keeper(store, clock, photos, tmp_path, **storage):
    options = StorageOptions(**{"free_floor_mb": 10, **storage})
    return Housekeeper(store=store, clock=clock, board=SilentBoard(), pictures=photos, storage=options, data=tmp_path)


def files(photos):
    return sorted(path.relative_to(photos.folder).as_posix() for path in photos.folder.rglob("*") if path.is_file())


def total(photos):
    return sum((photos.folder / name).stat().st_size for name in files(photos))


def test_everything_in_the_folder_counts_and_the_oldest_goes(store, photos, clock, tmp_path):
    names = [take(store, photos, clock) for _ in range(60)]
    assert total(photos) == 60 * 320_000
    keeper(store, clock, photos, tmp_path, max_gb=0.01).run_once()
    assert total(photos) <= 10_000_000
    kept = {row["file"] for row in store.query("SELECT file FROM capture WHERE file IS NOT NULL")}
    assert kept == {name.file for name in names[-len(kept) :]}
    assert len(kept) >= 27
    assert all((photos.folder / name.thumb).exists() for name in names)


def test_thumbnails_go_when_they_alone_are_too_many(store, photos, clock, tmp_path):
    names = [take(store, photos, clock, sizes={"file": 10, "thumb": 500_000, "overlay": 10}) for _ in range(30)]
    keeper(store, clock, photos, tmp_path, max_gb=0.01).run_once()
    assert total(photos) <= 10_000_000
    rows = store.query("SELECT thumb FROM capture ORDER BY id")
    assert [bool(row["thumb"]) for row in rows] == [(photos.folder / name.thumb).exists() for name in names]
    assert rows[-1]["thumb"]


def test_a_clock_wrong_by_years_removes_no_photograph_no_history_and_no_notification(store, photos, clock, tmp_path):
    names = [take(store, photos, clock) for _ in range(20)]
    store.call("notify", {"category": "info", "title": "t", "message": "m"}, caller=INTERNAL)
    (note,) = store.query("SELECT id FROM notification")
    store.call("mark_notification_read", {"notification_id": note["id"]}, caller=CARER)
    right = clock.now()
    clock.jump(right.replace(year=right.year + 3))
    one = keeper(store, clock, photos, tmp_path)
    for _ in range(3):
        one.run_once()
        take(store, photos, clock)
    clock.jump(right)
    one.run_once()
    assert all((photos.folder / name.file).exists() for name in names)
    assert len(store.query("SELECT id FROM capture WHERE file IS NOT NULL")) == 23
    assert len(store.query("SELECT id FROM notification")) == 1


def test_photographs_older_than_their_days_go(store, photos, clock, tmp_path):
    for _ in range(5):
        take(store, photos, clock)
        clock.advance(24 * 3600)
    keeper(store, clock, photos, tmp_path, keep_days=2.5).run_once()
    assert [row["id"] for row in store.query("SELECT id FROM capture WHERE file IS NOT NULL")] == [4, 5]


class TestStrangers:
    """A restore took rows away: their photographs stay, in a folder of their own."""

    def test_they_are_set_aside_and_return_with_their_rows(self, store, photos, clock, tmp_path):
        known = take(store, photos, clock)
        stranger = "2026/11/21/080000-77.jpg"
        (photos.folder / stranger).parent.mkdir(parents=True, exist_ok=True)
        (photos.folder / stranger).write_bytes(b"later")
        one = keeper(store, clock, photos, tmp_path)
        one.run_once()
        assert stranger in files(photos)
        clock.advance(SETTLE_S)
        one.run_once()
        assert SET + stranger in files(photos)
        assert known.file in files(photos)
        (photos.folder / SET / known.file).parent.mkdir(parents=True, exist_ok=True)
        (photos.folder / known.file).rename(photos.folder / SET / known.file)
        keeper(store, clock, photos, tmp_path).run_once()
        assert known.file in files(photos)

    def test_a_photograph_that_is_being_taken_is_none(self, store, photos, clock, tmp_path):
        one = keeper(store, clock, photos, tmp_path)
        (photos.folder / "early.jpg").write_bytes(b"1")
        one.run_once()
        clock.advance(SETTLE_S)
        names = take(store, photos, clock)
        one.run_once()
        assert names.file in files(photos)

    def test_they_go_before_any_photograph_of_ours(self, store, photos, clock, tmp_path):
        names = [take(store, photos, clock) for _ in range(20)]
        place = photos.folder / SET / "2025/01/01/a.jpg"
        place.parent.mkdir(parents=True)
        place.write_bytes(bytes(9_000_000))
        keeper(store, clock, photos, tmp_path, max_gb=0.01).run_once()
        assert not place.exists()
        assert all((photos.folder / name.file).exists() for name in names)


def test_what_a_stop_cut_short_is_removed_at_the_start(photos):
    for name in ("080000-7.jpg", "080000-7.thumb.jpg", "080000-17.jpg", "090000-8.jpg.part"):
        path = photos.folder / "2026/11/22" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    assert photos.remove_unfinished([7]) == 3
    assert files(photos) == ["2026/11/22/080000-17.jpg"]


@pytest.mark.parametrize("name", ["../../x.jpg", "/etc/hostname", "a/../../x.jpg", "", "a\0b"])
def test_no_name_leads_out_of_the_folder(photos, tmp_path, name):
    (tmp_path.parent / "x.jpg").write_bytes(b"theirs")
    (tmp_path / "x.jpg").write_bytes(b"theirs")
    assert photos.remove([name]) == 0
    assert (tmp_path / "x.jpg").exists()
    assert not photos.bring_back(name)


def test_databases_that_were_set_aside_are_not_kept_for_ever(store, photos, clock, tmp_path):
    for kind in ("damaged", "before-restore"):
        for day in (1, 2, 3):
            (tmp_path / f"s.sqlite3.{kind}-2026-05-0{day}T080000").write_bytes(b"x")
            (tmp_path / f"s.sqlite3.{kind}-2026-05-0{day}T080000-wal").write_bytes(b"x")
    keeper(store, clock, photos, tmp_path).run_once()
    kept = sorted(path.name for path in tmp_path.glob("s.sqlite3.*-2026*"))
    assert kept == [
        f"s.sqlite3.{kind}-2026-05-03T080000{end}" for kind in ("before-restore", "damaged") for end in ("", "-wal")
    ]


def test_the_log_keeps_to_the_configured_bounds(store, photos, clock, tmp_path):
    for number in range(10):
        store.call("set_setting", {"name": "ui.n", "value": number}, caller=CARER)
        clock.advance(3600)
    keeper(store, clock, photos, tmp_path, log_keep_h=5.5).run_once()
    (oldest,) = store.query("SELECT min(at) AS at FROM _tx")
    assert oldest["at"] >= to_text(clock.now() - timedelta(hours=5.5))


def test_a_service_that_works_again_is_not_red_for_ever(store, photos, clock, tmp_path):
    bad = {"part": "housekeeper", "state": "bad", "message": "Stopped working (FullError)."}
    store.call("set_health", bad, caller=INTERNAL)
    forget_failures(store, ["housekeeper", "captures"])
    assert store.query("SELECT 1 FROM health WHERE part = 'housekeeper'") == []
    store.call("set_health", bad, caller=INTERNAL)
    keeper(store, clock, photos, tmp_path)._report_recovery()
    assert store.query("SELECT state FROM health WHERE part = 'housekeeper'") == [{"state": "ok"}]
