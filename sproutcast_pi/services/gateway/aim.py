"""Aiming over HTTP: each question brings the newest look through the camera, and keeps the camera looking."""

from __future__ import annotations

import asyncio

from aiohttp import web

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.services.aiming import Aiming, Look
from sproutcast_pi.services.gateway.endpoints import Endpoints
from sproutcast_pi.services.gateway.guards import HEADERS
from sproutcast_pi.store.callers import allow

PATIENCE_S = 10.0
"""A camera needs some seconds to start."""
LOOK_AGAIN_S = 0.03


class Aim:
    """Serves `GET /v1/aim?after=<number>`."""

    def __init__(self, endpoints: Endpoints, aiming: Aiming | None) -> None:
        self._endpoints = endpoints
        self._aiming = aiming

    def routes(self) -> list[web.RouteDef]:
        """Method, path and handler."""
        return [web.get("/v1/aim", self.aim)]

    async def aim(self, request: web.Request) -> web.Response:
        """A look newer than number `after`, as JPEG; its numbers stand in the headers."""
        visitor = await self._endpoints.enter(request)
        allow("aim", visitor.caller, "carer")
        if self._aiming is None:
            raise RefusedError("There is no camera to look through.", code="unavailable")
        after = request.query.get("after", "0")
        look = await self._newer(self._aiming, int(after) if after.isdecimal() else 0)
        numbers = {
            "X-Number": look.number,
            "X-Sharpness": look.numbers.sharpness,
            "X-Exposure": look.numbers.exposure,
            "X-Burnt": look.numbers.burnt,
        }
        headers = HEADERS | {name: str(value) for name, value in numbers.items()} | {"Cache-Control": "no-store"}
        return web.Response(body=look.jpeg, content_type="image/jpeg", headers=headers)

    @staticmethod
    async def _newer(aiming: Aiming, after: int) -> Look:
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE_S
        while loop.time() < end:
            look, fault = aiming.newest()
            if fault:
                raise RefusedError(fault, code="unavailable")
            if look is not None and look.number > after:
                return look
            await asyncio.sleep(LOOK_AGAIN_S)
        raise RefusedError("The camera sends no picture.", code="unavailable")
