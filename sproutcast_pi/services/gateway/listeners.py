"""The sockets we listen on, and the connections they may make."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections import Counter
from pathlib import Path

from aiohttp import web

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import phones
from sproutcast_pi.messages.areas.causes import cause
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
        raise SproutcastError(phones.SOCKET_IN_USE(path=str(path)))
    try:
        path.with_suffix(".new").unlink(missing_ok=True)
        listener.bind(str(path.with_suffix(".new")))
        path.with_suffix(".new").chmod(SOCKET_MODE)
        listener.listen(BACKLOG)
        # Only now may anybody find it: never with another mode, never before it listens.
        path.with_suffix(".new").rename(path)
    except OSError as error:
        listener.close()
        raise SproutcastError(phones.NO_SOCKET(path=str(path), reason=cause(error))) from error
    return listener


def listen_tcp(host: str, port: int) -> socket.socket:
    """Listen at a TCP address; raises SproutcastError when it is taken."""
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=BACKLOG
        )
    except OSError as error:
        raise SproutcastError(phones.NO_PORT(port=str(port), host=host, reason=cause(error))) from error


class ConnectionLimiter:
    """Protocol factory of one listener: bounds its connections, and those of strangers more tightly.

    A stranger is a connection that has not presented a token yet. When an address has too many of them, or all
    addresses have, the one that waits longest goes, so idle strangers never keep anybody out.
    """

    def __init__(self, headers_s: float, most: int, strangers: int, strangers_per_address: int) -> None:
        self._headers_s = headers_s
        self._most = most
        self._most_strangers = strangers
        self._most_of_address = strangers_per_address
        self._server: web.Server | None = None
        self._strangers: dict[web.RequestHandler, _Stranger] = {}
        self._known: set[web.RequestHandler] = set()

    def set_server(self, server: web.Server) -> None:
        """Hand new connections to this server."""
        self._server = server

    def __call__(self) -> asyncio.Protocol:
        """A protocol for a new connection."""
        assert self._server is not None
        self._forget_closed()
        if len(self._strangers) + len(self._known) >= self._most and not self._evict(self._strangers):
            return _RejectConnection()
        handler = self._server()
        loop = asyncio.get_running_loop()
        self._strangers[handler] = _Stranger(loop.call_later(self._headers_s, self._close_idle, handler))
        # The transport comes with the next turn of the loop, and with it the address.
        loop.call_soon(loop.call_soon, self._admit, handler)
        return handler

    def begin_request(self, handler: web.RequestHandler) -> None:
        """A connection has sent a whole request head."""
        stranger = self._strangers.get(handler)
        if stranger is not None:
            stranger.busy = True
            stranger.timer.cancel()

    def end_request(self, handler: web.RequestHandler) -> None:
        """Its request was answered; a stranger has as long as before for the next."""
        stranger = self._strangers.get(handler)
        if stranger is not None:
            stranger.busy = False
            loop = asyncio.get_running_loop()
            stranger.timer = loop.call_later(self._headers_s, self._close_idle, handler)

    def mark_known(self, handler: web.RequestHandler) -> None:
        """A connection has presented a valid token, or needs none."""
        stranger = self._strangers.pop(handler, None)
        if stranger is not None:
            stranger.timer.cancel()
            self._known.add(handler)

    def _admit(self, handler: web.RequestHandler) -> None:
        stranger = self._strangers.get(handler)
        if stranger is None or handler.transport is None:
            return
        stranger.address = network_of(handler.transport.get_extra_info("peername"))
        same = {one: its for one, its in self._strangers.items() if its.address == stranger.address}
        if len(same) > self._most_of_address:
            self._evict(same)
        elif len(self._strangers) > self._most_strangers:
            counts = Counter(its.address for its in self._strangers.values())
            most = counts.most_common(1)[0][0]
            self._evict({one: its for one, its in self._strangers.items() if its.address == most})

    def _evict(self, among: dict[web.RequestHandler, _Stranger]) -> bool:
        """Close the connection that has waited longest, one without a request first; whether there was one."""
        oldest = next((one for one, its in among.items() if not its.busy), next(iter(among), None))
        if oldest is None:
            return False
        self._close_idle(oldest)
        return True

    def _close_idle(self, handler: web.RequestHandler) -> None:
        stranger = self._strangers.pop(handler, None)
        if stranger is not None:
            stranger.timer.cancel()
            handler.force_close()

    def _forget_closed(self) -> None:
        # One whose transport has not come yet is not closed.
        for handler in [one for one, its in self._strangers.items() if its.address and one.transport is None]:
            self._strangers.pop(handler).timer.cancel()
        self._known = {one for one in self._known if one.transport is not None}


class ListenerConnections:
    """The limiters of both listeners, as the middleware knows them: by request."""

    def __init__(self, settings: GatewaySettings) -> None:
        self.network = ConnectionLimiter(
            settings.headers_s, settings.max_connections, settings.strangers, settings.strangers_per_address
        )
        places = settings.max_local_connections
        self.local = ConnectionLimiter(settings.headers_s, places, places, places)

    def set_server(self, server: web.Server) -> None:
        """Hand new connections to this server."""
        for limiter in (self.network, self.local):
            limiter.set_server(server)

    def begin_request(self, request: web.Request) -> None:
        """A request has arrived."""
        for limiter in (self.network, self.local):
            limiter.begin_request(request.protocol)

    def end_request(self, request: web.Request) -> None:
        """It was answered."""
        for limiter in (self.network, self.local):
            limiter.end_request(request.protocol)

    def mark_known(self, request: web.Request) -> None:
        """It came with a valid token, or needs none."""
        for limiter in (self.network, self.local):
            limiter.mark_known(request.protocol)


class _Stranger:
    """A connection that has not presented a token."""

    __slots__ = ("address", "busy", "timer")

    def __init__(self, timer: asyncio.TimerHandle) -> None:
        self.timer = timer
        self.busy = False
        """Whether a request of it is being answered."""
        self.address = ""
        """Its network, "" until it is known."""


def network_of(peer: object) -> str:
    """The network a peer counts as: its IPv4 address, or the /64 an IPv6 host may choose its addresses from."""
    host = peer[0] if isinstance(peer, tuple) and peer else peer
    try:
        address = ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return "local"
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        return str(mapped)
    if address.version == 4:  # noqa: PLR2004 - the protocol's version
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))


class _RejectConnection(asyncio.Protocol):
    """Hangs up at once."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()
