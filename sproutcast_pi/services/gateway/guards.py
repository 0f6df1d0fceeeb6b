"""What every HTTP request passes first: is it for us, from whom, and how are refusals said."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import msgspec
from aiohttp import web

from sproutcast_pi.errors import RefusedError, SproutcastError
from sproutcast_pi.protocol.messages import Refused
from sproutcast_pi.services.front_door import FrontDoor, Visitor
from sproutcast_pi.services.gateway.settings import GatewaySettings
from sproutcast_pi.services.gateway.tickets import Tickets

_logger = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Middleware = Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]
COOKIE = "sproutcast_token"
STATUS = {
    "unauthenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "too_large": 413,
    "rate_limited": 429,
    "internal": 500,
    "unavailable": 503,
}
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def refusal(refused: RefusedError) -> web.Response:
    """A refusal as a response: the same object as on the WebSocket."""
    body = msgspec.json.encode(Refused(id=None, code=refused.code, message=str(refused), field=refused.field))
    response = web.Response(
        body=body, status=STATUS.get(refused.code, 400), content_type="application/json", headers=HEADERS
    )
    if refused.code == "unauthenticated":
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def local(request: web.Request) -> bool:
    """Whether the request came through the Unix socket."""
    connection = request.transport.get_extra_info("socket") if request.transport is not None else None
    return connection is not None and connection.family == socket.AF_UNIX


def near(address: str | None) -> bool:
    """Whether it is one of a network at home: private, link-local or this machine (RFC 1918, 3927, 4193, 4291)."""
    try:
        known = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    known = getattr(known, "ipv4_mapped", None) or known
    return known.is_private or known.is_link_local


class Guards:
    """The checks, in the order they are made."""

    def __init__(self, door: FrontDoor, settings: GatewaySettings, tickets: Tickets) -> None:
        self._door = door
        self._settings = settings
        self._tickets = tickets
        own = socket.gethostname().split(".", 1)[0].lower()
        self._names = {"localhost", own, f"{own}.local", *(name.lower() for name in settings.host_names)}

    def middlewares(self) -> list[Middleware]:
        """In order, the outermost first."""
        return [self.say_refusals, self.check_place]

    @web.middleware
    async def say_refusals(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Turn every refusal and failure into an answer that says what is wrong and nothing about us."""
        try:
            return await handler(request)
        except RefusedError as refused:
            return self._with_cors(request, refusal(refused))
        except SproutcastError as error:
            return self._with_cors(request, refusal(RefusedError(str(error), code="unavailable")))
        except web.HTTPException as error:
            if error.status < 400:  # noqa: PLR2004  a redirect is an answer
                raise
            codes = {404: "not_found", 413: "too_large"}
            response = refusal(RefusedError(f"{error.reason}.", code=codes.get(error.status, "invalid")))
            response.set_status(error.status)
            return self._with_cors(request, response)
        except (TimeoutError, ConnectionError):
            return refusal(RefusedError("The request took too long to arrive.", code="invalid"))
        except Exception:
            _logger.exception("A request for %s failed", request.path)
            return refusal(RefusedError("Something went wrong here; the log says what.", code="internal"))

    @web.middleware
    async def check_place(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse what a web page elsewhere may have sent: a host name that is not ours, an origin that is not ours."""
        if local(request):
            return await handler(request)
        host = _name_of(request.host)
        if not (_is_address(host) or host in self._names):
            raise RefusedError(
                f"This device doesn't go by the name {host[:80]!r}; add it to host_names in [network].",
                code="forbidden",
            )
        origin = request.headers.get("Origin")
        if origin is not None and not self._welcome(origin, request):
            raise RefusedError("Web pages from elsewhere may not speak to this device.", code="forbidden")
        if origin is None and request.headers.get("Sec-Fetch-Site") == "cross-site" and request.method != "GET":
            raise RefusedError("Web pages from elsewhere may not speak to this device.", code="forbidden")
        if request.method == "OPTIONS" and origin is not None:
            response: web.StreamResponse = web.Response(status=204)
        else:
            response = await handler(request)
        return self._with_cors(request, response)

    async def visitor(self, request: web.Request) -> Visitor:
        """Who this is; raises RefusedError (`unauthenticated`)."""
        if local(request):
            name = request.headers.get("Sproutcast-Client", "local")
            return Visitor(name=_plain(name), role="owner", door="socket")
        ticket = request.query.get("token")
        if ticket is not None:
            return self._tickets.redeem(ticket)
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            token = request.cookies.get(COOKIE, "")
        if not token:
            raise RefusedError("Pair first: open the page of this device and type its code.", code="unauthenticated")
        return await asyncio.get_running_loop().run_in_executor(None, self._door.admit, token.strip(), "network")

    def _welcome(self, origin: str, request: web.Request) -> bool:
        if origin in self._settings.origins:
            return True
        return urlsplit(origin).netloc.lower() == request.host.lower()

    def _with_cors(self, request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
        """Let the pages in `origins` read the answer."""
        origin = request.headers.get("Origin")
        if origin is not None and origin in self._settings.origins and not response.prepared:
            response.headers.update(
                {
                    "Access-Control-Allow-Origin": origin,
                    "Access-Control-Allow-Headers": "Authorization, Content-Type",
                    "Access-Control-Allow-Methods": "GET, POST",
                    "Vary": "Origin",
                }
            )
        return response


def _name_of(host: str) -> str:
    """The name in a Host header, without its port."""
    return (urlsplit(f"//{host}").hostname or "") if host else ""


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _plain(name: str) -> str:
    """A name that is safe in a log line."""
    return "".join(letter for letter in name if letter.isprintable())[:40] or "local"
