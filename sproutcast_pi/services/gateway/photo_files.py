"""Photographs, thumbnails and overlays: files of one folder, for those who have shown who they are."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import phones
from sproutcast_pi.services.gateway.endpoints import Endpoints
from sproutcast_pi.services.gateway.middleware import SECURITY_HEADERS

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
CACHE_CONTROL = "private, max-age=31536000, immutable"
"""A picture's name is never given to another one."""


class PhotoFiles:
    """Serves `GET /v1/pictures/<path>` with Range and ETag."""

    def __init__(self, endpoints: Endpoints, folder: Path | None) -> None:
        self._endpoints = endpoints
        self._folder = folder.resolve() if folder is not None else None

    def routes(self) -> list[web.RouteDef]:
        """Method, path and handler."""
        return [web.get("/v1/pictures/{path:.+}", self.photo)]

    async def photo(self, request: web.Request) -> web.StreamResponse:
        """One file; everything that is not a picture of the folder is not there."""
        await self._endpoints.authenticate(request)
        path = self._resolve(request.match_info["path"])
        if path is None:
            raise RefusedError(phones.NO_SUCH_PHOTO(), code="not_found")
        return web.FileResponse(path, headers=SECURITY_HEADERS | {"Cache-Control": CACHE_CONTROL})

    def _resolve(self, name: str) -> Path | None:
        """The file of that name when it lies in the folder, links followed."""
        if self._folder is None or "\0" in name:
            return None
        try:
            path = (self._folder / name).resolve()
            found = path.is_relative_to(self._folder) and path.suffix.lower() in SUFFIXES and path.is_file()
        except (OSError, ValueError):
            return None
        return path if found else None
