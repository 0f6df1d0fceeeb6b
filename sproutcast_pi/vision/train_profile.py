"""Training of a site profile from photos with confirmed masks, or with masks the net is certain of."""

from __future__ import annotations

from pathlib import Path

import cv2
import msgspec
import numpy as np

from sproutcast_pi.messages.areas import recognition
from sproutcast_pi.shown_name import shown_name
from sproutcast_pi.vision.photo.decode import decoder_messages
from sproutcast_pi.vision.photo.photo_file import read_photo
from sproutcast_pi.vision.profile.profile import ProfileError, SiteProfile, learn_profile
from sproutcast_pi.vision.segmentation.segment import net_odds, segment
from sproutcast_pi.vision.types import Image, Mask

MASK_SUFFIXES = ("", "_mask", "_label")
"""Suffixes of a mask's name after the photo's."""
MIN_CONFIDENCE = 0.55
"""Minimum certainty of an unconfirmed mask used for training."""
MIN_AGREEMENT = 0.85
"""Minimum Dice of the table on its unconfirmed training masks, else the classes are not separable."""


class TrainedProfile(msgspec.Struct, frozen=True, kw_only=True):
    """A trained profile and notes on it."""

    profile: SiteProfile
    notes: tuple[str, ...] = ()


def train_profile(photos: list[Path], masks: Path | None, lamp: str = "white") -> TrainedProfile:
    """Train a profile from photos of a site.

    Raises ProfileError when no photo is usable, ImageError when one can't be read.
    """
    confirmed: list[tuple[Image, Mask, Image]] = []
    samples: list[tuple[Image, Mask, Image]] = []
    notes: list[str] = []
    for path in photos:
        photo = read_photo(path)
        mask = confirmed_mask(path, masks, photo.bgr.shape[:2])
        if mask is not None:
            confirmed.append((photo.bgr, mask, net_odds(photo.bgr, two_scale=photo.small)))
            continue
        found = segment(photo.bgr, two_scale=photo.small)
        if found.confidence >= MIN_CONFIDENCE:
            samples.append((photo.bgr, found.mask, net_odds(photo.bgr, two_scale=photo.small)))
        else:
            notes.append(
                f"{shown_name(path.name)} was left out: without a confirmed mask its plants aren't certain enough"
            )
    if confirmed:
        return TrainedProfile(profile=learn_profile(confirmed, lamp), notes=tuple(notes))
    if not samples:
        raise ProfileError(recognition.NOTHING_CLEAR())
    profile = learn_profile(samples, lamp)
    if profile.confidence < MIN_AGREEMENT:
        raise ProfileError(recognition.INDISTINCT_COLOURS())
    notes.append("no mask was confirmed: look at the overlays before you trust it")
    return TrainedProfile(profile=profile, notes=tuple(notes))


def confirmed_mask(photo: Path, folder: Path | None, size: tuple[int, int]) -> Mask | None:
    """`<stem>.png` of the folder (also `<stem>_mask.png`, `<stem>_label.png`) at `size` (height, width), 0 or 255.

    Raises ProfileError when it can't be read.
    """
    for path in mask_files(photo, folder):
        mask = _read_mask(path)
        flat = mask if mask.ndim == 2 else mask[..., :3].max(axis=2)  # noqa: PLR2004 - grey
        plant = np.where(flat > 0, 255, 0).astype(np.uint8)
        small: Mask = cv2.resize(plant, size[::-1], interpolation=cv2.INTER_AREA)
        return np.where(small > 127, 255, 0).astype(np.uint8)  # noqa: PLR2004 - more than half
    return None


def mask_files(photo: Path, folder: Path | None) -> list[Path]:
    """Existing candidates for a photo's confirmed mask; the first is used."""
    if folder is None:
        return []
    named = (folder / f"{photo.stem}{ending}.png" for ending in MASK_SUFFIXES)
    return [path for path in named if path != photo and path.is_file()]


def _read_mask(path: Path) -> Image:
    """Read a stored mask. Raises ProfileError, which covers damaged files that decode in part."""
    with decoder_messages() as messages:
        try:
            mask = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
        except (cv2.error, OSError):
            mask = None
    if mask is None or messages.damage is not None:
        raise ProfileError(recognition.BAD_MASK(file=shown_name(path)))
    return mask
