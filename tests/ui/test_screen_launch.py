import os
import subprocess
import sys
from pathlib import Path

import pytest

from sproutcast_pi.cli import parser_for
from sproutcast_pi.commands.screen import panel
from sproutcast_pi.hardware.displays import display_connected
from sproutcast_pi.system_zone import system_zone
from ui.launch import Display, driver, environment
from ui.theme import DARK, LIGHT, Theme, px_per_mm, rgba


@pytest.mark.parametrize(
    ("asked", "environ", "dri", "chosen"),
    [
        ("kmsdrm", {"DISPLAY": ":0"}, True, "kmsdrm"),
        (None, {"SDL_VIDEODRIVER": "offscreen"}, True, "offscreen"),
        (None, {"DISPLAY": ":0"}, True, "x11"),
        (None, {"WAYLAND_DISPLAY": "wayland-0"}, True, "wayland"),
        (None, {}, True, "kmsdrm"),
        (None, {}, False, None),
    ],
)
def test_the_display_driver_is_always_chosen_by_us(asked, environ, dri, chosen):
    assert driver(asked, environ, has_dri=dri) == chosen


def test_without_a_display_nothing_is_pretended():
    environ = {}
    assert environment(Display(), environ, Path("/tmp/x"), has_dri=False) is None
    assert "SDL_VIDEODRIVER" not in environ


def test_without_a_library_the_command_names_its_package(tmp_path):
    """The loader is given a broken library in its place."""
    (tmp_path / "libGL.so.1").write_bytes(b"no library")
    environ = {**os.environ, "LD_LIBRARY_PATH": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "sproutcast_pi", "screen", "--driver", "offscreen"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "sproutcast: The screen can't be drawn without its libraries: sudo apt install libgl1"
    ]


def test_sdl_draws_on_the_card_that_has_the_display():
    environ = {}
    environment(Display(driver="kmsdrm", card=2), environ, Path("/tmp/x"), has_dri=True)
    assert environ["SDL_KMSDRM_DEVICE_INDEX"] == "2"
    asked = {"SDL_KMSDRM_DEVICE_INDEX": "0"}
    environment(Display(driver="kmsdrm", card=2), asked, Path("/tmp/x"), has_dri=True)
    assert asked["SDL_KMSDRM_DEVICE_INDEX"] == "0"


@pytest.mark.parametrize(
    ("content", "more", "degrees"),
    [
        ("[screen]\nrotation_deg = 90\n", [], 90),
        ("[screen]\nrotation_deg = 90\n", ["--rotate", "0"], 0),
        ("[screen]\nrotation_deg = 45\n", [], 0),
        ("[light]\nkind = 1\n[screen]\nrotation_deg = 270\n", [], 270),
        ("not toml", [], 0),
        (None, [], 0),
    ],
)
def test_the_panel_is_turned_as_the_configuration_says(tmp_path, content, more, degrees):
    config = tmp_path / "config.toml"
    if content is not None:
        config.write_text(content)
    args = parser_for(["screen"]).parse_args(["screen", "--config", str(config), *more])
    assert panel(args).rotation_deg == degrees


def test_a_check_for_a_display_ends_as_systemds_condition_needs_it():
    command = [sys.executable, "-m", "sproutcast_pi", "screen", "--check"]
    desk = subprocess.run(command, env={**os.environ, "DISPLAY": ":7"}, capture_output=True, text=True, check=False)
    assert (desk.returncode, desk.stdout) == (0, "A display is connected.\n")
    bare = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    found = display_connected(environment={})
    done = subprocess.run(command, env=bare, capture_output=True, text=True, check=False)
    assert done.returncode == (0 if found else 1)


def test_touch_targets_are_nine_millimetres_on_every_panel():
    for width, height in ((800, 480), (720, 1280), (1280, 720), (480, 320), (1920, 1080)):
        scale = px_per_mm(width, height)
        assert Theme(palette=DARK, width=width, height=height, px_per_mm=scale).touch / scale >= 9.0
    assert px_per_mm(720, 1280, 11.58) == 11.58


def luminance(colour):
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(a, b):
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", [DARK, LIGHT])
def test_texts_stand_out_from_their_ground(palette):
    for ground in (palette.ground, palette.surface, palette.raised):
        assert contrast(palette.ink, ground) >= 7
        assert contrast(palette.soft, ground) >= 4.5
    assert contrast(palette.on_brand, palette.brand) >= 4.5
    assert contrast(palette.faint, palette.surface) >= 3


def test_the_states_are_okabe_and_ito_s_colours():
    assert (DARK.ok, DARK.watch, DARK.act) == (rgba("#009E73"), rgba("#E69F00"), rgba("#D55E00"))


def test_the_systems_zone_is_where_its_links_lead(tmp_path):
    kept = tmp_path / "kept"
    kept.symlink_to("/usr/share/zoneinfo/Europe/Berlin")
    local_time = tmp_path / "localtime"
    local_time.symlink_to(kept)
    assert system_zone(local_time) == "Europe/Berlin"
    assert system_zone(tmp_path / "none") == "UTC"
