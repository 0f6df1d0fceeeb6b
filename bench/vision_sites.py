"""Site-profile benchmark: Dice on other frames of a site after one confirmed frame, with held-out nets if available."""

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
"""Scored frames per site."""


def print_tables(dev: Path) -> None:
    """Print natural light and colour casts; a site is a series, in rice the pots of one colour."""
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
    """The profile trained by one confirmed frame."""
    photo = read_photo(teacher.file)
    mask = cv2.resize(teacher.truth().astype("uint8") * 255, photo.bgr.shape[1::-1], interpolation=cv2.INTER_AREA)
    drawn: Array = (mask > 127).astype("uint8") * 255
    return learn_profile([(photo.bgr, drawn, net_odds(photo.bgr, net, two_scale=photo.small))])


def places(shown: list[Picture]) -> list[list[Picture]]:
    """Photos of one site under one illuminant, at least two."""
    groups: dict[tuple[str, str, str], list[Picture]] = {}
    for picture in shown:
        place = picture.row["series"]
        if picture.scene == "rice":
            place = "orange" if any(number in picture.file.stem for number in RICE_ORANGE) else "green"
        groups.setdefault((picture.scene, picture.cast, place), []).append(picture)
    return [group for group in groups.values() if len(group) > 1]
