"""`sproutcast deputy`: as root, carry out what the daemon asked for. Called by systemd, not by people."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import appliance
from sproutcast_pi.messages.areas.causes import cause


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("deputy", help="for systemd: carry out as root what the daemon asked for")
    when = parser.add_mutually_exclusive_group(required=True)
    when.add_argument("--order", type=Path, metavar="FILE", help="carry out the order in this file")
    when.add_argument("--boot", action="store_true", help="at boot: a reset that was wished for, why it restarted")
    when.add_argument("--guard", action="store_true", help="go back from an update that did not prove itself")
    when.add_argument("--fetch", action="store_true", help="without rights: bring what is at the address on stdin")
    parser.add_argument("--root", type=Path, default=Path("/"), help="the system to work on")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Carry out the order; returns 0 also when it was refused, which the screen reports."""
    if args.fetch:
        from sproutcast_pi.services.updates.download_helper import serve_download

        serve_download(sys.stdin.buffer, sys.stdout.buffer)
        return 0
    from sproutcast_pi.services.appliance.factory_reset import reset_if_requested
    from sproutcast_pi.services.appliance.helper_protocol import read_request
    from sproutcast_pi.services.appliance.privileged_helper import PrivilegedHelper
    from sproutcast_pi.services.boot.reset_cause import save_reset_cause

    helper = PrivilegedHelper(args.root)
    if args.guard:
        helper.enforce_trial_timeout()
    elif args.boot:
        save_reset_cause(args.root)
        try:
            reset_if_requested(args.root)
        except OSError as error:
            raise SproutcastError(appliance.RESET_FAILED(reason=cause(error))) from error
        helper.record_failed_update()
    elif (order := read_request(args.order)) is not None:
        helper.execute(order)
    return 0
