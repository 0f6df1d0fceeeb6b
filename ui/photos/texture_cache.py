"""LRU cache of photo textures, decoded on a worker thread."""

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
"""Encoded files kept, so that ten plants in one photo fetch it once."""

log = logging.getLogger(__name__)


class TextureCache(Generic[Texture]):
    """LRU cache of textures by request. `upload` makes a texture on the UI thread, `post` schedules a call there."""

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
        self._threads = threads or ThreadPoolExecutor(1, thread_name_prefix="photos")
        self._ready: OrderedDict[ImageRequest, tuple[Texture, int]] = OrderedDict()
        self._waiting: dict[ImageRequest, list[TextureCallback[Texture]]] = {}
        self._files: OrderedDict[str, bytes] = OrderedDict()
        self.bytes = 0

    def get(self, request: ImageRequest, on_ready: TextureCallback[Texture]) -> None:
        """Call `on_ready` with the texture: at once if cached, else later; None if it can't be decoded."""
        if request in self._ready:
            self._ready.move_to_end(request)
            on_ready(self._ready[request][0])
            return
        listeners = self._waiting.setdefault(request, [])
        listeners.append(on_ready)
        if len(listeners) == 1:
            self._threads.submit(self._decode, request)

    def forget(self, request: ImageRequest, on_ready: TextureCallback[Texture]) -> None:
        """Cancel a request whose widget is gone."""
        if on_ready in self._waiting.get(request, ()):
            self._waiting[request].remove(on_ready)

    @property
    def waiting(self) -> bool:
        """Whether an image is still being decoded."""
        return bool(self._waiting)

    def close(self) -> None:
        """Stop the thread."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _decode(self, request: ImageRequest) -> None:
        """Fetch and decode; runs on the worker thread."""
        pixels: Pixels | None = None
        if not self._waiting.get(request):
            self._post(lambda: self._on_abandoned(request))
            return
        try:
            pixels = decode(self._file(request.path), request)
        except (OSError, ValueError) as fault:
            log.info("Photograph not shown: %s", fault)
        self._post(lambda: self._on_decoded(request, pixels))

    def _file(self, path: str) -> bytes:
        """Return a file's bytes from a small cache; only the worker thread calls this."""
        if path not in self._files:
            self._files[path] = self._source.read(path)
            while len(self._files) > MAX_FILES:
                self._files.popitem(last=False)
        self._files.move_to_end(path)
        return self._files[path]

    def _on_abandoned(self, request: ImageRequest) -> None:
        """Drop a cancelled request; runs on the UI thread. A renewed request has its own task."""
        if not self._waiting.get(request):
            self._waiting.pop(request, None)

    def _on_decoded(self, request: ImageRequest, pixels: Pixels | None) -> None:
        """Upload, cache and deliver a texture; runs on the UI thread."""
        listeners = self._waiting.pop(request, [])
        if pixels is None:
            for listener in listeners:
                listener(None)
            return
        if request in self._ready:  # requested, cancelled and requested again: decoded twice
            texture = self._ready[request][0]
        else:
            texture = self._upload(pixels)
            self._ready[request] = (texture, len(pixels.data))
            self.bytes += len(pixels.data)
        while self.bytes > self._max_bytes and len(self._ready) > 1:
            _, (_, size) = self._ready.popitem(last=False)
            self.bytes -= size
        for listener in listeners:
            listener(texture)
