"""`sproutcast run`: the daemon."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path
from typing import Any

from sproutcast_pi.errors import ConfigError, LightLoopError
from sproutcast_pi.messages.areas import commands

MIN_SPEED, MAX_SPEED = 0.1, 100_000.0


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("run", help="the daemon: photograph, measure, keep the light")
    parser.add_argument("--config", type=Path, help="TOML file; without it the defaults hold")
    parser.add_argument("--data", type=Path, help="folder for database and pictures")
    parser.add_argument(
        "--camera", metavar="SPEC", help="pi, v4l2:/dev/video0, replay:DIR, or simulated; instead of the configured one"
    )
    parser.add_argument("--light", metavar="SPEC", help="gpio:N, simulated, or none; instead of the configured one")
    parser.add_argument("--speed", type=float, default=1.0, metavar="N", help="run a simulated clock N times as fast")
    parser.add_argument("--socket", type=Path, help="Unix socket for local clients")
    parser.add_argument("--screen", action="store_true", help="start the touchscreen as a child, on a desk")
    parser.add_argument("--verbose", action="store_true", help="log every detail")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run until stopped; 0 after an orderly stop. What did not close in time ends with the process, status 70."""
    from sproutcast_pi.app.daemon import Daemon
    from sproutcast_pi.app.options import RunOptions, default_data
    from sproutcast_pi.config import check_text
    from sproutcast_pi.hardware.service_manager import log_handler

    if not MIN_SPEED <= args.speed <= MAX_SPEED:
        raise ConfigError(commands.SPEED(value=f"{args.speed:g}", low=f"{MIN_SPEED:g}", high=f"{MAX_SPEED:.0f}"))
    for option, key in (("camera", "source"), ("light", "output")):
        value = getattr(args, option)
        if value is not None and check_text(f"[{option}]\n{key} = '''{value}'''\n")[1]:
            raise ConfigError(commands.BAD_OPTION(option=option, value=value))
    logging.basicConfig(level=logging.DEBUG if args.verbose else logging.INFO, handlers=[log_handler()])
    data = (args.data or default_data()).resolve()
    options = RunOptions(
        config=args.config,
        data=data,
        camera=args.camera,
        light=args.light,
        speed=args.speed,
        socket=args.socket,
        screen=args.screen,
    )
    try:
        if Daemon(options).run():
            return 0
    except LightLoopError as error:
        print(f"sproutcast: {error}", file=sys.stderr, flush=True)
    # Threads that wait for ever, for a stalled disk say, would keep the process.
    logging.shutdown()
    os._exit(os.EX_SOFTWARE)
