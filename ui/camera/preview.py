"""Looking through the camera: another thread fetches and decodes, this screen shows the newest."""

from __future__ import annotations

import threading
from collections.abc import Callable

import msgspec

from ui.photos.decode import ImageRequest, Pixels, decode
from ui.photos.source import PhotoSource, PreviewImage

RETRY_S = 0.7
"""After a look that failed: a photograph is being taken, or the camera starts."""


class DecodedPreview(msgspec.Struct, frozen=True, kw_only=True):
    """One look, ready to be drawn; or the sentence why there is none."""

    look: PreviewImage | None = None
    pixels: Pixels | None = None
    fault: str = ""


Post = Callable[[Callable[[], None]], None]


class PreviewReader:
    """Looks from `start` to `stop`, at the size of its place; `heard` runs where `post` brings it."""

    def __init__(self, source: PhotoSource, post: Post, heard: Callable[[DecodedPreview], None]) -> None:
        self._source = source
        self._post = post
        self._heard = heard
        self._stop: threading.Event | None = None

    def start(self, width: int, height: int) -> None:
        """Begin to look."""
        self.stop()
        stop = self._stop = threading.Event()
        threading.Thread(target=self._run, args=(stop, width, height), name="finder", daemon=True).start()

    def stop(self) -> None:
        """Look no more; a look on its way is not told."""
        if self._stop is not None:
            self._stop.set()
            self._stop = None

    def _run(self, stop: threading.Event, width: int, height: int) -> None:
        after = 0
        while not stop.is_set():
            try:
                look = self._source.look(after)
                wish = ImageRequest(path="", width=width, height=height, whole=True)
                seen = DecodedPreview(look=look, pixels=decode(look.jpeg, wish))
                after = look.number
            except (OSError, ValueError) as fault:
                seen = DecodedPreview(fault=str(fault))
            self._deliver(stop, seen)
            if seen.fault:
                stop.wait(RETRY_S)

    def _deliver(self, stop: threading.Event, seen: DecodedPreview) -> None:
        shown = threading.Event()

        def hear() -> None:
            if not stop.is_set():
                self._heard(seen)
            shown.set()

        self._post(hear)
        # One look at a time: a slow panel must not be given more than it can draw.
        shown.wait(RETRY_S)
