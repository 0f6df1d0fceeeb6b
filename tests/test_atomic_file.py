"""A file is whole or not there."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

import sproutcast_pi
from sproutcast_pi.atomic_file import TEMPORARY_SUFFIX, replacing, write_atomic


def test_the_file_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "new" / "a.jpg"
    write_atomic(path, b"first")
    write_atomic(path, b"second")
    assert path.read_bytes() == b"second"
    assert [one.name for one in path.parent.iterdir()] == ["a.jpg"]


def test_a_failed_write_leaves_the_old_file_and_no_part(tmp_path):
    path = tmp_path / "a.jpg"
    path.mkdir()
    with pytest.raises(OSError, match=r"a\.jpg"):
        write_atomic(path, b"x")
    assert not list(tmp_path.glob(f"*{TEMPORARY_SUFFIX}"))


def test_what_a_power_cut_left_half_done_goes_with_the_next_write_and_nobody_else_s_work(tmp_path):
    path = tmp_path / "light[1].json"
    ended = subprocess.Popen(["true"])
    ended.wait()
    for writer in (ended.pid, os.getppid(), "note"):
        (tmp_path / f"light[1].json.{writer}{TEMPORARY_SUFFIX}").write_bytes(b"half")
    (tmp_path / f"other.json.{ended.pid}{TEMPORARY_SUFFIX}").write_bytes(b"half")
    write_atomic(path, b"whole")
    assert {one.name for one in tmp_path.iterdir()} == {
        "light[1].json",
        f"light[1].json.{os.getppid()}{TEMPORARY_SUFFIX}",
        f"light[1].json.note{TEMPORARY_SUFFIX}",
        f"other.json.{ended.pid}{TEMPORARY_SUFFIX}",
    }


def test_a_secret_is_nobody_else_s_from_its_first_byte_on(tmp_path):
    path = tmp_path / "password"
    with replacing(path, mode=0o600) as file:
        (part,) = tmp_path.iterdir()
        assert stat.S_IMODE(part.stat().st_mode) == 0o600
        file.write(b"secret")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    write_atomic(path, b"for all", mode=0o644)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_block_that_raises_leaves_the_old_file(tmp_path):
    path = tmp_path / "a"
    write_atomic(path, b"old")
    with pytest.raises(TypeError), replacing(path) as file:
        file.writelines([b"ne", None])
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


WRITE_OTHERWISE = {
    "atomic_file.py": "the mechanism itself",
    "hub/photo_upload.py": "grows by what arrives, and takes its place when its sum is right",
    "services/boot/event_log.py": "grows by a line",
    "services/boot/system_files.py": "writes over a secret before it goes",
    "services/updates/bootloader.py": "in place: a boot loader knows the file by its blocks",
    "services/updates/owner_config.py": "into a slot that starts only after it is whole",
    "services/updates/partition.py": "a partition, not a file",
    "store/backup.py": "an archive and the database in it",
    "store/export.py": "streamed rows, in files that take their places together",
    "store/restore_database.py": "unpacked, and looked at before it takes its place",
    "store/staged_pictures.py": "into a folder that takes its place as a whole",
    "timelapse/video.py": "written by the encoder, and checked before it takes its place",
}


def test_files_are_replaced_in_one_place():
    package = Path(sproutcast_pi.__file__).parent
    syncing = {
        str(path.relative_to(package)) for path in package.rglob("*.py") if "os.fsync(" in path.read_text("utf-8")
    }
    assert syncing <= set(WRITE_OTHERWISE), "use sproutcast_pi.atomic_file"
