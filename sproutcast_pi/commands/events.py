"""`sproutcast events`: the diary that outlives a restart, newest first."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("events", help="why it restarted, and what else the diary on the card says")
    parser.add_argument("--data", type=Path, help="the daemon's data folder; without it the running daemon's")
    parser.add_argument("--socket", type=Path, help="the daemon's Unix socket")
    parser.add_argument("--count", type=int, default=20, help="how many, newest first")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print an event a line; a time nobody vouched for has a question mark."""
    from sproutcast_pi.services.boot.event_log import read_events
    from sproutcast_pi.store.paths import find_data_paths

    for event in read_events(find_data_paths(args.data, args.socket).database.parent, args.count):
        text = args.say.message_or(event.message, event.text)
        print(f"{event.at[:19]}{' ' if event.trusted else '?'} {event.kind:<10} {text}")
    return 0
