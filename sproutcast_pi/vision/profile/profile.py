"""Site profile: colours, plant locations and appearance of one site under one illuminant, for a fixed camera.

A site profile holds, for one camera and lamp state, how often each colour was plant and background in frames whose
masks were confirmed, where in the frame plants were, and a small grey view of the site. It detects when it no
longer fits: when too much of a frame has colours it never saw (the lamp changed), or when the place itself looks
different (the camera moved). It never drifts: a newer one is learned from the newest confirmed frames alone.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import cv2
import msgspec
import numpy as np

from sproutcast_pi.atomic_file import write_atomic
from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import files, photo_notes, recognition
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.messages.message import Message
from sproutcast_pi.vision.colour.colour_table import STEPS, ColourTable, cells_of, counts_of, steps_of, table_of
from sproutcast_pi.vision.colour.illuminant import estimate_illuminant
from sproutcast_pi.vision.profile.mask_style import MaskStyle, mask_offset, mask_style_of, translate
from sproutcast_pi.vision.types import Image, Mask

VERSION = 2
PRIOR_SIZE = (64, 48)
"""Width and height of the location prior."""
VIEW_SIZE = (160, 120)
"""Width and height of the picture of the place."""
MAX_NOVEL_SHARE = 0.3
"""Share of unseen colours beyond which the illuminant has changed."""
CLASS_BALANCE = 0.3
"""Class balance of plants and background (see colour_table)."""
NET_WEIGHT, LOCATION_WEIGHT = 0.3, 0.15
"""Weights of the net and the location prior beside the colour table."""
MIN_LEVEL = 25.0
"""Mean of 255 below which a frame is not used for training."""


class ProfileError(SproutcastError, ValueError):
    """A site profile can't be read, learned or used."""


class SiteProfile(msgspec.Struct, frozen=True, kw_only=True):
    """Profile of one site under one illuminant."""

    steps: Image
    plant: Image
    """Plant pixels seen, per colour cell (32768, float32)."""
    background: Image
    place: Image
    """48 x 64, float32: how often each part of the frame was plant."""
    view: Image
    """120 x 160, uint8, grey: the latest confirmed frame."""
    mask_style: MaskStyle
    illuminant: tuple[float, float, float]
    """Illuminant level per channel (B, G, R) at training; later colours are converted to it."""
    frames: int
    confidence: float
    """0 to 1: Dice of the table on its training masks."""
    lamp: str = "white"

    def table(self) -> ColourTable:
        """Colour table of the confirmed frames."""
        return table_of(self.steps, self.plant, self.background, balance=CLASS_BALANCE)

    def location_odds(self, shift: tuple[float, float], size: tuple[int, int]) -> Image:
        """Location prior as log odds, for a frame of `size` (height, width) that lies `shift` (shares) off."""
        return _location_odds(self.place, shift, size)


class ProfileFit(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a profile fits a frame."""

    fits: bool
    novel: float
    """Share of the frame whose colours the profile never saw."""
    reason: Message | None = None


def learn_profile(frames: Sequence[tuple[Image, Mask, Image]], lamp: str = "white") -> SiteProfile:
    """Train a profile from frames (uint8 BGR), their confirmed masks (0 or 255) and the net's log odds, of one size.

    Raises ProfileError when no frame is usable: too dark, without any plant, or nothing but plant.
    """
    useful = [
        frame for frame in frames if frame[0].max() >= MIN_LEVEL and 0 < np.count_nonzero(frame[1]) < frame[1].size
    ]
    if not useful:
        raise ProfileError(recognition.NOTHING_TO_LEARN())
    steps = steps_of(np.concatenate([bgr[::2, ::2].reshape(-1, 1, 3) for bgr, _, _ in useful]))
    last, mask, net = useful[-1]
    dx, dy = mask_offset(cells_of(last, steps), steps, mask, NET_WEIGHT * net, CLASS_BALANCE)
    useful = [(bgr, translate(drawn, -dx, -dy), odds) for bgr, drawn, odds in useful]
    plant = np.zeros(STEPS**3, np.float32)
    background = np.zeros(STEPS**3, np.float32)
    place = np.zeros(PRIOR_SIZE[::-1], np.float32)
    for bgr, mask, _ in useful:
        seen, other = counts_of(cells_of(bgr, steps), mask)
        plant += seen / len(useful)
        background += other / len(useful)
        place += _location_counts(mask) / len(useful)
    mask, width = useful[-1][1], last.shape[1]
    context = NET_WEIGHT * net + LOCATION_WEIGHT * _location_odds(place, (0.0, 0.0), mask.shape)
    style = mask_style_of(cells_of(last, steps), steps, mask, context, CLASS_BALANCE)
    return SiteProfile(
        steps=steps,
        plant=plant,
        background=background,
        place=place,
        view=view_of(last),
        mask_style=msgspec.structs.replace(style, offset=(dx * 1000 / width, dy * 1000 / width)),
        illuminant=estimate_illuminant(last, mask).level,
        frames=len(useful),
        confidence=style.dice,
        lamp=lamp,
    )


def check_fit(profile: SiteProfile, cells: Image) -> ProfileFit:
    """Check whether a profile fits a frame, from the table cells of its pixels."""
    known = known_colours(profile)
    novel = float(1 - np.mean(known[cells[::3, ::3]]))
    if novel > MAX_NOVEL_SHARE:
        return ProfileFit(fits=False, novel=novel, reason=photo_notes.PROFILE_MISFIT(share=novel * 100))
    return ProfileFit(fits=True, novel=novel)


def view_of(bgr: Image) -> Image:
    """Small grey view of the site."""
    return cv2.cvtColor(cv2.resize(bgr, VIEW_SIZE, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)


def save_profile(profile: SiteProfile, path: Path) -> None:
    """Write the profile atomically. Raises OSError."""
    buffer = io.BytesIO()
    arrays = {name: getattr(profile, name) for name in ("steps", "plant", "background", "place", "view")}
    style = (profile.mask_style.blur, profile.mask_style.cut, *profile.mask_style.offset)
    numbers = np.array([VERSION, profile.frames, profile.confidence, *profile.illuminant, *style])
    np.savez_compressed(buffer, numbers=numbers, lamp=np.array(profile.lamp), **arrays)
    write_atomic(path, buffer.getvalue())


def is_profile(path: Path) -> bool:
    """Whether the file is a site profile of any version, or empty. Raises OSError when it can't be read."""
    if path.stat().st_size == 0:
        return True
    try:
        with np.load(path, allow_pickle=False) as data:
            return {"numbers", "lamp", "view"} <= set(data.files)
    except (ValueError, EOFError, zipfile.BadZipFile, AttributeError):
        return False


def read_profile(path: Path) -> SiteProfile:
    """Read a profile. Raises ProfileError when it is missing, damaged, or of a version we don't know."""
    try:
        with np.load(path, allow_pickle=False) as data:
            version, frames, confidence, *rest = (float(value) for value in data["numbers"])
            if version != VERSION:
                raise ProfileError(
                    recognition.OTHER_VERSION(file=path.name, version=f"{version:.0f}", wanted=str(VERSION))
                )
            return SiteProfile(
                steps=_require_shape(data["steps"], (3, 256)),
                plant=_require_shape(data["plant"], (STEPS**3,)),
                background=_require_shape(data["background"], (STEPS**3,)),
                place=_require_shape(data["place"], PRIOR_SIZE[::-1]),
                view=_require_shape(data["view"], VIEW_SIZE[::-1]),
                illuminant=(rest[0], rest[1], rest[2]),
                mask_style=MaskStyle(rest[3], rest[4], confidence, (rest[5], rest[6])),
                frames=int(frames),
                confidence=confidence,
                lamp=str(data["lamp"]),
            )
    except OSError as error:
        raise ProfileError(files.UNREADABLE(file=str(path), reason=cause(error))) from error
    except (KeyError, IndexError, ValueError, EOFError, zipfile.BadZipFile) as error:
        if isinstance(error, ProfileError):
            raise
        raise ProfileError(recognition.NOT_A_PROFILE(file=path.name)) from error


def known_colours(profile: SiteProfile) -> Image:
    """Whether each colour cell or a neighbour was ever seen (32768, bool)."""
    seen = (profile.plant + profile.background).reshape(STEPS, STEPS, STEPS)
    grown = cv2.dilate(seen.reshape(STEPS * STEPS, STEPS), np.ones((1, 3), np.uint8)).reshape(seen.shape)
    for axis in (0, 1):
        flat = np.ascontiguousarray(np.moveaxis(grown, axis, 0)).reshape(STEPS, -1)
        grown = np.moveaxis(cv2.dilate(flat, np.ones((3, 1), np.uint8)).reshape(STEPS, STEPS, STEPS), 0, axis)
    return np.ascontiguousarray(grown).ravel() > 0


def _location_counts(mask: Mask) -> Image:
    small = cv2.resize(mask, PRIOR_SIZE, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return cv2.GaussianBlur(small, (0, 0), 3.0)


def _location_odds(place: Image, shift: tuple[float, float], size: tuple[int, int]) -> Image:
    share = np.clip(place, 0.02, 0.98)
    odds = np.log(share / (1 - share)).astype(np.float32)
    if shift != (0.0, 0.0):
        rows, columns = odds.shape
        move = np.array([[1, 0, shift[0] * columns], [0, 1, shift[1] * rows]], np.float32)
        odds = cv2.warpAffine(odds, move, (columns, rows), borderMode=cv2.BORDER_REPLICATE)
    wide: Image = cv2.resize(odds, size[::-1], interpolation=cv2.INTER_LINEAR)
    return wide


def _require_shape(array: Image, shape: tuple[int, ...]) -> Image:
    if array.shape != shape:
        raise ValueError(f"an array of {array.shape} instead of {shape}")
    return array
