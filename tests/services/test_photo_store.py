"""Photographs that no row knows: debris goes, but what another database knew of stays while there is room."""

from __future__ import annotations

import pytest

from sproutcast_pi.services.photo_store import PhotoStore


@pytest.fixture
def pictures(tmp_path):
    for name in ("2026/11/20/080000-1.jpg", "2026/11/21/080000-2.jpg", "2026/11/22/080000-3.jpg"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "2026/11/22/090000-4.jpg.part").write_bytes(b"half")
    return PhotoStore(tmp_path)


def left(pictures):
    return sorted(path.relative_to(pictures.folder).as_posix() for path in pictures.folder.rglob("*") if path.is_file())


KNOWN = frozenset({"2026/11/20/080000-1.jpg"})


def test_what_no_row_knows_is_swept(pictures):
    assert pictures.remove_orphans(KNOWN) == 3
    assert left(pictures) == sorted(KNOWN)


def test_what_is_set_aside_outlives_every_sweep_and_debris_does_not(pictures):
    assert pictures.set_orphans_aside(KNOWN) == 2
    for _ in range(2):
        pictures.remove_orphans(KNOWN)
    kept = ["set-aside/2026/11/21/080000-2.jpg", "set-aside/2026/11/22/080000-3.jpg"]
    assert left(pictures) == [*sorted(KNOWN), *kept]
    assert pictures.set_orphans_aside(KNOWN) == 0


def test_when_room_is_needed_the_oldest_of_them_go_first(pictures, monkeypatch):
    pictures.set_orphans_aside(KNOWN)
    pictures.remove_orphans(KNOWN)
    free = iter([100, 500])
    monkeypatch.setattr(pictures, "free_bytes", lambda: next(free))
    pictures.prune_set_aside(500)
    assert left(pictures) == [*sorted(KNOWN), "set-aside/2026/11/22/080000-3.jpg"]
