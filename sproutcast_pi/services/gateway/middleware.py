"""What every HTTP request passes first: is it for us, from whom, and how refusals are sent."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import math
import socket
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import msgspec
from aiohttp import web

from sproutcast_pi.errors import RefusedError, SproutcastError
from sproutcast_pi.hardware.network_names import is_own_name
from sproutcast_pi.messages.areas import phones
from sproutcast_pi.protocol.messages import Refused
from sproutcast_pi.services.call_pipeline import CallPipeline, Principal
from sproutcast_pi.services.gateway.listeners import ListenerConnections
from sproutcast_pi.services.gateway.settings import GatewaySettings
from sproutcast_pi.services.gateway.websocket_tokens import WebSocketTokens

_logger = logging.getLogger(__name__)

HttpHandler = Callable[[web.Request], Awaitable[web.StreamResponse]]
HttpMiddleware = Callable[[web.Request, HttpHandler], Awaitable[web.StreamResponse]]
COOKIE = "sproutcast_token"
STATUS_BY_CODE = {
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
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def error_response(refused: RefusedError) -> web.Response:
    """A refusal as a response: the same object as on the WebSocket."""
    body = msgspec.json.encode(Refused.of(None, refused))
    response = web.Response(
        body=body,
        status=STATUS_BY_CODE.get(refused.code, 400),
        content_type="application/json",
        headers=SECURITY_HEADERS,
    )
    if refused.code == "unauthenticated":
        response.headers["WWW-Authenticate"] = "Bearer"
    if refused.retry_after_s is not None:
        response.headers["Retry-After"] = str(math.ceil(refused.retry_after_s))
    return response


def is_local(request: web.Request) -> bool:
    """Whether the request came through the Unix socket."""
    connection = request.transport.get_extra_info("socket") if request.transport is not None else None
    return connection is not None and connection.family == socket.AF_UNIX


def is_private_address(address: str | None) -> bool:
    """Whether it is one of a network at home: private, link-local or this machine (RFC 1918, 3927, 4193, 4291)."""
    try:
        known = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    known = getattr(known, "ipv4_mapped", None) or known
    return known.is_private or known.is_link_local


class RequestMiddleware:
    """The checks, in the order they are made."""

    def __init__(
        self,
        pipeline: CallPipeline,
        settings: GatewaySettings,
        tokens: WebSocketTokens,
        connections: ListenerConnections,
    ) -> None:
        self._connections = connections
        self._pipeline = pipeline
        self._settings = settings
        self._tokens = tokens
        self._host_names = frozenset(name.lower().removesuffix(".") for name in settings.host_names)

    def middlewares(self) -> list[HttpMiddleware]:
        """In order, the outermost first."""
        return [self.handle_errors, self.check_origin]

    @web.middleware
    async def handle_errors(self, request: web.Request, handler: HttpHandler) -> web.StreamResponse:
        """Turn every refusal and failure into an answer that says what is wrong and nothing about us."""
        self._connections.begin_request(request)
        try:
            return await handler(request)
        except RefusedError as refused:
            self._pipeline.refusals.record(request.remote or "socket", f"{request.method} {request.path}", refused)
            return self._with_cors(request, error_response(refused))
        except SproutcastError as error:
            return self._with_cors(request, error_response(RefusedError(error.message, code="unavailable")))
        except web.HTTPException as error:
            if error.status < 400:  # noqa: PLR2004 - a redirect is an answer
                raise
            codes = {404: "not_found", 413: "too_large"}
            known = phones.HTTP_STATUS.get(error.status)
            message = known() if known is not None else phones.BAD_HTTP(status=error.status)
            response = error_response(RefusedError(message, code=codes.get(error.status, "invalid")))
            response.set_status(error.status)
            return self._with_cors(request, response)
        except (TimeoutError, ConnectionError):
            return error_response(RefusedError(phones.TOO_LONG(), code="invalid"))
        except Exception:
            _logger.exception("A request for %s failed", request.path)
            return error_response(RefusedError(phones.INTERNAL(), code="internal"))
        finally:
            self._connections.end_request(request)

    @web.middleware
    async def check_origin(self, request: web.Request, handler: HttpHandler) -> web.StreamResponse:
        """Refuse what a web page elsewhere may have sent: a host name that is not ours, an origin that is not ours."""
        if is_local(request):
            return await handler(request)
        host = _host_name(request.host)
        if not (_is_address(host) or host.removesuffix(".") in self._host_names or is_own_name(host)):
            raise RefusedError(
                phones.OTHER_HOST(host=host[:80]),
                code="forbidden",
            )
        origin = request.headers.get("Origin")
        if origin is not None and not self._origin_allowed(origin, request):
            raise RefusedError(phones.FOREIGN_ORIGIN(origin=origin[:80]), code="forbidden")
        if origin is None and request.headers.get("Sec-Fetch-Site") == "cross-site" and request.method != "GET":
            raise RefusedError(phones.FOREIGN_PAGE(), code="forbidden")
        if request.method == "OPTIONS" and origin is not None:
            response: web.StreamResponse = web.Response(status=204)
        else:
            response = await handler(request)
        return self._with_cors(request, response)

    async def authenticate(self, request: web.Request) -> Principal:
        """Who this is; raises RefusedError (`unauthenticated`)."""
        principal = await self._principal(request)
        self._connections.mark_known(request)
        return principal

    async def _principal(self, request: web.Request) -> Principal:
        if is_local(request):
            name = request.headers.get("Sproutcast-Client", "local")
            return Principal(name=_printable(name), role="owner", transport="socket")
        websocket_token = request.query.get("token")
        if websocket_token is not None:
            return self._pipeline.current(self._tokens.redeem(websocket_token))
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            token = request.cookies.get(COOKIE, "")
        if not token:
            raise RefusedError(phones.PAIR_FIRST(), code="unauthenticated")
        return await asyncio.get_running_loop().run_in_executor(
            None, self._pipeline.authenticate, token.strip(), "network"
        )

    def _origin_allowed(self, origin: str, request: web.Request) -> bool:
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


def _host_name(host: str) -> str:
    """The name in a Host header, without its port."""
    return (urlsplit(f"//{host}").hostname or "") if host else ""


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _printable(name: str) -> str:
    """A name that is safe in a log line."""
    return "".join(letter for letter in name if letter.isprintable())[:40] or "local"
