"""Where the official client knocks."""

from __future__ import annotations

from aiohttp import web

from sproutcast_pi.services.gateway.endpoints import Endpoints
from sproutcast_pi.services.gateway.spacetime.messages import PROTOCOLS
from sproutcast_pi.services.gateway.spacetime.session import SpacetimeSession


class SpacetimeEndpoints:
    """`GET /v1/database/<any name>/subscribe`; the token endpoint is shared with our own protocol."""

    def __init__(self, endpoints: Endpoints) -> None:
        self._endpoints = endpoints

    def routes(self) -> list[web.RouteDef]:
        """Method, path and handler."""
        return [web.get("/v1/database/{name}/subscribe", self.subscribe)]

    async def subscribe(self, request: web.Request) -> web.StreamResponse:
        """The WebSocket, behind the same authentication as everything else."""
        return await self._endpoints.open_websocket(request, SpacetimeSession, PROTOCOLS)
