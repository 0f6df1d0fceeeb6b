"""`sproutcast timelapse PLANT OUT.mp4`: a film of a plant with date and curve."""

from __future__ import annotations

import argparse
import json
import signal
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import commands, films
from sproutcast_pi.messages.areas.text import sentences
from sproutcast_pi.messages.formatter import Formatter
from sproutcast_pi.messages.marking import _
from sproutcast_pi.model.light_schedule import is_zone
from sproutcast_pi.model.metrics.reading import value_text
from sproutcast_pi.model.metrics.registry import METRICS
from sproutcast_pi.model.shown_names import shown_name
from sproutcast_pi.system_zone import system_zone

if TYPE_CHECKING:
    import apsw


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("timelapse", help="a film of a plant with date and metric curve")
    parser.add_argument("plant", metavar="PLANT", help="its name or id")
    parser.add_argument("out", metavar="OUT.mp4", type=Path, help="the film to write")
    parser.add_argument("--metric", choices=sorted(METRICS), default="area_percent", help="the curve below the film")
    parser.add_argument("--per-second", type=float, default=12.0, metavar="N", help="photographs a second")
    parser.add_argument("--data", type=Path, help="the daemon's data folder; without it the running daemon's")
    parser.add_argument("--socket", type=Path, help="the daemon's Unix socket")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the film and say how long it is; raises SproutcastError when the plant or its photographs are not there."""
    from sproutcast_pi.progress import progress_reporter
    from sproutcast_pi.store.database import open_reader
    from sproutcast_pi.store.paths import find_data_paths
    from sproutcast_pi.timelapse.text import TextRenderer
    from sproutcast_pi.timelapse.video import VideoFrame, write_video

    if not 0 < args.per_second <= 60:  # noqa: PLR2004 - no screen shows more
        raise SproutcastError(commands.PER_SECOND(value=f"{args.per_second:g}"))
    place = find_data_paths(args.data, args.socket)
    connection = open_reader(place.database)
    try:
        plants = [
            {"id": number, "name": str(name)}
            for number, name in connection.execute("SELECT id, name FROM plant ORDER BY id")
        ]
        found = [plant for plant in plants if args.plant in {plant["name"], str(plant["id"])}]
        if not found:
            known = ", ".join(str(plant["name"]) for plant in plants)
            raise SproutcastError(commands.NO_PLANT(plant=args.plant, known=known or commands.NO_PLANTS()))
        plant = found[0]
        rows = connection.execute(
            f"SELECT capture.file, analysis_result.at, analysis_result.{args.metric} FROM analysis_result "  # noqa: S608 - one of METRICS
            "JOIN capture ON capture.id = analysis_result.capture_id "
            "WHERE plant_id = ? AND capture.file IS NOT NULL ORDER BY analysis_result.at",
            (plant["id"],),
        ).fetchall()
        zone = _zone(connection)
    finally:
        connection.close()
    frames = [
        VideoFrame(path=place.pictures / str(file), at=_local(str(at), zone), value=_number(value))
        for file, at, value in rows
    ]
    if not frames:
        raise SproutcastError(commands.NO_PHOTOS(plant=str(plant["name"])))
    # Ended from outside, a half-made film goes too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with progress_reporter("photographs") as report:
        written = write_video(
            frames,
            args.out,
            name=shown_name(plant, plants, args.say, lacks=TextRenderer().lacks),
            label=lambda low, high: curve_label(args.metric, low, high, args.say),
            per_second=args.per_second,
            progress=lambda done: report(done, len(frames)),
        )
    missing = len(frames) - written
    made = films.MADE(file=str(args.out), n=written, seconds=written / args.per_second)
    print(args.say.message(sentences(made, films.LEFT_OUT(n=missing) if missing else None)))
    return 0


def _local(at: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(at).astimezone(zone)


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))


def curve_label(metric: str, low: float, high: float, say: Formatter) -> str:
    """The metric's name and the values it had, for the film's curve."""
    ends = {"low": value_text(metric, low, say), "high": value_text(metric, high, say)}
    text = say(_("{metric}: {low} to {high}"), metric=say(METRICS[metric].name), **ends)
    # The font of a film has no such space.
    return text.replace("\N{NO-BREAK SPACE}", " ")


def _zone(connection: apsw.Connection) -> ZoneInfo:
    """The time zone the screen shows: the one chosen there, else the configuration's as the daemon last had it."""
    rows = connection.execute("SELECT name, value FROM setting WHERE name IN ('time_zone', 'given_time_zone')")
    settings = {str(name): str(json.loads(str(value))) for name, value in rows}
    for zone in (settings.get("time_zone"), settings.get("given_time_zone")):
        if zone and is_zone(zone):
            return ZoneInfo(zone)
    return ZoneInfo(system_zone())
