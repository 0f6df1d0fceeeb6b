"""`sproutcast screen`: the touchscreen, on its own."""

from __future__ import annotations

import argparse
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.protocol.address import daemon_socket


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("screen", help="show the touchscreen")
    parser.add_argument("--socket", type=Path, help="the daemon's Unix socket (default: where the daemon puts it)")
    parser.add_argument("--size", type=_size, default=(800, 480), help="window size on a desk, such as 720x1280")
    parser.add_argument("--px-per-mm", type=float, help="pixels per millimetre of the panel (default: from its size)")
    parser.add_argument("--rotate", type=int, choices=(0, 90, 180, 270), default=0, help="turn the picture")
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
        raise SproutcastError("The screen needs Kivy: pip install 'sproutcast-pi[screen]'.")
    from ui import start  # noqa: PLC0415 - a command loads its own parts

    try:
        start.check_display(driver)
    except OSError as fault:
        raise SproutcastError(str(fault)) from fault


def run(args: argparse.Namespace) -> int:
    """Show the screen until it is closed."""
    require_screen(args.driver)
    from ui import start  # noqa: PLC0415 - Kivy is an extra
    from ui.launch import Display  # noqa: PLC0415

    desk = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    width, height = args.size
    display = Display(
        width=width,
        height=height,
        px_per_mm=args.px_per_mm,
        rotation_deg=args.rotate,
        fullscreen=args.fullscreen or not desk,
        driver=args.driver,
    )
    try:
        return start.run(
            args.socket or daemon_socket(), display, dark=not args.light, simulated_machine=args.simulated_machine
        )
    except OSError as fault:
        raise SproutcastError(str(fault)) from fault
