"""`sproutcast analyze`: measure photographs or folders of them, without a daemon."""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import msgspec

from sproutcast_pi.argument_types import integer_in, number_in
from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import command_results, commands, files
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.messages.formatter import Formatter, english
from sproutcast_pi.messages.message import Message
from sproutcast_pi.model.metrics.reading import reading_text, shown_metrics
from sproutcast_pi.model.metrics.registry import METRICS
from sproutcast_pi.model.presence import judge_presence
from sproutcast_pi.model.ranges import FRAME_SHARE, POT_DIAMETER
from sproutcast_pi.output_plan import OutputPlan, unique_stems
from sproutcast_pi.shown_name import shown_name
from sproutcast_pi.vision.photo.folder import is_own_output, list_folder


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("analyze", help="measure photographs or folders of them")
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a photograph, or a folder of them")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument("--masks", type=Path, metavar="DIR", help="write DIR/<name>.png: 0 background, 1..n the plants")
    parser.add_argument("--overlays", type=Path, metavar="DIR", help="write DIR/<name>.jpg with the plants drawn on it")
    parser.add_argument("--profile", type=Path, metavar="FILE", help="a site profile from `sproutcast profile learn`")
    parser.add_argument(
        "--pot-diameter", type=number_in(POT_DIAMETER), metavar="CM", help="the pot's diameter, with --pot-rim"
    )
    parser.add_argument(
        "--pot-rim",
        type=number_in(FRAME_SHARE),
        nargs=2,
        metavar=("LEFT", "RIGHT"),
        help="where the pot's rim begins and ends, in shares of the picture's width (0 to 1): with it areas are in cm2",
    )
    parser.add_argument("--colour-card", action="store_true", help="correct the colours by a 24-patch card beside")
    parser.add_argument(
        "--jobs", type=integer_in(1, 64), default=1, metavar="N", help="how many photographs at a time (default 1)"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure and print; 1 when any photograph failed. Raises SproutcastError before anything is written."""
    say: Formatter = args.say
    options = _site_options(args)
    found = _find(args.paths)
    tasks = _tasks(found.photos, args)
    for folder in (args.masks, args.overlays):
        if folder is not None:
            _make_folder(folder)
    failed = bool(found.unreadable)
    for problem in found.unreadable:
        print(f"sproutcast: {say.message(problem)}", file=sys.stderr)
    for answer in _with_progress(_measurements(tasks, options, args.jobs), len(tasks)):
        failed |= "error" in answer
        print(_format_line(answer, say, as_json=args.json), flush=True)
    if not tasks:
        print(f"sproutcast: {say.message(command_results.NO_PHOTOS())}", file=sys.stderr)
    return 1 if failed or not tasks else 0


class _Found(msgspec.Struct, frozen=True):
    """What the paths of the command line hold."""

    photos: tuple[tuple[Path, str], ...]
    """Each with the name its line and its outputs carry; no two names are alike."""
    unreadable: tuple[Message, ...]


class _Task(msgspec.Struct, frozen=True):
    """One photograph to be measured."""

    file: str
    name: str
    mask: str | None
    overlay: str | None


def _find(paths: list[Path]) -> _Found:
    """Each photograph once; folders are read to the bottom, in name order."""
    found: dict[str, tuple[Path, str]] = {}
    unreadable: list[Message] = []
    for path in paths:
        inside: tuple[Path, ...] = (path,)
        if path.is_dir():
            listing = list_folder(path)
            inside = listing.photos
            unreadable += [
                command_results.NOT_OPENED(folder=shown_name(str(fault.filename)), reason=cause(fault))
                for fault in listing.unreadable
            ]
        for file in inside:
            name = file.name if file == path else file.relative_to(path).as_posix()
            found.setdefault(os.path.abspath(file), (file, name))  # noqa: PTH100 - a link is a photograph of its own
    counts = Counter(name for _, name in found.values())
    named = ((file, name if counts[name] == 1 else file.as_posix()) for file, name in found.values())
    return _Found(tuple(named), tuple(unreadable))


def _tasks(photos: tuple[tuple[Path, str], ...], args: argparse.Namespace) -> list[_Task]:
    """The photographs with their outputs. Raises OutputConflictError where one would land on something else."""
    plan = OutputPlan([*(file for file, _ in photos), *([args.profile] if args.profile else [])])
    stems = unique_stems([name for _, name in photos])

    def output(folder: Path | None, stem: str, ending: str) -> str | None:
        return None if folder is None else str(plan.add(folder / f"{stem}{ending}", may_replace=is_own_output))

    return [
        _Task(str(file), shown_name(name), output(args.masks, stem, ".png"), output(args.overlays, stem, ".jpg"))
        for (file, name), stem in zip(photos, stems, strict=True)
    ]


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SproutcastError(files.NO_FOLDER_MADE(folder=shown_name(folder), reason=cause(error))) from error


def _measurements(tasks: list[_Task], options: dict[str, Any], jobs: int) -> Iterator[dict[str, Any]]:
    if jobs <= 1 or len(tasks) <= 1:
        yield from (analyze_one(task, options) for task in tasks)
        return
    with ProcessPoolExecutor(max_workers=min(jobs, len(tasks))) as pool:
        futures = [pool.submit(analyze_one, task, options) for task in tasks]
        yield from (future.result() for future in futures)


def _site_options(args: argparse.Namespace) -> dict[str, Any]:
    """What is known of the place, for every photograph alike."""
    if (args.pot_diameter is None) != (args.pot_rim is None):
        raise SproutcastError(commands.POT_TOGETHER())
    if args.pot_rim is not None and args.pot_rim[0] >= args.pot_rim[1]:
        raise SproutcastError(commands.POT_RIM())
    known: dict[str, Any] = {
        "profile": str(args.profile) if args.profile else None,
        "colour_card": args.colour_card,
    }
    if args.pot_rim is not None:
        known |= {"pot_diameter_cm": args.pot_diameter, "pot_region": tuple((share, 0.5) for share in args.pot_rim)}
    return known


def analyze_one(task: _Task, options: dict[str, Any]) -> dict[str, Any]:
    """Measure one photograph; what went wrong is in `error`."""
    from sproutcast_pi.vision.measure import measure_photo
    from sproutcast_pi.vision.types import MeasureRequest

    request = MeasureRequest(mask_path=task.mask, overlay_path=task.overlay, **options)
    try:
        measured = measure_photo(Path(task.file), request, name=task.name)
    except SproutcastError as error:
        return _problem(task, error.message)
    except OSError as error:
        return _problem(task, command_results.OUTPUT_NOT_WRITTEN(reason=cause(error)))
    except MemoryError:
        return _problem(task, command_results.NO_MEMORY())
    answer: dict[str, Any] = msgspec.to_builtins(measured)
    for plant, shown in zip(measured.plants, answer["plants"], strict=True):
        shown["presence"] = judge_presence(plant, None).state
    return answer


def _problem(task: _Task, reason: Message) -> dict[str, Any]:
    return {"file": task.name, "error": english(reason), "reason": msgspec.to_builtins(reason)}


def _with_progress(answers: Iterator[dict[str, Any]], total: int) -> Iterator[dict[str, Any]]:
    """A progress bar on a terminal; nothing elsewhere, so that output can be piped."""
    if not sys.stderr.isatty() or total <= 1:
        yield from answers
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(answers, "Measuring", total=total, console=Console(stderr=True), transient=True)


def _format_line(answer: dict[str, Any], say: Formatter, *, as_json: bool) -> str:
    if as_json:
        return msgspec.json.encode(answer).decode()
    if "error" in answer:
        problem = say.message(msgspec.convert(answer["reason"], Message))
        return problem if problem.startswith(answer["file"]) else f"{answer['file']}: {problem}"
    quality = answer["quality"]
    verdict = say.message(command_results.VERDICTS[quality["verdict"]]())
    head = f"{answer['file']}: {answer['width']} x {answer['height']}, {verdict}"
    notes = msgspec.convert((*quality["messages"], *answer["messages"]), tuple[Message, ...])
    lines = [head + "".join(f"; {note}" for note in dict.fromkeys(map(say.message, notes)))]
    return "\n".join([*lines, *(f"  {plant_line(plant)}" for plant in answer["plants"])])


def plant_line(plant: Mapping[str, Any]) -> str:
    """A measured plant's metrics as people read them, after the reason why they may not be the plant's."""
    doubt = f"uncertain, {plant['uncertain_reason']}" if plant.get("uncertain_reason") else ""
    metrics = ", ".join(f"{METRICS[key].name.lower()} {reading_text(plant, key)}" for key in shown_metrics(plant))
    return f"plant {plant['plant']}: " + "; ".join(part for part in (doubt, metrics) if part)
