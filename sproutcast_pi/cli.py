"""Read the command line."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import pkgutil
import sys
from typing import TYPE_CHECKING

from sproutcast_pi import __version__, commands
from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.terminal import split_language, terminal_formatter

if TYPE_CHECKING:
    from collections.abc import Sequence


def command_names() -> list[str]:
    """Every command, as typed: a module of `commands` each."""
    return sorted(module.name.strip("_").replace("_", "-") for module in pkgutil.iter_modules(commands.__path__))


def parser_for(names: Sequence[str]) -> argparse.ArgumentParser:
    """The argument parser for these commands; only their modules are imported."""
    parser = argparse.ArgumentParser(
        prog="sproutcast",
        description="Watch plants: photograph, measure, keep the light, show every result the moment it exists.",
    )
    parser.add_argument("--language", metavar="CODE", help="first of all: errors in this language, else that of LANG")
    parser.add_argument("--version", action="version", version=f"sproutcast {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    modules = {m.name.strip("_").replace("_", "-"): m.name for m in pkgutil.iter_modules(commands.__path__)}
    for name in names:
        importlib.import_module(f"{commands.__name__}.{modules[name]}").add_parser(subparsers)
    return parser


def run(argv: Sequence[str]) -> int:
    """Run one command and return its exit status; what a user can mend is one sentence on stderr, not a traceback."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a name that the terminal's encoding lacks ends no command
    language, argv = split_language(argv)
    known = command_names()
    named = argv[0] if argv and argv[0] in known else None
    arguments = parser_for([named] if named else known).parse_args(argv)
    arguments.say = say = terminal_formatter(language, os.environ)
    try:
        return int(arguments.run(arguments))
    except SproutcastError as error:
        print(f"sproutcast: {say.message(error.message)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
