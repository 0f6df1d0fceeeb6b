"""`sproutcast safe-light`: switch the lamp off; systemd calls it however the daemon ended."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import commands
from sproutcast_pi.messages.areas.causes import cause


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("safe-light", help="switch the lamp off, after the daemon has ended")
    parser.add_argument("--config", type=Path, help="the daemon's TOML file")
    parser.add_argument("--data", type=Path, required=True, help="the daemon's data folder")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Drive the configured pin dark and release it; nothing to do for a lamp that is not on a pin."""
    from sproutcast_pi.app.open_hardware import gpio_light
    from sproutcast_pi.config.last_good import load
    from sproutcast_pi.services.boot.restart_cause import save_service_end

    save_service_end(args.data)
    settings = load(args.config, args.data).settings
    if not settings.light.output.startswith("gpio:"):
        return 0
    light = gpio_light(settings.light)
    try:
        light.set_level(0.0)
    except OSError as error:
        raise SproutcastError(commands.LAMP_STILL_ON(output=settings.light.output, reason=cause(error))) from error
    finally:
        light.close()
    return 0
