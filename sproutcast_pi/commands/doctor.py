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

if TYPE_CHECKING:
    from sproutcast_pi.config import Settings

MARKS = {"ok": "works ", "warn": "unsure", "bad": "BROKEN", "off": "off   "}
INSTALLED_CONFIG, INSTALLED_DATA = Path("/etc/sproutcast/config.toml"), Path("/var/lib/sproutcast")
"""Of an installed device, which is meant when nothing else is named."""
MIN_FREE_MB = 500
CAMERA_DEADLINE_S = 60.0


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """How one part is."""

    part: str
    state: str
    message: str
    advice: str = ""


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
        findings.append(Finding(part="config", state="ok", message="The configuration has no faults."))
    except ConfigError as error:
        advice = "Mend the lines that are named; the defaults are checked below."
        findings.append(Finding(part="config", state="bad", message=str(error), advice=advice))
    socket_path = daemon_socket() if installed else None
    options = RunOptions(data=data, socket=socket_path, camera=args.camera, light=args.light)
    settings = options.apply_to(settings)
    broken = _show(findings[0], as_json=args.json)
    for finding in run_checks(settings, options.data, options.socket_path):
        broken |= _show(finding, as_json=args.json)
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
            yield Finding(part=part, state="bad", message=str(error))


def _show(finding: Finding, *, as_json: bool) -> bool:
    if as_json:
        print(msgspec.json.encode(finding).decode(), flush=True)
    else:
        print(f"{MARKS[finding.state]}  {finding.part:<8} {finding.message}", flush=True)
        if finding.advice:
            print(f"{'':18}{finding.advice}", flush=True)
    return finding.state == "bad"


def _daemon(runs: bool, path: Path) -> Finding:
    if runs:
        return Finding(part="daemon", state="ok", message=f"The daemon answers on {path}.")
    advice = "Start it with `sproutcast run` or `systemctl start sproutcast`."
    return Finding(part="daemon", state="off", message="No daemon answers here.", advice=advice)


def _device(data: Path) -> Finding:
    """Its id, as a hub and Home Assistant know it; drawn at the first start where the board has no serial number."""
    from sproutcast_pi.app.identity import device_id
    from sproutcast_pi.hardware.board import PiBoard
    from sproutcast_pi.services.appliance.factory_reset import IDENTITY

    serial = PiBoard().serial()
    if not (serial or (data / IDENTITY).exists()):
        return Finding(part="device", state="off", message="It gets its id when it is started first.")
    return Finding(part="device", state="ok", message=f"This is {device_id(data, serial)}.")


def _light(settings: Settings, *, daemon: bool) -> Finding:
    output = settings.light.output
    if not output.startswith("gpio:"):
        return Finding(part="light", state="ok", message=f"The lamp is {output}: nothing to check.")
    if daemon:
        message = "The running daemon holds the lamp's pin; see its light page."
        return Finding(part="light", state="ok", message=message)
    from sproutcast_pi.app.open_hardware import gpio_light

    light = gpio_light(settings.light)
    try:
        light.set_level(0.0)
    except OSError as error:
        advice = "Check the number (BCM, not the header's), that nothing else uses the pin, and the user's group gpio."
        return Finding(part="light", state="bad", message=f"The pin can't be driven: {error}.", advice=advice)
    finally:
        light.close()
    return _dimming(settings, f"The pin {output} can be driven (it was set dark).")


def _dimming(settings: Settings, works: str) -> Finding:
    """By which means a lamp that works is dimmed."""
    from sproutcast_pi.app.open_hardware import pwm_channel
    from sproutcast_pi.model.pwm_flicker import shortest_even_exposure_s

    light = settings.light
    if light.kind != "pwm":
        return Finding(part="light", state="ok", message=works)
    channel = pwm_channel(light)
    if channel is not None:
        message = f"{works} It is dimmed by hardware PWM, {channel}, at {light.pwm_hz} Hz."
    else:
        message = f"{works} It is dimmed by software PWM at {light.pwm_hz} Hz, in steps of one percent."
    even_s = shortest_even_exposure_s(light.capture_level, light.pwm_hz)
    if even_s:
        message += (
            f" Photographs are taken at {light.capture_level:.0%}: exposures below {even_s * 1000:.0f} ms can show "
            "the lamp's PWM as stripes."
        )
        advice = "Set capture_level = 1.0, or with hardware PWM a higher pwm_hz that the lamp's driver takes."
        return Finding(part="light", state="warn", message=message, advice=advice)
    advice = "" if channel else "For hardware PWM wire the lamp to GPIO 12, 13, 18 or 19 and see docs/hardware.md."
    return Finding(part="light", state="ok", message=message, advice=advice)


def _camera(settings: Settings, *, daemon: bool) -> Finding:
    """Take one picture through the same worker the daemon uses."""
    if daemon:
        return Finding(part="camera", state="ok", message="The running daemon holds the camera; see its health.")
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
            advice = "Check the cable at both ends, and that no other program uses the camera."
            return Finding(part="camera", state="bad", message=str(error), advice=advice)
    quality = answer.quality
    if quality is not None and quality.reasons:
        message = f"A picture of {answer.width} x {answer.height}: {'; '.join(quality.reasons)}."
        return Finding(part="camera", state="warn", message=message)
    return Finding(part="camera", state="ok", message=f"A picture of {answer.width} x {answer.height} was taken.")


def _disk(data: Path) -> Finding:
    place = next(folder for folder in (data, *data.parents) if folder.exists())
    free_mb = shutil.disk_usage(place).free // 1_000_000
    if not os.access(place, os.W_OK):
        advice = "Run as the user the folder belongs to, or name another with --data."
        return Finding(part="disk", state="bad", message=f"{place} can't be written.", advice=advice)
    if free_mb < MIN_FREE_MB:
        advice = "Make room, or the oldest photographs will go."
        return Finding(part="disk", state="warn", message=f"Only {free_mb} MB are free at {place}.", advice=advice)
    return Finding(part="disk", state="ok", message=f"{free_mb / 1000:.1f} GB are free at {place}.")


def _clock() -> Finding:
    from sproutcast_pi.hardware.system_clock import SystemClock

    clock = SystemClock()
    if clock.trusted():
        return Finding(part="clock", state="ok", message=f"The time is known: {clock.now():%Y-%m-%d %H:%M} UTC.")
    advice = "Connect a network once, or add a clock battery; until then the lamp goes on from where it was."
    return Finding(part="clock", state="warn", message="Nobody vouches for the time.", advice=advice)


def _network(settings: Settings, *, daemon: bool) -> Finding:
    port = settings.network.port
    if not settings.network.listen:
        return Finding(part="network", state="off", message="The network is not served.")
    if daemon:
        return Finding(part="network", state="ok", message=f"The daemon serves port {port}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.network.host, port))
        except OSError as error:
            advice = "Stop the other program, or choose another [network] port."
            message = f"Port {port} can't be used: {error.strerror}."
            return Finding(part="network", state="bad", message=message, advice=advice)
    return Finding(part="network", state="ok", message=f"Port {port} is free.")


def _screen() -> Finding:
    from sproutcast_pi.hardware.displays import display_connected

    if display_connected():
        return Finding(part="screen", state="ok", message="A display is connected.")
    return Finding(part="screen", state="off", message="No display is connected; the phone page shows the same.")


def _is_listening(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True
