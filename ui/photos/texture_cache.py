"""Photographs ready to be drawn: asked for by the main thread, made by another, the longest unused forgotten first."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from ui.photos.decode import ImageRequest, Pixels, decode
from ui.photos.source import PhotoSource

Texture = TypeVar("Texture")
TextureCallback = Callable[[Texture | None], None]
Post = Callable[[Callable[[], None]], None]

MAX_TEXTURE_BYTES = 48_000_000
MAX_FILES = 3
"""Encoded photographs kept, so that ten plants in one photograph fetch it once."""

log = logging.getLogger(__name__)


class TextureCache(Generic[Texture]):
    """Gives textures by wish. `upload` turns pixels into a texture on the main thread, `post` gets a call there."""

    def __init__(
        self,
        source: PhotoSource,
        upload: Callable[[Pixels], Texture],
        post: Post,
        *,
        max_bytes: int = MAX_TEXTURE_BYTES,
        threads: ThreadPoolExecutor | None = None,
    ) -> None:
        self._source = source
        self._upload = upload
        self._post = post
        self._max_bytes = max_bytes
        self._threads = threads or ThreadPoolExecutor(1, thread_name_prefix="photographs")
        self._ready: OrderedDict[ImageRequest, tuple[Texture, int]] = OrderedDict()
        self._waiting: dict[ImageRequest, list[TextureCallback[Texture]]] = {}
        self._files: OrderedDict[str, bytes] = OrderedDict()
        self.bytes = 0

    def get(self, wish: ImageRequest, heard: TextureCallback[Texture]) -> None:
        """Hand the texture to `heard`: at once when it is ready, else later; None when it can't be had."""
        if wish in self._ready:
            self._ready.move_to_end(wish)
            heard(self._ready[wish][0])
            return
        listeners = self._waiting.setdefault(wish, [])
        listeners.append(heard)
        if len(listeners) == 1:
            self._threads.submit(self._decode, wish)

    def forget(self, wish: ImageRequest, heard: TextureCallback[Texture]) -> None:
        """Stop waiting for a picture whose place has gone away."""
        if heard in self._waiting.get(wish, ()):
            self._waiting[wish].remove(heard)

    @property
    def waiting(self) -> bool:
        """Whether a picture is still being made."""
        return bool(self._waiting)

    def close(self) -> None:
        """Stop the thread."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _decode(self, wish: ImageRequest) -> None:
        """Run on the other thread: fetch and decode."""
        pixels: Pixels | None = None
        if not self._waiting.get(wish):
            self._post(lambda: self._on_abandoned(wish))
            return
        try:
            pixels = decode(self._file(wish.path), wish)
        except (OSError, ValueError) as fault:
            log.info("Photograph not shown: %s", fault)
        self._post(lambda: self._on_decoded(wish, pixels))

    def _file(self, path: str) -> bytes:
        """Return a file, from the few kept ones if it is among them. Only the one decoding thread comes here."""
        if path not in self._files:
            self._files[path] = self._source.read(path)
            while len(self._files) > MAX_FILES:
                self._files.popitem(last=False)
        self._files.move_to_end(path)
        return self._files[path]

    def _on_abandoned(self, wish: ImageRequest) -> None:
        """Run on the main thread: nobody waited any more. Whoever asked again since has its own turn coming."""
        if not self._waiting.get(wish):
            self._waiting.pop(wish, None)

    def _on_decoded(self, wish: ImageRequest, pixels: Pixels | None) -> None:
        """Run on the main thread: upload, remember, hand out."""
        heard = self._waiting.pop(wish, [])
        if pixels is None:
            for listener in heard:
                listener(None)
            return
        if wish in self._ready:  # asked for, given up and asked for again: made twice
            texture = self._ready[wish][0]
        else:
            texture = self._upload(pixels)
            self._ready[wish] = (texture, len(pixels.data))
            self.bytes += len(pixels.data)
        while self.bytes > self._max_bytes and len(self._ready) > 1:
            _, (_, size) = self._ready.popitem(last=False)
            self.bytes -= size
        for listener in heard:
            listener(texture)
