"""`sproutcast check-config FILE`: every fault of a configuration at once."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from sproutcast_pi.config import read_config
from sproutcast_pi.config.example import example
from sproutcast_pi.errors import ConfigError
from sproutcast_pi.messages.areas import command_results, commands


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("check-config", help="show every fault of a configuration file")
    parser.add_argument("file", type=Path, nargs="?", help="the TOML file to check")
    parser.add_argument("--example", action="store_true", help="print a file with every option and its default")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the faults; 1 when there are any."""
    if args.example:
        print(example(), end="")
        return 0
    if args.file is None:
        raise ConfigError(commands.NO_FILE_TO_CHECK())
    read_config(args.file)
    print(args.say.message(command_results.NO_FAULTS(file=str(args.file))))
    return 0
