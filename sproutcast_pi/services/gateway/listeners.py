"""The sockets we listen on, and the connections they may make."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

from aiohttp import web

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.services.gateway.middleware import HttpHandler, HttpMiddleware
from sproutcast_pi.services.gateway.settings import GatewaySettings

SOCKET_MODE = 0o660
BACKLOG = 128


def listen_unix(path: Path) -> socket.socket:
    """Listen at `path` for our own user and group; a socket a dead daemon left behind is replaced.

    Raises SproutcastError when a living one listens there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.connect(str(path))
    except (ConnectionRefusedError, FileNotFoundError):
        path.unlink(missing_ok=True)
    else:
        listener.close()
        raise SproutcastError(f"Another daemon listens at {path}; stop it first.")
    try:
        path.with_suffix(".new").unlink(missing_ok=True)
        listener.bind(str(path.with_suffix(".new")))
        path.with_suffix(".new").chmod(SOCKET_MODE)
        listener.listen(BACKLOG)
        # Only now may anybody find it: never with another mode, never before it listens.
        path.with_suffix(".new").rename(path)
    except OSError as error:
        listener.close()
        raise SproutcastError(f"The socket {path} can't be made: {error.strerror or error}.") from error
    return listener


def listen_tcp(host: str, port: int) -> socket.socket:
    """Listen at a TCP address; raises SproutcastError when it is taken."""
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=BACKLOG
        )
    except OSError as error:
        raise SproutcastError(f"Port {port} at {host} can't be opened: {error.strerror or error}.") from error


class ConnectionLimiter:
    """Makes a protocol for each connection, closes those that never ask, and refuses beyond a number."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._settings = settings
        self._server: web.Server | None = None
        self._idle_timers: dict[object, asyncio.TimerHandle] = {}

    def set_server(self, server: web.Server) -> None:
        """Hand new connections to this server."""
        self._server = server

    def middleware(self) -> HttpMiddleware:
        """Takes note that a connection has asked something."""

        @web.middleware
        async def note(request: web.Request, handler: HttpHandler) -> web.StreamResponse:
            timer = self._idle_timers.pop(request.protocol, None)
            if timer is not None:
                timer.cancel()
            return await handler(request)

        return note

    def __call__(self) -> asyncio.Protocol:
        """A protocol for a new connection."""
        assert self._server is not None
        if len(self._server.connections) >= self._settings.max_connections:
            return _RejectConnection()
        handler = self._server()
        loop = asyncio.get_running_loop()
        self._idle_timers[handler] = loop.call_later(self._settings.headers_s, self._close_idle, handler)
        return handler

    def _close_idle(self, handler: web.RequestHandler) -> None:
        self._idle_timers.pop(handler, None)
        handler.force_close()


class _RejectConnection(asyncio.Protocol):
    """Hangs up at once."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()
