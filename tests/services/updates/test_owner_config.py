"""The owner's lines of config.txt outlive an update, under the conditions they were written for."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.services.updates.owner_config import carry_over, carry_owner_config

SHIPPED = "# See the documentation\ndtparam=audio=on\n[pi5]\nBOOT_UART=1\n[all]\nuart_2ndstage=1\n"
NEW = "# See the documentation\ndtparam=audio=on\nauto_initramfs=1\n[pi5]\nBOOT_UART=1\n[all]\nuart_2ndstage=1\n"


def in_force(text, *models):
    """What the firmware of a board with these sections takes from a file, in order."""
    taken, open_ = [], True
    for raw in text.splitlines():
        line = raw.strip()
        if line == "[all]":
            open_ = True
        elif line.startswith("["):
            open_ = open_ and line.strip("[]") in models
        elif open_ and line and not line.startswith("#"):
            taken.append(line)
    return taken


def test_lines_are_carried_with_their_comment_and_their_condition():
    own = SHIPPED + "# My lamp\ngpio=18=op,dl\n[pi5]\n[EDID=VSC-TD2220]\nhdmi_group=2\n[pi4]\narm_freq=1500\n"
    carried = carry_over(SHIPPED, own, NEW)
    assert carried.startswith(NEW)
    assert "# My lamp\ngpio=18=op,dl" in carried
    plain = ["dtparam=audio=on", "auto_initramfs=1", "uart_2ndstage=1", "gpio=18=op,dl"]
    assert in_force(carried, "pi4") == plain
    both = in_force(carried, "pi5", "EDID=VSC-TD2220")
    assert both == [*plain[:2], "BOOT_UART=1", *plain[2:], "hdmi_group=2"]


def test_what_the_owner_took_out_stays_out():
    own = SHIPPED.replace("dtparam=audio=on", "#dtparam=audio=on")
    carried = carry_over(SHIPPED, own, NEW)
    assert "dtparam=audio=on" not in in_force(carried)
    assert "auto_initramfs=1" in in_force(carried)


@pytest.mark.parametrize("own", [SHIPPED, SHIPPED.replace("\n", "\r\n"), SHIPPED.rstrip(), SHIPPED + "\n\n"])
def test_without_changes_the_new_file_is_left_alone(own):
    assert carry_over(SHIPPED, own, NEW) == NEW


def test_what_the_maker_gave_up_is_not_taken_for_the_owners():
    assert "BOOT_UART" not in carry_over(SHIPPED, SHIPPED, "uart_2ndstage=1\n")


def test_the_same_overlay_twice_is_carried():
    twice = SHIPPED + "dtoverlay=w1-gpio,gpiopin=5\ndtoverlay=w1-gpio,gpiopin=5\n"
    assert in_force(carry_over(SHIPPED, twice, NEW)).count("dtoverlay=w1-gpio,gpiopin=5") == 2


LINE = st.sampled_from(["gpio=18=op,dl", "dtparam=audio=on", "a=1", "# note", "", "[pi4]", "[pi5]", "[all]", "[none]"])


@given(st.lists(LINE), st.sampled_from(["pi4", "pi5"]))
def test_an_update_after_the_other_changes_nothing_more(lines, board):
    own = SHIPPED + "\n".join(lines)
    once = carry_over(SHIPPED, own, NEW)
    assert set(in_force(own, board)) <= set(in_force(once, board))
    assert in_force(carry_over(NEW, once, NEW), board) == in_force(once, board)


@pytest.fixture
def partitions(tmp_path):
    for name in ("running/overlays", "written/overlays"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "shipped.txt").write_text(SHIPPED)
    (tmp_path / "written/config.txt").write_text(NEW)
    return tmp_path


def carry(folder):
    def mount(device, _options):
        return contextlib.nullcontext(device)

    carry_owner_config(folder / "running", folder / "written", folder / "shipped.txt", mount)
    return (folder / "written/config.txt").read_bytes()


def test_files_that_the_lines_name_come_along(partitions):
    (partitions / "running/config.txt").write_text(SHIPPED + "include mine.txt\ndtoverlay=my-hat,x=1\ninclude ../up\n")
    (partitions / "running/mine.txt").write_text("a=1\n")
    (partitions / "running/overlays/my-hat.dtbo").write_bytes(b"hat")
    (partitions / "up").write_text("elsewhere")
    carry(partitions)
    assert (partitions / "written/mine.txt").read_text() == "a=1\n"
    assert (partitions / "written/overlays/my-hat.dtbo").read_bytes() == b"hat"


def test_bytes_that_are_no_text_are_carried_as_they_are(partitions):
    (partitions / "running/config.txt").write_bytes(SHIPPED.encode() + b"# K\xfcche\r\ngpio=18=op,dl\r\n")
    assert b"# K\xfcche\ngpio=18=op,dl\n" in carry(partitions)
