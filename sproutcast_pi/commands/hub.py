"""`sproutcast hub`: the server for many devices."""

from __future__ import annotations

import argparse
import logging
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from sproutcast_pi.errors import ConfigError, SproutcastError
from sproutcast_pi.hub.pairing import Invitation
from sproutcast_pi.hub.settings import HubSettings, read_hub_settings
from sproutcast_pi.messages.areas import command_results, hub
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.model.device_ids import is_device_id

if TYPE_CHECKING:
    from sproutcast_pi.hub.device_registry import DeviceRegistry


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
    invite = actions.add_parser("invite", help="print a code that pairs one device, valid for a quarter of an hour")
    invite.add_argument("--device", help="the id of a paired device, to pair it again; without it, a new device")
    invite.set_defaults(act=_invite)
    forget = actions.add_parser("forget", help="remove a device and all its rows; it may not send any more")
    forget.add_argument("device", help="its id")
    forget.set_defaults(act=_forget)
    for action in (run_parser, invite, forget):
        action.add_argument("--config", type=Path, required=True, help="the hub's TOML file")
    join = actions.add_parser("join", help="on a device: pair it with a hub")
    join.add_argument("url", help="the hub's address for pairing, https://...")
    join.add_argument("code", help="from `sproutcast hub invite`")
    join.add_argument("--name", default="Sproutcast", help="what people call it")
    join.add_argument("--data", type=Path, help="the device's data folder")
    join.set_defaults(act=_join)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    return int(args.act(args))


def _run(args: argparse.Namespace) -> int:
    settings = read_hub_settings(args.config)
    from sproutcast_pi.hardware.system_clock import SystemClock
    from sproutcast_pi.hub.app import run_hub

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    part = msgspec.structs.replace(_part(args.worker), of=0) if args.serve else _part(args.worker)
    run_hub(settings, part=part, shared=args.shared, serve=args.serve or not args.worker, clock=SystemClock())
    return 0


def _invite(args: argparse.Namespace) -> int:
    if args.device is not None and not is_device_id(args.device):
        raise SproutcastError(hub.NO_DEVICE_ID(device=args.device))
    given = {"device": args.device}
    made = _call_hub(read_hub_settings(args.config), "invite_device", given, lambda hub: hub.invite(args.device))
    invitation = msgspec.convert(made, Invitation, from_attributes=True)
    code = f"{invitation.code[:4]}-{invitation.code[4:]}"
    print(args.say.message(command_results.INVITED(code=code, at=str(invitation.expires_at))))
    return 0


def _forget(args: argparse.Namespace) -> int:
    given = {"device": args.device}
    _call_hub(read_hub_settings(args.config), "forget_device", given, lambda registry: registry.remove(args.device))
    print(args.say.message(command_results.FORGOTTEN(device=args.device)))
    return 0


def _join(args: argparse.Namespace) -> int:
    from sproutcast_pi.app.identity import device_id
    from sproutcast_pi.app.options import RunOptions, default_data
    from sproutcast_pi.file_owner import owned_by_folder_owner
    from sproutcast_pi.hardware.board import PiBoard
    from sproutcast_pi.protocol.http import http_request
    from sproutcast_pi.services.sync.enrolment import enrol

    options = RunOptions(data=args.data or default_data())
    options.data.mkdir(parents=True, exist_ok=True)
    with owned_by_folder_owner(options.data):
        device = device_id(options.data, PiBoard().serial())
        joined = enrol(args.url, args.code, device=device, name=args.name, folder=options.data / "sync")
    print(args.say.message(command_results.JOINED(device=device, broker=f"{joined.host}:{joined.port}")))
    try:
        for value in (False, True):  # off and on again, so that it goes with the new credentials
            http_request(options.socket_path, "POST", "/v1/call/set_setting", {"name": "sync_enabled", "value": value})
    except OSError:
        print(args.say.message(command_results.SYNC_LATER()))
    else:
        print(args.say.message(command_results.SYNC_ON()))
    return 0


def _call_hub(
    settings: HubSettings, reducer: str, args: dict[str, Any], over_postgres: Callable[[DeviceRegistry], Any]
) -> Any:
    """Ask the running hub through its socket; on PostgreSQL the list is on the server, whoever runs."""
    from sproutcast_pi.hardware.system_clock import SystemClock
    from sproutcast_pi.hub.device_registry import PostgresRegistry
    from sproutcast_pi.protocol.http import http_request

    if settings.on_postgres:
        return over_postgres(PostgresRegistry(settings.database, SystemClock()))
    socket = Path(settings.data) / "hub.sock"
    try:
        return http_request(socket, "POST", f"/v1/call/{reducer}", args)["value"]
    except OSError as error:
        raise ConfigError(hub.NOT_RUNNING(address=str(socket), reason=cause(error))) from error


def _part(text: str | None) -> Any:
    from sproutcast_pi.hub.intake import WorkerShard

    found = re.fullmatch(r"([1-9]\d?)/([1-9]\d?)", text or "1/1")
    if not found or int(found[1]) > int(found[2]):
        raise ConfigError(hub.BAD_WORKER(value=str(text)))
    return WorkerShard(int(found[1]), int(found[2]))
