"""Aiming over HTTP: each question brings the newest look through the camera, and keeps the camera looking."""

from __future__ import annotations

import asyncio

from aiohttp import web

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import cameras
from sproutcast_pi.services.camera_preview import CameraPreview, PreviewFrame
from sproutcast_pi.services.gateway.endpoints import Endpoints
from sproutcast_pi.services.gateway.middleware import SECURITY_HEADERS
from sproutcast_pi.store.callers import require_role

TIMEOUT_S = 10.0
"""A camera needs some seconds to start."""
POLL_S = 0.03
MAX_DIGITS = 16


class PreviewEndpoint:
    """Serves `GET /v1/aim?after=<number>`."""

    def __init__(self, endpoints: Endpoints, preview: CameraPreview | None) -> None:
        self._endpoints = endpoints
        self._preview = preview

    def routes(self) -> list[web.RouteDef]:
        """Method, path and handler."""
        return [web.get("/v1/aim", self.preview_frame)]

    async def preview_frame(self, request: web.Request) -> web.Response:
        """A look newer than number `after`, as JPEG; its numbers are in the headers."""
        principal = await self._endpoints.authenticate(request)
        require_role("aim", principal.caller, "carer")
        if self._preview is None:
            raise RefusedError(cameras.NO_PREVIEW(), code="unavailable")
        after = request.query.get("after", "0")
        look = await self._newer(self._preview, int(after) if after.isdecimal() and len(after) < MAX_DIGITS else 0)
        numbers = {
            "X-Number": look.number,
            "X-Sharpness": look.stats.sharpness,
            "X-Exposure": look.stats.exposure,
            "X-Burnt": look.stats.burnt,
        }
        headers = (
            SECURITY_HEADERS | {name: str(value) for name, value in numbers.items()} | {"Cache-Control": "no-store"}
        )
        return web.Response(body=look.jpeg, content_type="image/jpeg", headers=headers)

    @staticmethod
    async def _newer(preview: CameraPreview, after: int) -> PreviewFrame:
        loop = asyncio.get_running_loop()
        end = loop.time() + TIMEOUT_S
        while loop.time() < end:
            look, fault = preview.newest()
            if fault:
                raise RefusedError(fault, code="unavailable")
            if look is not None and look.number > after:
                return look
            await asyncio.sleep(POLL_S)
        raise RefusedError(cameras.PREVIEW_SILENT(), code="unavailable")
