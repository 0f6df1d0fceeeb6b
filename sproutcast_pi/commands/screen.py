"""`sproutcast screen`: the touchscreen, on its own."""

from __future__ import annotations

import argparse
import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sproutcast_pi.errors import ConfigError, SproutcastError
from sproutcast_pi.messages.areas import commands
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.protocol.address import daemon_socket

if TYPE_CHECKING:
    from ui.launch import Display


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("screen", help="show the touchscreen")
    parser.add_argument("--socket", type=Path, help="the daemon's Unix socket (default: where the daemon puts it)")
    parser.add_argument("--size", type=_size, default=(800, 480), help="window size on a desk, such as 720x1280")
    parser.add_argument("--px-per-mm", type=float, help="pixels per millimetre of the panel (default: from its size)")
    parser.add_argument(
        "--rotate", type=int, choices=(0, 90, 180, 270), help="turn the picture (default: [screen] rotation_deg)"
    )
    parser.add_argument("--config", type=Path, help="TOML file that says how the panel is turned")
    parser.add_argument("--check", action="store_true", help="only say whether a display is connected; 1 without one")
    parser.add_argument("--fullscreen", action="store_true", help="fill the panel (default without a desktop)")
    parser.add_argument("--light", action="store_true", help="begin with the light theme")
    parser.add_argument("--driver", help="SDL's video driver: kmsdrm, x11, wayland, offscreen")
    parser.add_argument(
        "--simulated-machine", action="store_true", help="try Wi-Fi and log without touching this computer's own"
    )
    parser.set_defaults(run=run)


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdigit() and height.isdigit() and int(width) >= 1 and int(height) >= 1):
        raise argparse.ArgumentTypeError(f'"{text}" is not a size such as 800x480')
    return (int(width), int(height))


def require_screen(driver: str | None = None) -> None:
    """Raises SproutcastError, with the remedy, where no screen can be shown: no Kivy, no display, no library."""
    if find_spec("kivy") is None:
        raise SproutcastError(commands.NO_KIVY())
    from ui import start

    try:
        start.check_display(driver)
    except OSError as fault:
        raise SproutcastError(cause(fault)) from fault


def _configured_rotation(config: Path | None) -> int:
    """Degrees by which the panel is turned; the daemon reports what is wrong with a file."""
    if config is None:
        return 0
    from sproutcast_pi.config.read import check_text
    from sproutcast_pi.text_file import read_text_file

    try:
        settings, _faults = check_text(read_text_file(config))
    except (ConfigError, OSError):
        return 0
    return settings.screen.rotation_deg


def panel(args: argparse.Namespace) -> Display:
    """The display the arguments and the configuration describe."""
    from sproutcast_pi.hardware.displays import display_card
    from ui.launch import Display

    desk = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    width, height = args.size
    return Display(
        width=width,
        height=height,
        px_per_mm=args.px_per_mm,
        rotation_deg=_configured_rotation(args.config) if args.rotate is None else args.rotate,
        fullscreen=args.fullscreen or not desk,
        driver=args.driver,
        card=display_card(),
    )


def run(args: argparse.Namespace) -> int:
    """Show the screen until it is closed."""
    if args.check:
        return _report_display()
    require_screen(args.driver)
    from ui import start

    try:
        return start.run(
            args.socket or daemon_socket(), panel(args), dark=not args.light, simulated_machine=args.simulated_machine
        )
    except OSError as fault:
        raise SproutcastError(cause(fault)) from fault


def _report_display() -> int:
    from sproutcast_pi.hardware.displays import display_connected

    found = display_connected()
    print("A display is connected." if found else "No display is connected.")
    return 0 if found else 1
