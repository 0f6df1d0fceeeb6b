"""The gateway as a service: its own thread and event loop, one application behind both listeners."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from concurrent.futures import ThreadPoolExecutor

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from sproutcast_pi.services.call_pipeline import CallPipeline
from sproutcast_pi.services.camera_preview import CameraPreview
from sproutcast_pi.services.gateway.downloads import Downloads
from sproutcast_pi.services.gateway.endpoints import Endpoints
from sproutcast_pi.services.gateway.fan_out.broadcaster import Broadcaster
from sproutcast_pi.services.gateway.gauges import register_gauges
from sproutcast_pi.services.gateway.listeners import ListenerConnections, listen_unix
from sproutcast_pi.services.gateway.middleware import RequestMiddleware
from sproutcast_pi.services.gateway.photo_files import PhotoFiles
from sproutcast_pi.services.gateway.preview import PreviewEndpoint
from sproutcast_pi.services.gateway.revocation import RevocationMonitor
from sproutcast_pi.services.gateway.session import WebSocketSession
from sproutcast_pi.services.gateway.settings import GatewaySettings
from sproutcast_pi.services.gateway.spacetime.endpoints import SpacetimeEndpoints
from sproutcast_pi.services.gateway.static_files import StaticFiles
from sproutcast_pi.services.gateway.tcp_listener import TcpListener
from sproutcast_pi.services.gateway.websocket_tokens import WebSocketTokens

_logger = logging.getLogger(__name__)

THREADS = 3
"""For what may wait: reading tokens, making subscriptions, opening files; one only waits for the order to stop."""
SHUTDOWN_TIMEOUT_S = 2.0


def _http_logger() -> logging.Logger:
    """The HTTP server's log without what strangers sent that is no HTTP: each was answered with 400."""
    logger = logging.getLogger(f"{__name__}.http")
    if not logger.filters:
        logger.addFilter(lambda record: not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError)))
    return logger


class Gateway:
    """Serves the store until `stop` is set. `ready` is set while it listens, at `port` and at the settings' socket."""

    name = "gateway"

    def __init__(self, pipeline: CallPipeline, settings: GatewaySettings, preview: CameraPreview | None = None) -> None:
        self.settings = settings
        self.ready = threading.Event()
        self.paths: list[str] = []
        """Every path that is served."""
        self._pipeline = pipeline
        self._preview = preview
        self._broadcaster: Broadcaster | None = None
        self._sessions: set[WebSocketSession] = set()
        self._tcp_listener = TcpListener(settings, pipeline.store)
        # Once, not at every start: there is no way to take them back.
        pipeline.store.on_batch_delivered(self._flush)
        register_gauges(pipeline, self.sessions)

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop` is set; raises SproutcastError when no listener can be opened."""
        asyncio.run(self._serve(stop))

    @property
    def port(self) -> int:
        """The TCP port that is open; 0: none is."""
        return self._tcp_listener.port

    def sessions(self) -> list[WebSocketSession]:
        """The open WebSockets."""
        return list(self._sessions)

    def _flush(self) -> None:
        broadcaster = self._broadcaster
        if broadcaster is not None:
            broadcaster.flush()

    async def _serve(self, stop: threading.Event) -> None:
        loop = asyncio.get_running_loop()
        executor = ThreadPoolExecutor(THREADS, thread_name_prefix="gateway")
        loop.set_default_executor(executor)
        settings = self.settings
        local = None if settings.socket is None else listen_unix(settings.socket)
        broadcaster = self._broadcaster = Broadcaster(loop)
        tokens = WebSocketTokens(loop.time)
        connections = ListenerConnections(settings)
        middleware = RequestMiddleware(self._pipeline, settings, tokens, connections)
        endpoints = Endpoints(
            pipeline=self._pipeline,
            broadcaster=broadcaster,
            middleware=middleware,
            tokens=tokens,
            settings=settings,
            sessions=self._sessions,
        )
        revocation = RevocationMonitor(self._pipeline.roles, self._sessions)
        application = web.Application(
            middlewares=middleware.middlewares(),  # type: ignore[arg-type]  # aiohttp's own alias is of Any
            client_max_size=settings.body_bytes,
        )
        seen = (
            PhotoFiles(endpoints, settings.pictures),
            PreviewEndpoint(endpoints, self._preview),
            Downloads(endpoints, self._pipeline.store, settings),
        )
        for part in (endpoints, SpacetimeEndpoints(endpoints, self._pipeline.store.device), *seen, StaticFiles()):
            application.add_routes(part.routes())
        served = [route for route in application.router.routes() if route.method != "OPTIONS" and route.resource]
        self.paths = sorted({route.resource.canonical for route in served if route.resource})
        # A compressed body is nothing any client of ours sends, and what a stranger's becomes is not looked at.
        runner = web.AppRunner(
            application, access_log=None, keepalive_timeout=30.0, logger=_http_logger(), auto_decompress=False
        )
        await runner.setup()
        assert runner.server is not None
        connections.set_server(runner.server)
        servers = [] if local is None else [await loop.create_unix_server(connections.local, sock=local)]
        revocation.start()
        try:
            await self._tcp_listener.open(connections.network)
            self.ready.set()
            _logger.info("listening port=%s socket=%s", self.port, settings.socket)
            await loop.run_in_executor(None, stop.wait)
        finally:
            self.ready.clear()
            self._broadcaster = None
            revocation.stop()
            self._tcp_listener.close()
            for server in servers:
                server.close()
            for session in self.sessions():
                session.close_connection(1001, "the daemon stops")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SHUTDOWN_TIMEOUT_S):
                    await runner.cleanup()
            if settings.socket is not None:
                settings.socket.unlink(missing_ok=True)
            executor.shutdown(wait=False, cancel_futures=True)
