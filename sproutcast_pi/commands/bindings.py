"""`sproutcast bindings`: write what a program in another language needs to speak to the daemon."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from sproutcast_pi.atomic_file import write_atomic
from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import files
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.output_plan import OutputPlan


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("bindings", help="write typed bindings for the spacetimedb client from npm")
    parser.add_argument("language", choices=("typescript",))
    parser.add_argument("folder", metavar="DIR", type=Path, help="where index.ts goes; made when missing")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write DIR/index.ts; no daemon is needed."""
    from sproutcast_pi.services.gateway.spacetime.bindings import MARK, typescript
    from sproutcast_pi.store.reducers import all_reducers
    from sproutcast_pi.store.table_schemas import public_tables

    out = args.folder / "index.ts"
    try:
        OutputPlan().add(out, may_replace=lambda path: path.read_bytes().startswith(MARK.encode()))
        write_atomic(out, typescript(public_tables(), all_reducers()).encode())
    except OSError as error:
        raise SproutcastError(files.NOT_WRITTEN(file=str(args.folder), reason=cause(error))) from error
    print(out)
    return 0
