"""`sproutcast pair`: show a code with which a phone or program pairs; list and revoke those that have."""

from __future__ import annotations

import argparse
import queue
import sys
from pathlib import Path
from typing import Any

from sproutcast_pi.errors import RefusedError, SproutcastError
from sproutcast_pi.messages.areas import command_results
from sproutcast_pi.messages.areas.text import sentences
from sproutcast_pi.messages.formatter import Formatter
from sproutcast_pi.messages.message import Message as Text
from sproutcast_pi.protocol.address import daemon_socket
from sproutcast_pi.protocol.client import DaemonClient, Message, Snapshot

PAIRING_TIMEOUT_S = 300.0
"""As long as a code is valid."""


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("pair", help="let a phone or program in, or take its token away")
    parser.add_argument("--role", choices=("viewer", "carer", "owner"), default="carer", help="what it may do")
    parser.add_argument("--list", action="store_true", help="who has paired")
    parser.add_argument("--revoke", type=int, metavar="ID", help="take this client's token away")
    parser.add_argument("--no-wait", action="store_true", help="print the code and return")
    parser.add_argument("--socket", type=Path, help="the daemon's Unix socket")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do what was asked; raises RefusedError with the reason."""
    say: Formatter = args.say
    address = args.socket or daemon_socket()
    messages: queue.SimpleQueue[Message | RefusedError] = queue.SimpleQueue()
    client = DaemonClient(address, name="pair")
    client.subscribe("SELECT * FROM client WHERE revoked_at IS NULL ORDER BY id", messages.put, messages.put)
    client.start()
    try:
        paired = _next_message(messages, 5.0, command_results.SILENT_DAEMON(address=str(address)))
        if args.list:
            return _print_clients(paired, say)
        if args.revoke is not None:
            client.call("revoke_client", {"client_id": args.revoke}).result()
            return 0
        opened = client.call("start_pairing", {"role": args.role}).result()
        print(f"{opened['code'][:3]} {opened['code'][3:]}")
        where = command_results.OPEN_PAGE(url=opened["url"]) if opened["url"] else command_results.NO_PAGE()
        print(say.message(sentences(where, command_results.CODE_VALID())))
        if args.no_wait:
            return 0
        sys.stdout.flush()
        return _wait_for_pairing(messages, say)
    finally:
        client.stop()


def _wait_for_pairing(messages: queue.SimpleQueue[Message | RefusedError], say: Formatter) -> int:
    while True:
        message = _next_message(messages, PAIRING_TIMEOUT_S, command_results.CODE_VOID())
        if not isinstance(message, Snapshot) and message.insert:
            row = message.insert[0]
            print(say.message(command_results.PAIRED(name=row["name"], role=row["role"])))
            return 0


def _next_message(messages: queue.SimpleQueue[Message | RefusedError], seconds: float, otherwise: Text) -> Message:
    try:
        message = messages.get(timeout=seconds)
    except queue.Empty:
        raise SproutcastError(otherwise) from None
    if isinstance(message, RefusedError):
        raise message
    return message


def _print_clients(paired: Message, say: Formatter) -> int:
    rows = paired.rows if isinstance(paired, Snapshot) else []
    for row in rows:
        at = row["seen_at"]
        seen = say.message(command_results.CLIENT_SEEN(at=at) if at else command_results.CLIENT_NEVER_SEEN())
        print(f"{row['id']:4}  {row['role']:7}  {row['name']}  ({seen})")
    if not rows:
        print(say.message(command_results.NONE_PAIRED()))
    return 0
