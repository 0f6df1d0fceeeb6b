"""The TCP port of the gateway: while another program has it, the owner is told, and our own socket serves on."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from sproutcast_pi.errors import RefusedError, SproutcastError
from sproutcast_pi.services.gateway.doors import Connections, network_socket
from sproutcast_pi.services.gateway.settings import GatewaySettings
from sproutcast_pi.store.engine import INTERNAL, Store

_logger = logging.getLogger(__name__)
PART = "gateway"
ADVICE = "End the program that has the port, or name another in the configuration; it is tried again by itself."


class NetworkDoor:
    """`open` it, at once or as soon as it can be had; `port` is 0 until then."""

    def __init__(self, settings: GatewaySettings, store: Store) -> None:
        self.port = 0
        self._settings = settings
        self._store = store
        self._server: asyncio.Server | None = None
        self._knocking: asyncio.Task[None] | None = None

    async def open(self, connections: Connections) -> None:
        """Listen, if the settings want it; raises SproutcastError when it can't be had and is the only door."""
        if self._settings.host is None:
            return
        try:
            await self._listen(self._settings.host, connections)
        except SproutcastError as error:
            if self._settings.socket is None:
                raise
            _logger.warning("%s", error)
            self._tell("set_health", state="bad", message=f"Phones can't reach this device: {error}", advice=ADVICE)
            self._knocking = asyncio.create_task(self._knock(self._settings.host, connections))

    def close(self) -> None:
        """Listen no more."""
        if self._knocking is not None:
            self._knocking.cancel()
            self._knocking = None
        if self._server is not None:
            self._server.close()
            self._server = None
        self.port = 0

    async def _knock(self, host: str, connections: Connections) -> None:
        while self._server is None:
            await asyncio.sleep(self._settings.port_again_s)
            with contextlib.suppress(SproutcastError):
                await self._listen(host, connections)

    async def _listen(self, host: str, connections: Connections) -> None:
        listener = network_socket(host, self._settings.port)
        self._server = await asyncio.get_running_loop().create_server(connections, sock=listener)
        self.port = listener.getsockname()[1]
        self._tell("clear_health")

    def _tell(self, reducer: str, **said: str) -> None:
        with contextlib.suppress(RefusedError):
            self._store.submit(reducer, {"part": PART, **said}, caller=INTERNAL)
