"""Live camera preview: fetched and decoded on a thread, the newest image is displayed."""

from __future__ import annotations

import threading
from collections.abc import Callable

import msgspec

from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.messages.message import Message
from ui.photos.decode import ImageRequest, Pixels, decode
from ui.photos.source import PhotoSource, PreviewImage

RETRY_S = 0.7
"""Pause after a failed request: a photo is being taken, or the camera starts."""


class DecodedPreview(msgspec.Struct, frozen=True, kw_only=True):
    """A decoded preview image, or the error message."""

    image: PreviewImage | None = None
    pixels: Pixels | None = None
    fault: Message | None = None


Post = Callable[[Callable[[], None]], None]


class PreviewReader:
    """Thread that fetches previews from `start` to `stop`; `post` runs `on_preview` on the UI thread."""

    def __init__(self, source: PhotoSource, post: Post, on_preview: Callable[[DecodedPreview], None]) -> None:
        self._source = source
        self._post = post
        self._on_preview = on_preview
        self._stop: threading.Event | None = None

    def start(self, width: int, height: int) -> None:
        """Start fetching previews."""
        self.stop()
        stop = self._stop = threading.Event()
        threading.Thread(target=self._run, args=(stop, width, height), name="finder", daemon=True).start()

    def stop(self) -> None:
        """Stop fetching; a preview in flight is dropped."""
        if self._stop is not None:
            self._stop.set()
            self._stop = None

    def _run(self, stop: threading.Event, width: int, height: int) -> None:
        after = 0
        while not stop.is_set():
            try:
                image = self._source.preview(after)
                request = ImageRequest(path="", width=width, height=height, whole=True)
                seen = DecodedPreview(image=image, pixels=decode(image.jpeg, request))
                after = image.number
            except (OSError, ValueError) as fault:
                seen = DecodedPreview(fault=cause(fault))
            self._deliver(stop, seen)
            if seen.fault is not None:
                stop.wait(RETRY_S)

    def _deliver(self, stop: threading.Event, seen: DecodedPreview) -> None:
        shown = threading.Event()

        def deliver() -> None:
            if not stop.is_set():
                self._on_preview(seen)
            shown.set()

        self._post(deliver)
        # One preview at a time: a slow panel must not receive more than it can draw.
        shown.wait(RETRY_S)
