"""`sproutcast doctor`: what works on this machine, what does not, and what to do."""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from sproutcast_pi.errors import ConfigError, SproutcastError
from sproutcast_pi.messages.areas import doctor, system
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.messages.areas.text import phrases, sentences
from sproutcast_pi.messages.formatter import Formatter
from sproutcast_pi.messages.message import Message
from sproutcast_pi.model.timestamps import to_text

if TYPE_CHECKING:
    from sproutcast_pi.config import Settings

MARKS = {"ok": doctor.WORKS, "warn": doctor.UNSURE, "bad": doctor.BROKEN, "off": doctor.OFF}
INSTALLED_CONFIG, INSTALLED_DATA = Path("/etc/sproutcast/config.toml"), Path("/var/lib/sproutcast")
"""Of an installed device, which is meant when nothing else is named."""
MIN_FREE_BYTES = 500_000_000
CAMERA_DEADLINE_S = 60.0


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """How one part is."""

    part: str
    state: str
    message: Message
    advice: Message | None = None


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("doctor", help="check camera, light, disk, clock, broker and screen")
    parser.add_argument("--config", type=Path, help="TOML file; else the installed device's, else the defaults")
    parser.add_argument(
        "--data", type=Path, help="the daemon's data folder; else the installed device's, else your own"
    )
    parser.add_argument("--camera", metavar="SPEC", help="check this camera instead of the configured one")
    parser.add_argument("--light", metavar="SPEC", help="check this light instead of the configured one")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print a line a part; 1 when something is broken."""
    from sproutcast_pi.app.options import RunOptions, default_data
    from sproutcast_pi.config import Settings, read_config
    from sproutcast_pi.protocol.address import daemon_socket

    installed = args.config is None and args.data is None and INSTALLED_DATA.is_dir()
    config = INSTALLED_CONFIG if installed else args.config
    data = INSTALLED_DATA if installed else args.data or default_data()
    findings: list[Finding] = []
    settings = Settings()
    try:
        settings = read_config(config) if config else settings
        findings.append(Finding(part="config", state="ok", message=system.CONFIG_OK()))
    except ConfigError as error:
        advice = doctor.FIX_LINES()
        findings.append(Finding(part="config", state="bad", message=cause(error), advice=advice))
    socket_path = daemon_socket() if installed else None
    options = RunOptions(data=data, socket=socket_path, camera=args.camera, light=args.light)
    settings = options.apply_to(settings)
    broken = _show(findings[0], args)
    for finding in run_checks(settings, options.data, options.socket_path):
        broken |= _show(finding, args)
    return int(broken)


def run_checks(settings: Settings, data: Path, daemon_socket: Path) -> Iterator[Finding]:
    """Each part in turn; a check that breaks is itself a finding."""
    daemon = _is_listening(daemon_socket)
    checks: list[tuple[str, Callable[[], Finding]]] = [
        ("daemon", lambda: _daemon(daemon, daemon_socket)),
        ("device", lambda: _device(data)),
        ("light", lambda: _light(settings, daemon=daemon)),
        ("camera", lambda: _camera(settings, daemon=daemon)),
        ("disk", lambda: _disk(data)),
        ("clock", _clock),
        ("network", lambda: _network(settings, daemon=daemon)),
        ("screen", _screen),
    ]
    for part, check in checks:
        try:
            yield check()
        except (OSError, SproutcastError) as error:
            yield Finding(part=part, state="bad", message=cause(error))


def _show(finding: Finding, args: argparse.Namespace) -> bool:
    say: Formatter = args.say
    message, advice = say.message(finding.message), say.message_or(finding.advice, "")
    if args.json:
        report = {"part": finding.part, "state": finding.state, "message": message, "advice": advice}
        print(msgspec.json.encode(report).decode(), flush=True)
    else:
        marks = {state: say.message(mark()) for state, mark in MARKS.items()}
        width = max(map(len, marks.values()))
        print(f"{marks[finding.state]:<{width}}  {finding.part:<8} {message}", flush=True)
        if advice:
            print(f"{'':{width + 11}}{advice}", flush=True)
    return finding.state == "bad"


def _daemon(runs: bool, path: Path) -> Finding:
    if runs:
        return Finding(part="daemon", state="ok", message=doctor.DAEMON_RUNS(path=str(path)))
    advice = doctor.START_DAEMON()
    return Finding(part="daemon", state="off", message=doctor.NO_DAEMON(), advice=advice)


def _device(data: Path) -> Finding:
    """Its id, as a hub and Home Assistant know it; drawn at the first start where the board has no serial number."""
    from sproutcast_pi.app.identity import device_id
    from sproutcast_pi.hardware.board import PiBoard
    from sproutcast_pi.services.appliance.factory_reset import IDENTITY

    serial = PiBoard().serial()
    if not (serial or (data / IDENTITY).exists()):
        return Finding(part="device", state="off", message=doctor.NO_ID())
    return Finding(part="device", state="ok", message=doctor.ID(device=device_id(data, serial)))


def _light(settings: Settings, *, daemon: bool) -> Finding:
    output = settings.light.output
    if not output.startswith("gpio:"):
        return Finding(part="light", state="ok", message=doctor.NO_PIN(output=output))
    if daemon:
        message = doctor.PIN_HELD()
        return Finding(part="light", state="ok", message=message)
    from sproutcast_pi.app.open_hardware import gpio_light

    light = gpio_light(settings.light)
    try:
        light.set_level(0.0)
    except OSError as error:
        advice = doctor.CHECK_PIN()
        return Finding(part="light", state="bad", message=doctor.PIN_FAILS(reason=cause(error)), advice=advice)
    finally:
        light.close()
    return _dimming(settings, doctor.PIN_WORKS(output=output))


def _dimming(settings: Settings, works: Message) -> Finding:
    """By which means a lamp that works is dimmed."""
    from sproutcast_pi.app.open_hardware import pwm_channel
    from sproutcast_pi.model.pwm_flicker import shortest_even_exposure_s

    light = settings.light
    if light.kind != "pwm":
        return Finding(part="light", state="ok", message=works)
    channel = pwm_channel(light)
    how = (
        doctor.SOFTWARE_PWM(hz=light.pwm_hz)
        if channel is None
        else doctor.HARDWARE_PWM(channel=str(channel), hz=light.pwm_hz)
    )
    even_s = shortest_even_exposure_s(light.capture_level, light.pwm_hz)
    if even_s:
        stripes = doctor.STRIPES(level=light.capture_level * 100, ms=even_s * 1000)
        message = sentences(works, how, stripes)
        return Finding(part="light", state="warn", message=message, advice=doctor.AVOID_STRIPES())
    advice = None if channel else doctor.USE_HARDWARE_PWM()
    return Finding(part="light", state="ok", message=sentences(works, how), advice=advice)


def _camera(settings: Settings, *, daemon: bool) -> Finding:
    """Take one picture through the same worker the daemon uses."""
    if daemon:
        return Finding(part="camera", state="ok", message=doctor.CAMERA_HELD())
    from sproutcast_pi.protocol.worker import WorkerJob
    from sproutcast_pi.services.worker_process import WorkerFailedError, WorkerProcess

    with tempfile.TemporaryDirectory(prefix="sproutcast-doctor-") as folder:
        job = WorkerJob(
            capture=1,
            at="2026-01-01T12:00:00.000000Z",
            camera=settings.camera.source,
            folder=folder,
            file="doctor.jpg",
            thumb="doctor.thumb.jpg",
            overlay="doctor.overlay.png",
            light_level=1.0,
        )
        try:
            answer = WorkerProcess().run(job, CAMERA_DEADLINE_S, threading.Event())
        except WorkerFailedError as error:
            advice = doctor.CHECK_CAMERA()
            return Finding(part="camera", state="bad", message=cause(error), advice=advice)
    quality = answer.quality
    if quality is not None and quality.messages:
        message = doctor.POOR_PHOTO(width=answer.width, height=answer.height, reasons=phrases(*quality.messages))
        return Finding(part="camera", state="warn", message=message)
    return Finding(part="camera", state="ok", message=doctor.PHOTO_TAKEN(width=answer.width, height=answer.height))


def _disk(data: Path) -> Finding:
    place = next(folder for folder in (data, *data.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    if not os.access(place, os.W_OK):
        advice = doctor.CHECK_USER()
        return Finding(part="disk", state="bad", message=doctor.NOT_WRITABLE(folder=str(place)), advice=advice)
    if free < MIN_FREE_BYTES:
        advice = doctor.MAKE_ROOM()
        return Finding(part="disk", state="warn", message=doctor.DISK_FULL(free=free, folder=str(place)), advice=advice)
    return Finding(part="disk", state="ok", message=doctor.DISK_FREE(free=free, folder=str(place)))


def _clock() -> Finding:
    from sproutcast_pi.hardware.system_clock import SystemClock

    clock = SystemClock()
    if clock.trusted():
        return Finding(part="clock", state="ok", message=doctor.CLOCK_KNOWN(at=to_text(clock.now())))
    advice = doctor.SET_CLOCK()
    return Finding(part="clock", state="warn", message=doctor.CLOCK_UNKNOWN(), advice=advice)


def _network(settings: Settings, *, daemon: bool) -> Finding:
    port = settings.network.port
    if not settings.network.listen:
        return Finding(part="network", state="off", message=doctor.NOT_SERVED())
    if daemon:
        return Finding(part="network", state="ok", message=doctor.SERVED(port=str(port)))
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.network.host, port))
        except OSError as error:
            advice = doctor.FREE_PORT()
            message = doctor.PORT_TAKEN(port=str(port), reason=cause(error))
            return Finding(part="network", state="bad", message=message, advice=advice)
    return Finding(part="network", state="ok", message=doctor.PORT_FREE(port=str(port)))


def _screen() -> Finding:
    from sproutcast_pi.hardware.displays import display_connected

    if display_connected():
        return Finding(part="screen", state="ok", message=doctor.DISPLAY())
    return Finding(part="screen", state="off", message=doctor.NO_DISPLAY())


def _is_listening(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True
