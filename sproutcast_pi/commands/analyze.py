"""`sproutcast analyze`: measure photographs or folders of them, without a daemon."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import msgspec

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.model.metrics.reading import reading_text, shown_metrics
from sproutcast_pi.model.metrics.registry import METRICS

IMAGE_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp"}
_MASK_SUFFIXES = ("_mask", "_label", "_bloom", "_lesion")
"""In a folder, such pictures beside a photograph of the same name are its ground truth, not photographs."""


def add_parser(subparsers: Any) -> None:
    """Describe the command."""
    parser = subparsers.add_parser("analyze", help="measure photographs or folders of them")
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a photograph, or a folder of them")
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument("--masks", type=Path, metavar="DIR", help="write DIR/<name>.png: 0 background, 1..n the plants")
    parser.add_argument("--overlays", type=Path, metavar="DIR", help="write DIR/<name>.jpg with the plants drawn on it")
    parser.add_argument("--profile", type=Path, metavar="FILE", help="a site profile from `sproutcast profile learn`")
    parser.add_argument("--pot-diameter", type=float, metavar="CM", help="the pot's diameter, with --pot-rim")
    parser.add_argument(
        "--pot-rim",
        type=float,
        nargs=2,
        metavar=("LEFT", "RIGHT"),
        help="where the pot's rim begins and ends, in shares of the picture's width (0 to 1): with it areas are in cm2",
    )
    parser.add_argument("--colour-card", action="store_true", help="correct the colours by a 24-patch card beside")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="how many photographs at a time (default 1)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure and print; 1 when any photograph could not be measured."""
    for folder in (args.masks, args.overlays):
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
    files = list(photographs(args.paths))
    failed = False
    for answer in _with_progress(_measurements(files, args), len(files)):
        failed |= "error" in answer
        print(_format_line(answer, as_json=args.json), flush=True)
    if not files:
        print("sproutcast: no photographs there.", file=sys.stderr)
    return 1 if failed or not files else 0


def photographs(paths: list[Path]) -> Iterator[tuple[Path, str]]:
    """Each photograph with the name its line carries; folders are read to the bottom, in name order."""
    for path in paths:
        if not path.is_dir():
            yield path, path.name
            continue
        inside = sorted(p for p in path.rglob("*") if p.suffix.lower() in IMAGE_SUFFIXES and p.is_file())
        stems = {p.with_suffix("") for p in inside}
        for file in inside:
            if not _is_ground_truth(file, stems):
                yield file, file.relative_to(path).as_posix()


def _is_ground_truth(file: Path, stems: set[Path]) -> bool:
    stem = file.with_suffix("")
    for ending in _MASK_SUFFIXES:
        if stem.name.endswith(ending):
            bare = stem.name.removesuffix(ending)
            return any(other.parent == stem.parent and other.name.startswith(bare) for other in stems if other != stem)
    return False


def _measurements(files: list[tuple[Path, str]], args: argparse.Namespace) -> Iterator[dict[str, Any]]:
    stems = Counter(Path(name).stem for _, name in files)
    tasks = [
        (
            str(file),
            name,
            _output_path(args.masks, name, ".png", stems),
            _output_path(args.overlays, name, ".jpg", stems),
        )
        for file, name in files
    ]
    known = _site_options(args)
    if args.jobs <= 1 or len(tasks) <= 1:
        yield from (analyze_one(*task, known) for task in tasks)
        return
    with ProcessPoolExecutor(max_workers=min(args.jobs, len(tasks))) as pool:
        futures = [pool.submit(analyze_one, *task, known) for task in tasks]
        yield from (future.result() for future in futures)


def _site_options(args: argparse.Namespace) -> dict[str, Any]:
    """What is known of the place, for every photograph alike."""
    if (args.pot_diameter is None) != (args.pot_rim is None):
        raise SproutcastError("--pot-diameter and --pot-rim go together: how wide the pot is, and where.")
    known: dict[str, Any] = {
        "profile": str(args.profile) if args.profile else None,
        "colour_card": args.colour_card,
    }
    if args.pot_rim is not None:
        known |= {"pot_diameter_cm": args.pot_diameter, "pot_region": tuple((share, 0.5) for share in args.pot_rim)}
    return known


def _output_path(folder: Path | None, name: str, ending: str, stems: Counter[str]) -> str | None:
    """`<stem>.png` in the folder; where two photographs share a stem, their folders' names go before it."""
    if folder is None:
        return None
    path = Path(name).with_suffix("")
    return str(folder / ((path.name if stems[path.name] == 1 else "__".join(path.parts)) + ending))


def analyze_one(file: str, name: str, mask: str | None, overlay: str | None, known: dict[str, Any]) -> dict[str, Any]:
    """Measure one photograph; what went wrong is in `error`."""
    from sproutcast_pi.vision.measure import measure_photo  # noqa: PLC0415 (--help must not load OpenCV)
    from sproutcast_pi.vision.request import MeasureRequest  # noqa: PLC0415

    request = MeasureRequest(mask_path=mask, overlay_path=overlay, **known)
    try:
        answer: dict[str, Any] = msgspec.to_builtins(measure_photo(Path(file), request, name=name))
    except (SproutcastError, OSError) as error:
        return {"file": name, "error": str(error)}
    return answer


def _with_progress(answers: Iterator[dict[str, Any]], total: int) -> Iterator[dict[str, Any]]:
    """A progress bar on a terminal; nothing elsewhere, so that output can be piped."""
    if not sys.stderr.isatty() or total <= 1:
        yield from answers
        return
    from rich.console import Console  # noqa: PLC0415 (not needed for a pipe)
    from rich.progress import track  # noqa: PLC0415

    yield from track(answers, "Measuring", total=total, console=Console(stderr=True), transient=True)


def _format_line(answer: dict[str, Any], *, as_json: bool) -> str:
    if as_json:
        return msgspec.json.encode(answer).decode()
    if "error" in answer:
        return f"{answer['file']}: {answer['error']}"
    quality = answer["quality"]
    head = f"{answer['file']}: {answer['width']} x {answer['height']}, {quality['verdict']}"
    lines = [head + "".join(f"; {reason}" for reason in (*quality["reasons"], *answer["notes"]))]
    for plant in answer["plants"]:
        told = (f"{METRICS[key].name.lower()} {reading_text(plant, key)}" for key in shown_metrics(plant))
        lines.append(f"  plant {plant['plant']}: " + ", ".join(told))
    return "\n".join(lines)
