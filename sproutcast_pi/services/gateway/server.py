"""The gateway as a service: its own thread and event loop, one application behind both doors."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from concurrent.futures import ThreadPoolExecutor

from aiohttp import web

from sproutcast_pi.services.aiming import Aiming
from sproutcast_pi.services.front_door import FrontDoor
from sproutcast_pi.services.gateway.aim import Aim
from sproutcast_pi.services.gateway.doors import Connections, unix_socket
from sproutcast_pi.services.gateway.endpoints import Endpoints
from sproutcast_pi.services.gateway.gauges import add_gauges
from sproutcast_pi.services.gateway.guards import Guards
from sproutcast_pi.services.gateway.hub import Hub
from sproutcast_pi.services.gateway.network_door import NetworkDoor
from sproutcast_pi.services.gateway.pages import Pages
from sproutcast_pi.services.gateway.pictures import Pictures
from sproutcast_pi.services.gateway.revoking import Revoking
from sproutcast_pi.services.gateway.session import Session
from sproutcast_pi.services.gateway.settings import GatewaySettings
from sproutcast_pi.services.gateway.spacetime.endpoints import SpacetimeEndpoints
from sproutcast_pi.services.gateway.tickets import Tickets

_logger = logging.getLogger(__name__)

THREADS = 3
"""For what may wait: reading tokens, making subscriptions, opening files; one only waits for the order to stop."""
GOODBYE_S = 2.0


class Gateway:
    """Serves the store until told to stop. `ready` is set while it listens, at `port` and at the settings' socket."""

    name = "gateway"

    def __init__(self, door: FrontDoor, settings: GatewaySettings, aiming: Aiming | None = None) -> None:
        self.settings = settings
        self.ready = threading.Event()
        self.paths: list[str] = []
        """Every path that is served."""
        self._door = door
        self._aiming = aiming
        self._hub: Hub | None = None
        self._open: set[Session] = set()
        self._network = NetworkDoor(settings, door.store)
        # Once, not at every start: there is no way to take them back.
        door.store.on_told(self._told)
        add_gauges(door, self.sessions)

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop` is set; raises SproutcastError when no door can be opened."""
        asyncio.run(self._serve(stop))

    @property
    def port(self) -> int:
        """The TCP port that is open; 0: none is."""
        return self._network.port

    def sessions(self) -> list[Session]:
        """The open WebSockets."""
        return list(self._open)

    def _told(self) -> None:
        hub = self._hub
        if hub is not None:
            hub.told()

    async def _serve(self, stop: threading.Event) -> None:
        loop = asyncio.get_running_loop()
        executor = ThreadPoolExecutor(THREADS, thread_name_prefix="gateway")
        loop.set_default_executor(executor)
        settings = self.settings
        local = None if settings.socket is None else unix_socket(settings.socket)
        hub = self._hub = Hub(loop)
        tickets = Tickets(loop.time)
        guards = Guards(self._door, settings, tickets)
        endpoints = Endpoints(
            door=self._door, hub=hub, guards=guards, tickets=tickets, settings=settings, sessions=self._open
        )
        revoking = Revoking(self._door.store, self._open, tickets)
        connections = Connections(settings)
        middlewares = (connections.middleware(), *guards.middlewares())
        application = web.Application(
            middlewares=middlewares,  # type: ignore[arg-type]  # aiohttp's own alias is of Any
            client_max_size=settings.body_bytes,
        )
        seen = (Pictures(endpoints, settings.pictures), Aim(endpoints, self._aiming))
        for part in (endpoints, SpacetimeEndpoints(endpoints), *seen, Pages()):
            application.add_routes(part.routes())
        served = [route for route in application.router.routes() if route.method != "OPTIONS" and route.resource]
        self.paths = sorted({route.resource.canonical for route in served if route.resource})
        runner = web.AppRunner(application, access_log=None, keepalive_timeout=30.0)
        await runner.setup()
        assert runner.server is not None
        connections.serve(runner.server)
        servers = [] if local is None else [await loop.create_unix_server(connections, sock=local)]
        await loop.run_in_executor(None, revoking.start)
        try:
            await self._network.open(connections)
            self.ready.set()
            _logger.info("listening port=%s socket=%s", self.port, settings.socket)
            await loop.run_in_executor(None, stop.wait)
        finally:
            self.ready.clear()
            self._hub = None
            revoking.stop()
            self._network.close()
            for server in servers:
                server.close()
            for session in self.sessions():
                session.hang_up(1001, "the daemon stops")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GOODBYE_S):
                    await runner.cleanup()
            if settings.socket is not None:
                settings.socket.unlink(missing_ok=True)
            executor.shutdown(wait=False, cancel_futures=True)
