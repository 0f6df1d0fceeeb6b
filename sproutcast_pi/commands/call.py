"""`sproutcast call`: call a reducer of the running daemon."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import commands, phones
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.protocol.address import daemon_socket
from sproutcast_pi.protocol.http import http_request


class _ShowSchema(argparse.Action):
    """`--help`, with the reducers of the daemon when one runs."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, _values: Any, _option: str | None = None
    ) -> None:
        parser.print_help()
        try:
            reducers = http_request(getattr(namespace, "socket", None) or daemon_socket(), "GET", "/v1/schema")[
                "reducers"
            ]
        except (OSError, SproutcastError):
            print("\nNo daemon runs here; with one, this lists what can be called.")
            parser.exit()
        print("\n" + describe_reducers(reducers, getattr(namespace, "reducer", None)))
        parser.exit()


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("call", help="call a reducer of the running daemon", add_help=False)
    parser.add_argument("reducer", metavar="REDUCER", help="what to call, such as log_care")
    parser.add_argument("arguments", metavar="JSON", nargs="?", default="{}", help="such as '{\"plant_id\": 1}'")
    parser.add_argument("--socket", type=Path, help="the daemon's Unix socket")
    parser.add_argument("-h", "--help", action=_ShowSchema, nargs=0, help="show this, and what can be called")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print what the reducer returned, as JSON; raises RefusedError with the reason."""
    try:
        arguments = msgspec.json.decode(args.arguments, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise SproutcastError(commands.BAD_JSON(reason=cause(error))) from error
    socket = args.socket or daemon_socket()
    try:
        answer = http_request(socket, "POST", f"/v1/call/{quote(args.reducer, safe='')}", arguments)
    except OSError as error:
        raise SproutcastError(phones.NO_DAEMON(address=str(socket), reason=cause(error))) from error
    sys.stdout.write(msgspec.json.encode(answer["value"]).decode() + "\n")
    return 0


def describe_reducers(reducers: list[dict[str, Any]], name: str | None) -> str:
    """What can be called, a line each; one reducer with its arguments."""
    chosen = [reducer for reducer in reducers if reducer["name"] == name]
    if not chosen:
        width = max(len(reducer["name"]) for reducer in reducers)
        lines = [f"  {each['name']:{width}}  {each['description'].splitlines()[0]}" for each in reducers]
        return "\n".join(["reducers:", *lines])
    reducer = chosen[0]
    lines = [f"{reducer['name']} (for {reducer['role']}s and above): {reducer['description']}"]
    for argument, schema in reducer["arguments"].items():
        needed = "needed" if schema["required"] else "optional"
        lines.append(f"  {argument}: {_kind(schema)} ({needed})")
    return "\n".join(lines)


def _kind(schema: dict[str, Any]) -> str:
    """A JSON schema in a few words."""
    if "enum" in schema:
        return " | ".join(str(choice) for choice in schema["enum"] if choice is not None)
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(part) for part in schema["anyOf"]))
    kind = str(schema.get("type", "any"))
    return f"{schema['description']}" if "description" in schema else kind
