"""A file is whole or not there."""

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
