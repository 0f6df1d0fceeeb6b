"""Camera that replays the photos of a folder in name order, in a loop."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sproutcast_pi.atomic_file import write_atomic
from sproutcast_pi.errors import CameraError, ImageError
from sproutcast_pi.messages.areas import cameras
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.ports import CameraSettings, TakenPhoto
from sproutcast_pi.shown_name import shown_name
from sproutcast_pi.vision.photo.decode import decode
from sproutcast_pi.vision.photo.folder import list_folder
from sproutcast_pi.vision.photo.header import read_header
from sproutcast_pi.vision.photo.parsed_header import ImageHeader
from sproutcast_pi.vision.photo.photo_file import check_size, read_photo_file


class ReplayCamera:
    """Camera over the photos in `folder`; `index` selects the next one and wraps around."""

    def __init__(self, folder: Path, index: int = 0) -> None:
        self._folder = folder
        self._index = index

    def take(self, settings: CameraSettings, path: Path) -> TakenPhoto:
        """Write the photo to `path`: a JPEG byte for byte with its EXIF, other formats re-encoded as JPEG.

        Raises CameraError when the folder has no photos or this one can't be read; the next index may succeed.
        """
        source = self._source()
        data, header = _read(source)
        jpeg = data if header.kind == "jpeg" else _encode(_decode(data, header), settings.jpeg_quality)
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
            metadata={"camera": "replay", "source": shown_name(source.name), "index": self._index},
        )

    def preview_frame(self, _settings: CameraSettings) -> NDArray[np.uint8]:
        """Return the next photo as a preview frame. Raises CameraError as `take` does."""
        picture = _decode(*_read(self._source()))
        self._index += 1
        return picture

    def close(self) -> None:
        """Nothing to release."""

    def _source(self) -> Path:
        listing = list_folder(self._folder, deep=False)
        for fault in listing.unreadable:
            raise CameraError(cameras.FOLDER_UNREADABLE(folder=shown_name(self._folder), reason=cause(fault)))
        if not listing.photos:
            raise CameraError(cameras.NO_PHOTOS_IN(folder=shown_name(self._folder)))
        return listing.photos[self._index % len(listing.photos)]


def _read(source: Path) -> tuple[bytes, ImageHeader]:
    """Read a photo's file and header without decoding it. Raises CameraError."""
    name = shown_name(source.name)
    try:
        data = read_photo_file(source, name)
        header = read_header(data, name)
        check_size(header, name)
    except ImageError as fault:
        raise CameraError(fault.message) from fault
    return data, header


def _decode(data: bytes, header: ImageHeader) -> NDArray[np.uint8]:
    try:
        return np.asarray(decode(data, header, 1, "The photograph")[0], np.uint8)
    except ImageError as fault:
        raise CameraError(fault.message) from fault


def _encode(picture: NDArray[np.uint8], quality: int) -> bytes:
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
