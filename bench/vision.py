"""Every figure of docs/accuracy.md, from the development photographs: `make bench-vision`.

What is trained is scored twice: with the net that ships, which saw these scenes, and, where `make train` left its
folds, with a net that never saw the scene it is scored on. Only the second says what to expect at a new place.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2

from bench import vision_metrics, vision_rivals, vision_speed, vision_turgor
from bench.vision_scenes import Array, Picture, by_scene, dice, pictures
from sproutcast_pi.vision.net import WEIGHTS, PlantNet
from sproutcast_pi.vision.photo import read_photo
from sproutcast_pi.vision.plants import find_plants
from sproutcast_pi.vision.profile import learn
from sproutcast_pi.vision.segment import net_odds, segment
from training.sources import FOLDS

FOLD_FILES = ".cache/folds/fold{}.onnx"
RICE_ORANGE = {"5519", "5523", "5525", "5527", "5531", "5533", "5537", "5539", "5541"}


def main() -> None:
    """Print the tables asked for."""
    parts = {
        "masks": masks, "sites": sites, "metrics": vision_metrics.print_tables, "turgor": vision_turgor.print_table,
        "speed": vision_speed.print_table,
    }  # fmt: skip
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dev", type=Path)
    parser.add_argument("parts", nargs="*", choices=[*parts, []], default=list(parts))
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    for part in arguments.parts or parts:
        parts[part](arguments.dev)


def masks(dev: Path) -> None:
    """Foreground Dice without knowledge, each method beside the others."""
    shown = pictures(dev, every=8)
    shipped = PlantNet(WEIGHTS)
    table: dict[str, list[tuple[Picture, float]]] = {}
    # PlantCV needs seconds a photograph: two of each scene and light show what it does.
    places = {(p.scene, p.cast): [q.file for q in shown if (q.scene, q.cast) == (p.scene, p.cast)][:2] for p in shown}
    some = [file for files in places.values() for file in files]
    rival = vision_rivals.plantcv(Path(".cache/plantcv/bin/python"), some, Path(".cache/plantcv-masks"))
    for picture in shown:
        truth, bgr = picture.truth(), cv2.imread(str(picture.file))
        assert bgr is not None
        answers = {
            "HSV naive": vision_rivals.hsv_naive(bgr),
            "Lab Otsu": vision_rivals.lab_otsu(bgr),
            "ours, shipped net": ours(picture, shipped),
        }
        if rival is not None and str(picture.file) in rival:
            answers["PlantCV"] = rival[str(picture.file)][0]
        unseen = left_out_net(picture.scene, shipped)
        if unseen is not None:
            answers["ours, scene left out"] = ours(picture, unseen)
        for method, answer in answers.items():
            table.setdefault(method, []).append((picture, dice(answer, truth)))
    for cast in (False, True):
        print(f"\nForeground Dice without knowledge, {'lamp casts' if cast else 'natural light'}")
        for method, scores in table.items():
            _print_scenes(method, by_scene(scores, cast=cast))


def ours(picture: Picture, net: PlantNet) -> Array:
    """Our mask at the photograph's size."""
    photo = read_photo(picture.file)
    found = segment(photo.bgr, None, net, careful=photo.small)
    labels = find_plants(found.mask, found.odds)
    return cv2.resize(labels, (photo.width, photo.height), interpolation=cv2.INTER_NEAREST) > 0


def left_out_net(scene: str, shipped: PlantNet) -> PlantNet | None:
    """A net that never saw the scene: none was trained on brassica, so there the shipped one is."""
    if scene == "brassica":
        return shipped
    for number, fold in enumerate(FOLDS):
        path = Path(FOLD_FILES.format(number))
        if scene in fold and path.exists():
            return PlantNet(path)
    return None


def sites(dev: Path) -> None:
    """Dice on other frames of a place after one confirmed frame; the net never saw the scene where folds are there."""
    shipped = PlantNet(WEIGHTS)
    scores: list[tuple[Picture, float]] = []
    for group in _places(pictures(dev, every=2)):
        teacher, others = group[len(group) // 2], [p for p in group if p is not group[len(group) // 2]]
        net = left_out_net(teacher.scene, shipped) or shipped
        photo = read_photo(teacher.file)
        profile = learn([(photo.bgr, _small(teacher, photo.bgr), net_odds(photo.bgr, net, careful=photo.small))])
        for picture in others[:: max(1, len(others) // 6)]:
            frame = read_photo(picture.file)
            found = segment(frame.bgr, profile, net, careful=frame.small)
            mask = cv2.resize(found.odds, (frame.width, frame.height), interpolation=cv2.INTER_LINEAR) > 0
            scores.append((picture, dice(mask, picture.truth())))
    for cast in (False, True):
        print(f"\nDice with one confirmed frame of the place, {'lamp casts' if cast else 'natural light'}")
        _print_scenes("ours", by_scene(scores, cast=cast))


def _places(shown: list[Picture]) -> list[list[Picture]]:
    """Photographs of one place under one lamp."""
    groups: dict[tuple[str, str, str], list[Picture]] = {}
    for picture in shown:
        stem = picture.file.stem
        place = picture.row["series"]
        if picture.scene == "rice":
            place = "orange" if any(number in stem for number in RICE_ORANGE) else "green"
        groups.setdefault((picture.scene, picture.cast, place), []).append(picture)
    return [group for group in groups.values() if len(group) > 1]


def _small(picture: Picture, bgr: Array) -> Array:
    mask = picture.truth().astype("uint8") * 255
    small: Array = cv2.resize(mask, bgr.shape[1::-1], interpolation=cv2.INTER_AREA)
    return (small > 127).astype("uint8") * 255


def _print_scenes(method: str, scenes: dict[str, float]) -> None:
    if scenes:
        mean = sum(scenes.values()) / len(scenes)
        told = "  ".join(f"{scene} {score:.2f}" for scene, score in scenes.items())
        print(f"  {method:22} mean {mean:.3f}   {told}")


if __name__ == "__main__":
    main()
