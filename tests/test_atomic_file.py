"""A file is whole or not there."""

import os
import subprocess

import pytest

from sproutcast_pi.atomic_file import TEMPORARY_SUFFIX, write_atomic


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
