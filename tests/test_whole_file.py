"""A file is whole or not there."""

import os
import subprocess

import pytest

from sproutcast_pi.whole_file import TEMPORARY, write_whole


def test_the_file_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "new" / "a.jpg"
    write_whole(path, b"first")
    write_whole(path, b"second")
    assert path.read_bytes() == b"second"
    assert [one.name for one in path.parent.iterdir()] == ["a.jpg"]


def test_a_failed_write_leaves_the_old_file_and_no_part(tmp_path):
    path = tmp_path / "a.jpg"
    path.mkdir()
    with pytest.raises(OSError, match=r"a\.jpg"):
        write_whole(path, b"x")
    assert not list(tmp_path.glob(f"*{TEMPORARY}"))


def test_what_a_power_cut_left_half_done_goes_with_the_next_write_and_nobody_else_s_work(tmp_path):
    path = tmp_path / "light[1].json"
    ended = subprocess.Popen(["true"])
    ended.wait()
    for writer in (ended.pid, os.getppid(), "note"):
        (tmp_path / f"light[1].json.{writer}{TEMPORARY}").write_bytes(b"half")
    (tmp_path / f"other.json.{ended.pid}{TEMPORARY}").write_bytes(b"half")
    write_whole(path, b"whole")
    assert {one.name for one in tmp_path.iterdir()} == {
        "light[1].json",
        f"light[1].json.{os.getppid()}{TEMPORARY}",
        f"light[1].json.note{TEMPORARY}",
        f"other.json.{ended.pid}{TEMPORARY}",
    }
