"""`sproutcast update`: make a signed update, check one, and have the device look for it, install it, or go back."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import command_results, phones
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.messages.areas.text import verbatim
from sproutcast_pi.messages.rows import row_message

DEVICE_ACTIONS = {
    "check": ("check_for_update", "look for an update on a USB stick, then at the configured address"),
    "install": ("install_update", "install the update that is there; the device restarts and tries it"),
    "rollback": ("roll_back_update", "restart into the version before"),
}


def add_parser(subparsers: Any) -> None:
    """Describe the command and its deeds."""
    parser = subparsers.add_parser("update", help="look for updates, install them, go back; make and sign them")
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="DEED")
    for deed, (_, meaning) in DEVICE_ACTIONS.items():
        asking = deeds.add_parser(deed, help=meaning)
        asking.add_argument("--socket", type=Path, help="the daemon's Unix socket")
        asking.set_defaults(run=run_on_device)
    status = deeds.add_parser("status", help="the version that runs, and how an update stands")
    status.add_argument("--data", type=Path, help="the daemon's data folder; without it the running daemon's")
    status.add_argument("--socket", type=Path, help="the daemon's Unix socket")
    status.set_defaults(run=run_status)
    verify = deeds.add_parser("verify", help="check a file's signature and say what is in it")
    verify.add_argument("file", type=Path, metavar="FILE")
    verify.add_argument("--key", type=Path, required=True, help="the maker's public key, PEM")
    verify.set_defaults(run=run_verify)
    make = deeds.add_parser("make", help="pack and sign the two images of a slot")
    make.add_argument("file", type=Path, metavar="FILE", help="what to write, such as sproutcast-0.2.0.sproutcast")
    make.add_argument("--boot", type=Path, required=True, help="the slot's boot image")
    make.add_argument("--system", type=Path, required=True, help="the slot's system image")
    make.add_argument("--version", required=True, help="dotted numbers, such as 0.2.0")
    make.add_argument("--board", action="append", required=True, choices=["pi4", "pi5", "virtual"])
    make.add_argument("--key", type=Path, required=True, help="Ed25519 private key, PEM, as openssl makes it")
    make.add_argument("--notes", default="", help="what is new, for the owner")
    make.set_defaults(run=run_make)


def run_on_device(args: argparse.Namespace) -> int:
    """Ask the running daemon; raises RefusedError with the reason."""
    from sproutcast_pi.protocol.address import daemon_socket
    from sproutcast_pi.protocol.http import http_request

    name, _ = DEVICE_ACTIONS[args.deed]
    socket = args.socket or daemon_socket()
    try:
        http_request(socket, "POST", f"/v1/call/{name}", {})
    except OSError as error:
        raise SproutcastError(phones.NO_DAEMON(address=str(socket), reason=cause(error))) from error
    print(args.say.message(command_results.UPDATE_ASKED()))
    return 0


def run_status(args: argparse.Namespace) -> int:
    """Print the row `software`."""
    from sproutcast_pi.store.database import open_reader
    from sproutcast_pi.store.paths import find_data_paths

    reader = open_reader(find_data_paths(args.data, args.socket).database)
    try:
        found = reader.execute("SELECT version, slot, state, message, data FROM software").fetchone()
    finally:
        reader.close()
    if found is None:
        print(args.say.message(command_results.VERSION_UNKNOWN()))
        return 1
    version, slot, state, message, data = found
    text = row_message({"data": data}, "message") or verbatim(message or "")
    if slot:
        status = command_results.VERSION_IN_SLOT(version=version, slot=slot, state=state, message=text)
    else:
        status = command_results.VERSION(version=version, state=state, message=text)
    print(args.say.message(status))
    return 0


def run_verify(args: argparse.Namespace) -> int:
    """Say what is in it; raises UpdateError."""
    from sproutcast_pi.services.updates.bundle import Bundle

    with args.file.open("rb") as stream:
        manifest = Bundle(stream, args.file.name, args.key).manifest
    verified = command_results.UPDATE_VERIFIED(
        file=str(args.file), version=manifest.version, boards=", ".join(manifest.boards)
    )
    print(args.say.message(verified))
    return 0


def run_make(args: argparse.Namespace) -> int:
    """Write the file; raises UpdateError."""
    from sproutcast_pi.services.updates.build_bundle import build_bundle

    manifest = build_bundle(
        args.file,
        images={"boot": args.boot, "system": args.system},
        version=args.version,
        boards=tuple(args.board),
        key=args.key,
        notes=args.notes,
    )
    size = args.file.stat().st_size
    print(args.say.message(command_results.UPDATE_MADE(file=str(args.file), version=manifest.version, size=size)))
    return 0
