"""Decoder that crops and scales a photo to its display size."""

from __future__ import annotations

from typing import Any

import msgspec

MARGIN = 0.18
"""Margin around a plant's box, as a share of it."""


class ImageRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Key of a decoded image: path, size in pixels, crop, fill or fit, rounded corners."""

    path: str
    width: int
    height: int
    crop: tuple[float, float, float, float] | None = None
    """x, y (from the top), width, height as shares of the frame."""
    whole: bool = False
    """Fit the whole image; else fill the target and crop the rest."""
    corners: tuple[float, float, float, float] = (0, 0, 0, 0)
    """Radius in pixels: top left, top right, bottom right, bottom left."""


class Pixels(msgspec.Struct, frozen=True):
    """RGBA bytes, top row first."""

    width: int
    height: int
    data: bytes


def crop_window(frame: tuple[int, int], request: ImageRequest) -> tuple[int, int, int, int]:
    """Return the part of the frame to show (x, y, width, height in pixels), in the target's aspect ratio.

    The crop stays centred as far as the frame allows.
    """
    frame_w, frame_h = frame
    x, y, w, h = request.crop or (0.0, 0.0, 1.0, 1.0)
    margin = MARGIN if request.crop else 0.0
    cx, cy = (x + w / 2) * frame_w, (y + h / 2) * frame_h
    part_w, part_h = max(1.0, w * frame_w * (1 + 2 * margin)), max(1.0, h * frame_h * (1 + 2 * margin))
    aspect = request.width / request.height
    if request.crop:
        part_w, part_h = max(part_w, part_h * aspect), max(part_h, part_w / aspect)
    else:
        part_w, part_h = min(part_w, part_h * aspect), min(part_h, part_w / aspect)
    shrink = min(1.0, frame_w / part_w, frame_h / part_h)
    part_w, part_h = part_w * shrink, part_h * shrink
    left = min(max(0.0, cx - part_w / 2), frame_w - part_w)
    top = min(max(0.0, cy - part_h / 2), frame_h - part_h)
    return (int(left), int(top), max(1, int(part_w)), max(1, int(part_h)))


def decode(data: bytes, request: ImageRequest) -> Pixels:
    """Decode, crop, scale and round an image. Raises ValueError when the bytes are not an image."""
    import cv2  # noqa: PLC0415 - only the decoding thread needs it, the first frame does not wait for it
    import numpy as np  # noqa: PLC0415 - as above

    raw = np.frombuffer(data, np.uint8)
    reduced = cv2.imdecode(raw, cv2.IMREAD_REDUCED_COLOR_2)
    if reduced is None:
        raise ValueError(f"{request.path} is not a picture that can be shown.")
    part = crop_window((reduced.shape[1], reduced.shape[0]), request)
    if request.whole:
        scale = min(request.width / reduced.shape[1], request.height / reduced.shape[0])
        width, height = max(1, round(reduced.shape[1] * scale)), max(1, round(reduced.shape[0] * scale))
        part = (0, 0, reduced.shape[1], reduced.shape[0])
    else:
        width, height = request.width, request.height
    frame: Any = reduced
    if part[2] < width:  # the reduced decode has too few pixels for the target
        frame = cv2.imdecode(raw, cv2.IMREAD_COLOR)
        factor = frame.shape[1] / reduced.shape[1]
        part = (int(part[0] * factor), int(part[1] * factor), int(part[2] * factor), int(part[3] * factor))
    x, y, w, h = part
    cut = frame[y : y + h, x : x + w]
    fine = cv2.INTER_AREA if cut.shape[1] >= width else cv2.INTER_CUBIC
    sized = cv2.resize(cut, (width, height), interpolation=fine)
    picture = cv2.cvtColor(sized, cv2.COLOR_BGR2RGBA)
    if any(request.corners):
        picture[:, :, 3] = rounded(width, height, request.corners)
    return Pixels(width, height, picture.tobytes())


def rounded(width: int, height: int, corners: tuple[float, float, float, float]) -> Any:
    """Return an opacity mask with smooth round corners."""
    import numpy as np  # noqa: PLC0415 - as above

    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32) + 0.5
    mask = np.ones((height, width), np.float32)
    centres = ((0, 0), (width, 0), (width, height), (0, height))
    for radius, (cx, cy) in zip(corners, centres, strict=True):
        if radius <= 0:
            continue
        ox, oy = abs(cx - radius), abs(cy - radius)
        outside = (xs < radius if cx == 0 else xs > width - radius) & (ys < radius if cy == 0 else ys > height - radius)
        away = np.hypot(xs - ox, ys - oy)
        mask = np.where(outside, np.minimum(mask, np.clip(radius - away + 0.5, 0, 1)), mask)
    return (mask * 255).astype(np.uint8)
