"""The phone page: static files, all our own, nothing from elsewhere."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files

import msgspec
from aiohttp import web

from sproutcast_pi.messages.page_catalogue import page_catalogue
from sproutcast_pi.messages.translations import languages
from sproutcast_pi.services.gateway.middleware import SECURITY_HEADERS

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
CONTENT_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}


class StaticFile(msgspec.Struct, frozen=True):
    """A file kept compressed, as every browser takes it."""

    compressed: bytes
    kind: str
    etag: str

    @classmethod
    def of(cls, content: bytes, kind: str) -> StaticFile:
        """Compress a file once."""
        return cls(gzip.compress(content, mtime=0), kind, f'"{sha256(content).hexdigest()[:16]}"')


class StaticFiles:
    """Serves `GET /` and its files from memory; open to all, for they say nothing about the plants."""

    def __init__(self) -> None:
        self._files = {
            file.name: StaticFile.of(file.read_bytes(), kind)
            for file in files("sproutcast_pi.web").iterdir()
            for suffix, kind in CONTENT_TYPES.items()
            if file.name.endswith(suffix)
        }
        self._catalogues = {
            language: StaticFile.of(msgspec.json.encode(page_catalogue(language)), "application/json")
            for language in languages()
        }

    def routes(self) -> list[web.RouteDef]:
        """Method, path and handler of each."""
        return [
            web.get("/", self.index),
            web.get("/v1/catalogue/{language}", self.catalogue),
            *(web.get(f"/{name}", self.file) for name in self._files),
        ]

    async def index(self, request: web.Request) -> web.Response:
        """The page."""
        return _response(request, self._files["index.html"])

    async def file(self, request: web.Request) -> web.Response:
        """One of its files."""
        return _response(request, self._files[request.path[1:]])

    async def catalogue(self, request: web.Request) -> web.Response:
        """Templates and texts in a language, English where there is none for it; open to all, like the page."""
        language = request.match_info["language"].lower()
        known = next((name for name in (language, language.partition("-")[0]) if name in self._catalogues), "en")
        return _response(request, self._catalogues[known], {"Content-Language": known})


def _response(request: web.Request, file: StaticFile, more: Mapping[str, str] | None = None) -> web.Response:
    """The file, or 304 where the browser has it already."""
    headers = SECURITY_HEADERS | {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "Cache-Control": "no-cache",
        "ETag": file.etag,
        "Vary": "Accept-Encoding",
        **(more or {}),
    }
    if request.headers.get("If-None-Match") == file.etag:
        return web.Response(status=304, headers=headers)
    body = file.compressed
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        headers["Content-Encoding"] = "gzip"
    else:
        body = gzip.decompress(body)
    return web.Response(body=body, content_type=file.kind, charset="utf-8", headers=headers)
