"""TCP port of the gateway; while another program has it, the owner is notified and the local socket still serves."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import phones
from sproutcast_pi.services.gateway.listeners import ConnectionLimiter, listen_tcp
from sproutcast_pi.services.gateway.settings import GatewaySettings
from sproutcast_pi.services.health import HealthReporter
from sproutcast_pi.store.engine import Store

_logger = logging.getLogger(__name__)
HEALTH_PART = "gateway"


class TcpListener:
    """`open` it, at once or as soon as it can be had; `port` is 0 until then."""

    def __init__(self, settings: GatewaySettings, store: Store) -> None:
        self.port = 0
        self._settings = settings
        self._health = HealthReporter(store)
        self._server: asyncio.Server | None = None
        self._retry_task: asyncio.Task[None] | None = None

    async def open(self, connections: ConnectionLimiter) -> None:
        """Listen, if the settings want it; raises SproutcastError when it can't be had and is the only listener."""
        if self._settings.host is None:
            return
        try:
            await self._listen(self._settings.host, connections)
        except SproutcastError as error:
            if self._settings.socket is None:
                raise
            _logger.warning("%s", error)
            self._health.submit(HEALTH_PART, "bad", phones.UNREACHABLE(reason=error.message), phones.FREE_PORT())
            self._retry_task = asyncio.create_task(self._retry(self._settings.host, connections))

    def close(self) -> None:
        """Listen no more."""
        if self._retry_task is not None:
            self._retry_task.cancel()
            self._retry_task = None
        if self._server is not None:
            self._server.close()
            self._server = None
        self.port = 0

    async def _retry(self, host: str, connections: ConnectionLimiter) -> None:
        while self._server is None:
            await asyncio.sleep(self._settings.port_retry_s)
            with contextlib.suppress(SproutcastError):
                await self._listen(host, connections)

    async def _listen(self, host: str, connections: ConnectionLimiter) -> None:
        listener = listen_tcp(host, self._settings.port)
        self._server = await asyncio.get_running_loop().create_server(connections, sock=listener)
        self.port = listener.getsockname()[1]
        self._health.clear(HEALTH_PART)
