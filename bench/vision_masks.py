"""Segmentation benchmark: foreground Dice without a profile and plant counts, by method."""

from __future__ import annotations

from pathlib import Path

import cv2

from bench import vision_baselines
from bench.vision_ours import held_out_net, ours
from bench.vision_scenes import Picture, by_scene, dice, pictures, print_scenes
from sproutcast_pi.vision.segmentation.net import shipped_net

MOST, FEW = 8, 1
"""Photos per scene, by daylight and by lamps; fewer for PlantCV, which needs seconds for each."""
PLANTCV = Path(".cache/plantcv/bin/python")


def print_tables(dev: Path) -> None:
    """Print Dice for both lights, then the counts."""
    shown = _some(pictures(dev, every=1), MOST)
    rival = vision_baselines.plantcv(PLANTCV, [p.file for p in _some(shown, FEW)], Path(".cache/plantcv-masks"))
    table: dict[str, list[tuple[Picture, float]]] = {}
    for picture in shown:
        truth, bgr = picture.truth(), cv2.imread(str(picture.file))
        assert bgr is not None
        answers = {
            "HSV naive": vision_baselines.hsv_naive(bgr),
            "Lab Otsu": vision_baselines.lab_otsu(bgr),
            "ours, shipped net": ours(picture, shipped_net()) > 0,
        }
        if rival is not None and str(picture.file) in rival:
            answers["PlantCV"] = rival[str(picture.file)][0]
        unseen = held_out_net(picture.scene)
        if unseen is not None:
            answers["ours, scene left out"] = ours(picture, unseen) > 0
        for method, answer in answers.items():
            table.setdefault(method, []).append((picture, dice(answer, truth)))
    for cast in (False, True):
        print(f"\nForeground Dice without knowledge, {'lamp casts' if cast else 'natural light'}")
        for method, scores in table.items():
            print_scenes(method, by_scene(scores, cast=cast))
    _print_counts(dev)


def _print_counts(dev: Path) -> None:
    """Print the share of correct counts on trays and pots, by the shipped net and by held-out nets."""
    counted = [p for p in pictures(dev, every=1) if p.row["plants"] and p.scene not in {"brassica", "rosette"}]
    for method, unseen in (("shipped net", False), ("scene left out", True)):
        wrong = []
        for picture in counted:
            net = held_out_net(picture.scene) if unseen else shipped_net()
            seen = int(ours(picture, net or shipped_net()).max())
            if seen != int(picture.row["plants"]):
                wrong.append(f"{picture.file.stem} {seen} for {picture.row['plants']}")
        print(f"\nPlants per picture, {method}: right on {len(counted) - len(wrong)} of {len(counted)} trays and pots")
        if wrong:
            print("  " + ", ".join(wrong))


def _some(shown: list[Picture], most: int) -> list[Picture]:
    """Sample of each scene, by daylight and by lamps, spread over its series."""
    groups: dict[tuple[str, bool], list[Picture]] = {}
    for picture in shown:
        groups.setdefault((picture.scene, bool(picture.cast)), []).append(picture)
    return [picture for group in groups.values() for picture in group[:: -(-len(group) // most)]]
