"""The phone page: static files, all our own, nothing from elsewhere."""

from __future__ import annotations

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


class StaticFiles:
    """Serves `GET /` and its files from memory; open to all, for they say nothing about the plants."""

    def __init__(self) -> None:
        self._files = {
            file.name: (file.read_bytes(), kind)
            for file in files("sproutcast_pi.web").iterdir()
            for suffix, kind in CONTENT_TYPES.items()
            if file.name.endswith(suffix)
        }
        self._catalogues = {language: msgspec.json.encode(page_catalogue(language)) for language in languages()}

    def routes(self) -> list[web.RouteDef]:
        """Method, path and handler of each."""
        return [
            web.get("/", self.index),
            web.get("/v1/catalogue/{language}", self.catalogue),
            *(web.get(f"/{name}", self.file) for name in self._files),
        ]

    async def index(self, request: web.Request) -> web.Response:
        """The page."""
        del request
        return self._response("index.html")

    async def file(self, request: web.Request) -> web.Response:
        """One of its files."""
        return self._response(request.path[1:])

    async def catalogue(self, request: web.Request) -> web.Response:
        """Templates and texts in a language, English where there is none for it; open to all, like the page."""
        language = request.match_info["language"].lower()
        known = next((name for name in (language, language.partition("-")[0]) if name in self._catalogues), "en")
        return web.Response(
            body=self._catalogues[known],
            content_type="application/json",
            headers=SECURITY_HEADERS | {"Cache-Control": "no-cache", "Content-Language": known},
        )

    def _response(self, name: str) -> web.Response:
        body, kind = self._files[name]
        headers = SECURITY_HEADERS | {"Content-Security-Policy": CONTENT_SECURITY_POLICY, "Cache-Control": "no-cache"}
        return web.Response(body=body, content_type=kind, charset="utf-8", headers=headers)
