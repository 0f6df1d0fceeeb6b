"""`sproutcast boot-file BOOT`: put in force what `sproutcast.toml` on the boot partition says."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import boot_file
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.messages.formatter import english


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("boot-file", help="put in force what sproutcast.toml on the boot partition says")
    parser.add_argument("boot", type=Path, help="where the boot partition is mounted")
    parser.add_argument("--root", type=Path, default=Path("/"), help="the system to set up")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print what was not understood; a fault in the file never stops a start, so the status tells only of ours."""
    from sproutcast_pi.services.boot.apply_boot_config import apply_boot_config

    try:
        faults = apply_boot_config(args.boot, args.root)
    except OSError as error:
        raise SproutcastError(boot_file.NOT_APPLIED(reason=cause(error))) from error
    for fault in faults:
        print(english(fault))
    return 0
