"""Where the official client knocks."""

from __future__ import annotations

from aiohttp import web

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.services.gateway.endpoints import Endpoints
from sproutcast_pi.services.gateway.spacetime.messages import PROTOCOLS
from sproutcast_pi.services.gateway.spacetime.session import SpacetimeSession

DATABASE_NAME = "sproutcast"


class SpacetimeEndpoints:
    """`GET /v1/database/sproutcast/subscribe`; the token endpoint is shared with our own protocol."""

    def __init__(self, endpoints: Endpoints, device: str) -> None:
        self._endpoints = endpoints
        self._device = device

    def routes(self) -> list[web.RouteDef]:
        """Method, path and handler."""
        return [web.get("/v1/database/{name}/subscribe", self.subscribe)]

    async def subscribe(self, request: web.Request) -> web.StreamResponse:
        """The WebSocket, behind the same authentication as everything else; the device's id names the database too."""
        name = request.match_info["name"]
        if name not in {DATABASE_NAME, self._device}:
            await self._endpoints.authenticate(request)
            raise RefusedError(
                f'There is no database {name[:80]!r} here; this one is "{DATABASE_NAME}".', code="not_found"
            )
        return await self._endpoints.open_websocket(request, SpacetimeSession, PROTOCOLS)
