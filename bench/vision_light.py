"""Illumination benchmark: shift of the area under other light, without a profile and with a confirmed frame."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from sproutcast_pi.vision.colour.exposure_ratio import exposure_ratio
from sproutcast_pi.vision.photo.photo_file import read_photo
from sproutcast_pi.vision.profile.profile import learn_profile, view_of
from sproutcast_pi.vision.segmentation.segment import net_odds, segment

SHOWN = ("rice_pots/GN2_5520.jpg", "growlab_series/2021-04-28T12-20.jpg", "trays/arabidopsis_tray.jpg")
LIGHTS = (0.8, 0.7, 0.5, 0.4, 0.3, 0.2, 1.25, 1.6)


def print_table(dev: Path) -> None:
    """Print the area under other light as a share of the original, one photo per line."""
    print("\nArea in other light, as a share of the area in its own")
    print(f"  {'':42}" + "".join(f"{f'x{light:g}':>7}" for light in LIGHTS))
    for name in SHOWN:
        photo = read_photo(dev / name)
        pictures = [photo.bgr, *(cv2.convertScaleAbs(photo.bgr, alpha=light) for light in LIGHTS)]
        mask = segment(photo.bgr, two_scale=photo.small).mask
        profile = learn_profile([(photo.bgr, mask, net_odds(photo.bgr, two_scale=photo.small))])
        ratios = [exposure_ratio(profile.view, view_of(picture)) for picture in pictures]
        unknown: list[float | None] = [None] * len(pictures)
        for way, used, known in (
            ("without knowledge", None, unknown),
            ("profile, colours as they are", profile, unknown),
            ("profile, brightness corrected", profile, ratios),
        ):
            areas = [
                np.count_nonzero(segment(picture, used, brightness=ratio, two_scale=photo.small).mask)
                for picture, ratio in zip(pictures, known, strict=True)
            ]
            shares = "".join(f"{area / areas[0]:7.2f}" for area in areas[1:])
            print(f"  {Path(name).stem[:12]:12} {way:29}{shares}")
