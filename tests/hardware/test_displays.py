"""A display is there when the kernel says so of one connector."""

from __future__ import annotations

from pathlib import Path

import pytest

from sproutcast_pi.hardware.displays import display_card, display_connected

PI_4 = {"card1-HDMI-A-1": "disconnected\n", "card1-HDMI-A-2": "disconnected\n", "card1-Writeback-1": "connected\n"}
PI_5 = {"card1-HDMI-A-1": "disconnected\n", "card1-HDMI-A-2": "disconnected\n", "card1-Writeback-1": "unknown\n"}
"""Without a display, as vc4 names its connectors."""


@pytest.mark.parametrize(
    ("statuses", "there"),
    [
        ({}, False),
        ({"card1-HDMI-A-1": "disconnected\n", "card1-HDMI-A-2": "disconnected\n"}, False),
        ({"card1-HDMI-A-1": "disconnected\n", "card1-DSI-1": "connected\n"}, True),
        ({"card0-SPI-1": "unknown\n"}, True),
        ({"card0-HDMI-A-1": "\xff"}, False),
        (PI_4, False),
        (PI_5, False),
        (PI_4 | {"card1-HDMI-A-2": "connected\n"}, True),
        (PI_5 | {"card2-DSI-1": "connected\n"}, True),
        ({"card0-Writeback-1": "unknown\n"}, False),
    ],
)
def test_what_the_kernel_says(tmp_path: Path, statuses: dict[str, str], there: bool) -> None:
    for name, status in statuses.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "status").write_text(status, encoding="latin-1")
    (tmp_path / "card1").mkdir()
    assert display_connected(tmp_path, {}) is there


def test_a_desktop_is_a_display(tmp_path: Path) -> None:
    assert display_connected(tmp_path, {"WAYLAND_DISPLAY": "wayland-0"})
    assert not display_connected(tmp_path, {"DISPLAY": ""})


def test_no_folder_at_all_is_no_display(tmp_path: Path) -> None:
    assert not display_connected(tmp_path / "drm", {})


@pytest.mark.parametrize(
    ("statuses", "card"),
    [
        # A Pi 5 with a display on a DSI connector alone: card 0 is for 3D, card 1 has HDMI, card 2 the panel.
        ({"card1-HDMI-A-1": "disconnected", "card1-Writeback-1": "connected", "card2-DSI-1": "connected"}, 2),
        ({"card0-SPI-1": "unknown", "card1-HDMI-A-1": "connected"}, 1),
        ({"card1-HDMI-A-1": "connected", "card2-DSI-1": "connected"}, 1),
        ({"card1-HDMI-A-1": "disconnected"}, None),
    ],
)
def test_the_card_with_the_display_is_drawn_on(tmp_path: Path, statuses: dict[str, str], card: int | None) -> None:
    for name, status in statuses.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "status").write_text(status + "\n")
    assert display_card(tmp_path) == card
