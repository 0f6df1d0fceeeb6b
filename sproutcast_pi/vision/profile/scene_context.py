"""Scene context of a photo: site profile and camera movement (registration).

Phase correlation (Kuglin & Hines 1975) of two small grey views of the place, with the Hann window of OpenCV; its
response is the share of the picture that agrees on one shift. Small shifts are corrected by moving the regions and the
profile's place prior; a large one, or no agreement, means that the camera was moved.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import msgspec
import numpy as np

from sproutcast_pi.errors import ImageError
from sproutcast_pi.messages.areas import photo_notes
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.messages.message import Message
from sproutcast_pi.vision.colour.exposure_ratio import MIN_RATIO_WITHOUT_PROFILE, exposure_ratio, exposure_warning
from sproutcast_pi.vision.photo.photo_file import read_photo
from sproutcast_pi.vision.profile.profile import ProfileError, SiteProfile, read_profile, view_of
from sproutcast_pi.vision.types import Image, MeasureRequest

MAX_SHIFT = 0.06
"""Of the frame: shifts up to this are corrected."""
MIN_RESPONSE = 0.06
"""Phase correlation's response below which no shift explains the picture."""
MIN_SIMILARITY = 0.35
"""Correlation of the two views, once shifted, below which it is another scene."""


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """Shift of a photo against an earlier one, in shares of the frame."""

    dx: float
    dy: float
    response: float
    similarity: float

    @property
    def camera_moved(self) -> bool:
        """Whether the camera was moved (or something large blocks the view)."""
        return self.similarity < MIN_SIMILARITY or max(abs(self.dx), abs(self.dy)) > MAX_SHIFT


def shift_between(earlier: Image, now: Image) -> Shift:
    """Shift between two grey views (uint8) of the same size."""
    height, width = earlier.shape
    first, second = _local_contrast(earlier), _local_contrast(now)
    window = cv2.createHanningWindow((width, height), cv2.CV_32F)
    (dx, dy), response = cv2.phaseCorrelate(first, second, window)
    if response < MIN_RESPONSE or max(abs(dx) / width, abs(dy) / height) > 2 * MAX_SHIFT:
        still = _similarity(first, second)
        if still >= MIN_SIMILARITY:
            return Shift(dx=0.0, dy=0.0, response=response, similarity=still)
    back = np.array([[1, 0, -dx], [0, 1, -dy]], np.float32)
    moved = cv2.warpAffine(second, back, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return Shift(dx=dx / width, dy=dy / height, response=response, similarity=_similarity(first, moved))


def _local_contrast(view: Image) -> Image:
    """Local contrast, invariant to exposure and direction of light."""
    floats = view.astype(np.float32)
    mean = cv2.blur(floats, (31, 31))
    spread = cv2.sqrt(cv2.blur((floats - mean) ** 2, (31, 31))) + 4.0
    flat: Image = (floats - mean) / spread
    return flat


def _similarity(first: Image, second: Image) -> float:
    inner = (slice(8, -8), slice(8, -8))
    return float(np.corrcoef(first[inner].ravel(), second[inner].ravel())[0, 1])


Region = tuple[tuple[float, float], ...]


class SceneContext(msgspec.Struct, frozen=True, kw_only=True):
    """Available context of the site."""

    profile: SiteProfile | None = None
    shift: tuple[float, float] = (0.0, 0.0)
    """Shift of the photo to the right and below the reference, in shares of the frame."""
    brightness: float | None = None
    """Brightness relative to the profile's training frame."""
    reasons: tuple[Message, ...] = ()
    refusal: Message | None = None
    """Why the photo must be refused."""

    def shift_region(self, region: Region | None) -> Region | None:
        """Shift a region drawn on the reference to this photo."""
        if region is None or self.shift == (0.0, 0.0):
            return region
        dx, dy = self.shift
        return tuple((min(max(x + dx, 0.0), 1.0), min(max(y + dy, 0.0), 1.0)) for x, y in region)


def load_scene_context(bgr: Image, request: MeasureRequest) -> SceneContext:
    """Load the requested context; unreadable parts become reasons, not errors."""
    reasons: list[Message] = []
    profile: SiteProfile | None = None
    earlier: Image | None = None
    if request.profile is not None:
        try:
            profile = read_profile(Path(request.profile))
            earlier = profile.view
        except ProfileError as error:
            reasons.append(photo_notes.PROFILE_UNREADABLE(reason=cause(error)))
    if request.reference is not None:
        try:
            earlier = view_of(read_photo(Path(request.reference)).bgr)
        except ImageError as error:
            reasons.append(photo_notes.SHIFT_UNKNOWN(reason=cause(error)))
    if earlier is None:
        return SceneContext(profile=profile, reasons=tuple(reasons))
    now = view_of(bgr)
    shift = shift_between(earlier, now)
    if shift.camera_moved:
        reasons.append(_camera_moved_message(shift))
        return SceneContext(profile=profile, reasons=tuple(reasons))
    way = (shift.dx, shift.dy)
    ratio = exposure_ratio(earlier, now, way)
    warning = exposure_warning(ratio)
    return SceneContext(
        profile=profile,
        shift=way,
        brightness=None if profile is None else exposure_ratio(profile.view, now, way),
        reasons=(*reasons, *([warning] if warning else [])),
        refusal=warning if profile is None and ratio is not None and ratio < MIN_RATIO_WITHOUT_PROFILE else None,
    )


def _camera_moved_message(shift: Shift) -> Message:
    if max(abs(shift.dx), abs(shift.dy)) > 0 and shift.similarity > 0:
        far = max(abs(shift.dx), abs(shift.dy)) * 100
        return photo_notes.PLACE_MOVED(share=far)
    return photo_notes.PLACE_DIFFERENT()
