"""A camera that shows the photographs of a folder, in name order, again and again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sproutcast_pi.atomic_file import write_atomic
from sproutcast_pi.errors import CameraError, ImageError
from sproutcast_pi.messages.areas import cameras
from sproutcast_pi.ports import CameraSettings, TakenPhoto
from sproutcast_pi.vision.photo.header import ImageHeader, read_header
from sproutcast_pi.vision.photo.reading import check_size

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})
LARGEST_BYTES = 64_000_000


class ReplayCamera:
    """A Camera over the photographs in `folder`; `index` says which one is next and wraps round."""

    def __init__(self, folder: Path, index: int = 0) -> None:
        self._folder = folder
        self._index = index

    def take(self, settings: CameraSettings, path: Path) -> TakenPhoto:
        """Leave the photograph at `path`: a JPEG byte for byte with its EXIF, any other kind encoded as JPEG.

        Raises CameraError when the folder has no photographs or this one can't be read; the next index may do.
        """
        source = self._source()
        jpeg, header = _as_jpeg(source, settings.jpeg_quality)
        try:
            write_atomic(path, jpeg)
        except OSError as fault:
            raise CameraError(
                cameras.NOT_WRITTEN(folder=str(path.parent), reason=fault.strerror or str(fault))
            ) from fault
        return TakenPhoto(
            path=str(path),
            width=header.width,
            height=header.height,
            settings=settings,
            metadata={"camera": "replay", "source": source.name, "index": self._index},
        )

    def preview_frame(self, settings: CameraSettings) -> NDArray[np.uint8]:
        """The photograph as it is seen: one after the other. Raises CameraError as `take` does."""
        jpeg, _ = _as_jpeg(self._source(), settings.jpeg_quality)
        self._index += 1
        picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        if picture is None:
            raise CameraError("The photograph can't be decoded. Remove it from the folder.")
        return np.asarray(picture, np.uint8)

    def close(self) -> None:
        """Nothing is held."""

    def _source(self) -> Path:
        try:
            photographs = sorted(
                one for one in self._folder.iterdir() if one.suffix.lower() in SUFFIXES and not _is_mask(one)
            )
        except OSError as fault:
            raise CameraError(
                f"The folder {self._folder} can't be opened: {fault.strerror}. Name a folder with photographs."
            ) from fault
        if not photographs:
            raise CameraError(cameras.NO_PHOTOS_IN(folder=str(self._folder)))
        return photographs[self._index % len(photographs)]


def _is_mask(path: Path) -> bool:
    """Whether the file is a photograph's mask lying beside it, or hidden."""
    return path.name.startswith(".") or path.stem.endswith("_mask")


def _as_jpeg(source: Path, quality: int) -> tuple[bytes, ImageHeader]:
    """The photograph as JPEG, and its header as it is to be seen; nothing is decoded that should not be."""
    try:
        size = source.stat().st_size
        if size > LARGEST_BYTES:
            raise CameraError(f"{source.name} has {size // 1_000_000} MB: too large for a photograph; remove it.")
        data = source.read_bytes()
    except OSError as fault:
        raise CameraError(f"{source} can't be read: {fault.strerror}. Check the folder's permissions.") from fault
    try:
        header = read_header(data, source.name)
        check_size(header, source.name)
    except ImageError as fault:
        raise CameraError(fault.message) from fault
    return (data if header.kind == "jpeg" else _encoded(data, source.name, quality)), header


def _encoded(data: bytes, name: str, quality: int) -> bytes:
    buffer = np.frombuffer(data, np.uint8)
    try:
        picture: Any = _on_white(cv2.imdecode(buffer, cv2.IMREAD_UNCHANGED))
        if picture is None:
            picture = cv2.imdecode(buffer, cv2.IMREAD_COLOR)
        if picture is not None:
            return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
    except cv2.error as fault:
        raise CameraError(f"{name} can't be decoded: {fault.err}. Remove it from the folder.") from fault
    raise CameraError(f"{name} can't be decoded: the file is damaged. Remove it from the folder.")


def _on_white(picture: Any) -> NDArray[np.uint8] | None:
    """A picture with transparency laid on white paper; None when it has none."""
    if picture is None or picture.ndim != 3 or picture.shape[2] != 4:  # noqa: PLR2004  # blue, green, red, alpha
        return None
    full = float(np.iinfo(picture.dtype).max)
    alpha = picture[:, :, 3:] / full
    return np.asarray((picture[:, :, :3] / full * alpha + 1.0 - alpha) * 255.0, np.uint8)
