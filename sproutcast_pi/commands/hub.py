"""`sproutcast hub`: the server for many devices."""

from __future__ import annotations

import argparse
import logging
import re
import signal
import sys
from pathlib import Path
from typing import Any

import msgspec

from sproutcast_pi.errors import ConfigError
from sproutcast_pi.hub.settings import HubSettings, read_hub_settings


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("hub", help="run the server for many devices, and pair devices with it")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    run_parser = actions.add_parser("run", help="take in what devices send, and serve live queries of all of them")
    run_parser.add_argument("--worker", metavar="N/M", help="only take in, the Nth of M parts of the devices")
    run_parser.add_argument(
        "--shared", action="store_true", help="take a part through the broker's shared subscriptions"
    )
    run_parser.add_argument("--serve", action="store_true", help="only serve live queries; other processes take in")
    run_parser.set_defaults(act=_run)
    for action in (run_parser,):
        action.add_argument("--config", type=Path, required=True, help="the hub's TOML file")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    return int(args.act(args, read_hub_settings(args.config)))


def _run(args: argparse.Namespace, settings: HubSettings) -> int:
    from sproutcast_pi.hardware.system_clock import SystemClock  # noqa: PLC0415
    from sproutcast_pi.hub.app import run_hub  # noqa: PLC0415  # loads the web server

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    part = msgspec.structs.replace(_part(args.worker), of=0) if args.serve else _part(args.worker)
    run_hub(settings, part=part, shared=args.shared, serve=args.serve or not args.worker, clock=SystemClock())
    return 0


def _part(text: str | None) -> Any:
    from sproutcast_pi.hub.intake import Part  # noqa: PLC0415

    found = re.fullmatch(r"([1-9]\d?)/([1-9]\d?)", text or "1/1")
    if not found or int(found[1]) > int(found[2]):
        raise ConfigError(f"--worker {text}: write N/M, such as 2/4 for the second of four.")
    return Part(int(found[1]), int(found[2]))
