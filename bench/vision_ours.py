"""Our mask of an image, as `analyze --masks` writes it, with the shipped or a held-out net."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bench.vision_scenes import Array, Picture
from sproutcast_pi.vision.photo.photo_file import DecodedPhoto, read_photo
from sproutcast_pi.vision.profile.profile import SiteProfile
from sproutcast_pi.vision.segmentation.instances import find_plants, upscale_labels
from sproutcast_pi.vision.segmentation.net import PlantNet, shipped_net
from sproutcast_pi.vision.segmentation.segment import segment
from training.sources import FOLDS

WEIGHTS = Path(__file__).with_name("weights")


def ours(picture: Picture, net: PlantNet, profile: SiteProfile | None = None) -> Array:
    """Instance labels at the photo's size."""
    photo = read_photo(picture.file)
    labels, odds = labels_of(photo, net, profile)
    return upscale_labels(labels, odds, (photo.width, photo.height))


def labels_of(photo: DecodedPhoto, net: PlantNet, profile: SiteProfile | None = None) -> tuple[Array, Array]:
    """Instance labels and log odds at measuring size."""
    found = segment(photo.bgr, profile, net, two_scale=photo.small)
    return find_plants(found.mask, found.odds, photo.bgr), found.odds


@cache
def held_out_net(scene: str) -> PlantNet | None:
    """A net that never saw the scene, or None; no net was trained on the rape."""
    if scene == "brassica":
        return shipped_net()
    for number, fold in enumerate(FOLDS):
        path = WEIGHTS / f"fold{number}.onnx"
        if scene in fold and path.exists():
            return PlantNet(path)
    return None
