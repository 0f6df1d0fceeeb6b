"""Dice on other frames of a place after one confirmed frame; the net never saw the scene where there is such a net."""

from __future__ import annotations

from pathlib import Path

import cv2

from bench.vision_ours import held_out_net, ours
from bench.vision_scenes import Array, Picture, by_scene, dice, pictures, print_scenes
from sproutcast_pi.vision.photo.photo_file import read_photo
from sproutcast_pi.vision.profile.profile import SiteProfile, learn_profile
from sproutcast_pi.vision.segmentation.net import PlantNet, shipped_net
from sproutcast_pi.vision.segmentation.segment import net_odds

RICE_ORANGE = {"5519", "5523", "5525", "5527", "5531", "5533", "5537", "5539", "5541"}
MOST = 6
"""Frames of a place that are scored."""


def print_tables(dev: Path) -> None:
    """Natural light and casts; a place is a series, in rice the pots of one colour."""
    scores: list[tuple[Picture, float]] = []
    for group in places(pictures(dev, every=2)):
        teacher = group[len(group) // 2]
        net = held_out_net(teacher.scene) or shipped_net()
        profile = learned(teacher, net)
        others = [picture for picture in group if picture is not teacher]
        some = others[:: -(-len(others) // MOST)]
        scores += [(picture, dice(ours(picture, net, profile) > 0, picture.truth())) for picture in some]
    for cast in (False, True):
        print(f"\nDice with one confirmed frame of the place, {'lamp casts' if cast else 'natural light'}")
        print_scenes("ours", by_scene(scores, cast=cast))


def learned(teacher: Picture, net: PlantNet) -> SiteProfile:
    """The profile that one confirmed frame teaches."""
    photo = read_photo(teacher.file)
    mask = cv2.resize(teacher.truth().astype("uint8") * 255, photo.bgr.shape[1::-1], interpolation=cv2.INTER_AREA)
    drawn: Array = (mask > 127).astype("uint8") * 255
    return learn_profile([(photo.bgr, drawn, net_odds(photo.bgr, net, two_scale=photo.small))])


def places(shown: list[Picture]) -> list[list[Picture]]:
    """Photographs of one place under one lamp, two at least."""
    groups: dict[tuple[str, str, str], list[Picture]] = {}
    for picture in shown:
        place = picture.row["series"]
        if picture.scene == "rice":
            place = "orange" if any(number in picture.file.stem for number in RICE_ORANGE) else "green"
        groups.setdefault((picture.scene, picture.cast, place), []).append(picture)
    return [group for group in groups.values() if len(group) > 1]
