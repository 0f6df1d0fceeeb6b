"""What can be asked over HTTP; docs/protocol.md lists it."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from aiohttp import WSCloseCode, web

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import phones
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.model.metrics.served import metric_schema, pipeline_schema
from sproutcast_pi.protocol.messages import SUBPROTOCOL
from sproutcast_pi.services.call_pipeline import CallPipeline, Principal
from sproutcast_pi.services.gateway.fan_out.broadcaster import Broadcaster
from sproutcast_pi.services.gateway.json_session import JsonSession
from sproutcast_pi.services.gateway.listeners import network_of
from sproutcast_pi.services.gateway.middleware import (
    COOKIE,
    SECURITY_HEADERS,
    RequestMiddleware,
    is_local,
    is_private_address,
)
from sproutcast_pi.services.gateway.session import WebSocketSession
from sproutcast_pi.services.gateway.settings import GatewaySettings
from sproutcast_pi.services.gateway.websocket_tokens import WebSocketTokens
from sproutcast_pi.services.rate_limit import RateLimit
from sproutcast_pi.store.callers import INTERNAL, require_role

COOKIE_MAX_AGE_S = 400 * 24 * 3600
"""As long as browsers keep one."""
PAIR_LIMIT = RateLimit(rate=0.2, burst=5.0)
"""Guesses of one address; the code has its own bound on top."""
TOKEN_LIMIT = RateLimit(rate=50.0, burst=200.0)
"""Requests of one address that carry a token to be looked up."""


class PairRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the pairing page sends."""

    code: str = ""
    """Empty: the first phone of a device without a screen."""
    name: str = "Phone"


class Endpoints:
    """The handlers; one instance serves both listeners."""

    def __init__(
        self,
        *,
        pipeline: CallPipeline,
        broadcaster: Broadcaster,
        middleware: RequestMiddleware,
        tokens: WebSocketTokens,
        settings: GatewaySettings,
        sessions: set[WebSocketSession],
    ) -> None:
        """`sessions` holds every WebSocket while it is open."""
        self._pipeline = pipeline
        self._broadcaster = broadcaster
        self._middleware = middleware
        self._tokens = tokens
        self._settings = settings
        self._sessions = sessions

    def routes(self) -> list[web.RouteDef]:
        """Method, path and handler of each."""
        return [
            web.get("/healthz", self.healthz),
            web.get("/metrics", self.metrics),
            web.get("/v1/schema", self.schema),
            web.get("/v1/subscribe", self.subscribe),
            web.post("/v1/call/{reducer}", self.call),
            web.get("/v1/pair", self.pairing_status),
            web.post("/v1/pair", self.pair),
            web.post("/v1/unpair", self.unpair),
            web.post("/v1/identity/websocket-token", self.websocket_token),
        ]

    async def healthz(self, request: web.Request) -> web.Response:
        """Whether the daemon answers; open to all, so it says nothing else."""
        del request
        return _json({"status": "ok"})

    async def metrics(self, request: web.Request) -> web.Response:
        """Everything counted, as Prometheus reads it."""
        await self.authenticate(request)
        text = await asyncio.get_running_loop().run_in_executor(None, self._pipeline.metrics.text)
        return web.Response(
            text=text, headers=SECURITY_HEADERS | {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
        )

    async def schema(self, request: web.Request) -> web.Response:
        """Every reducer with role and arguments, every metric with its unit and bands, and every pipeline."""
        await self.authenticate(request)
        return _json({"reducers": self._pipeline.schema(), "metrics": metric_schema(), "pipelines": pipeline_schema()})

    async def call(self, request: web.Request) -> web.Response:
        """Call a reducer with the body's JSON object."""
        principal = await self.authenticate(request)
        args = await self.read_body(request, dict[str, Any])
        future = self._pipeline.submit(principal, request.match_info["reducer"], args)
        result = await asyncio.wrap_future(future)
        return _json({"value": result.value, "seq": result.seq})

    async def pairing_status(self, request: web.Request) -> web.Response:
        """Whether a code is needed; open to all, like the page that asks for it."""
        if not is_local(request):
            self._pipeline.check_rate_limit(("pairing", request.remote), TOKEN_LIMIT)
        loop = asyncio.get_running_loop()
        welcome = is_private_address(request.remote) and await loop.run_in_executor(
            None, self._pipeline.first_pairing_open
        )
        return _json({"code_needed": not welcome})

    async def pair(self, request: web.Request) -> web.Response:
        """Turn the code on the device's screen into a token, also set as a cookie that scripts can't read."""
        if not is_local(request):
            self._pipeline.check_rate_limit(("pair", request.remote), PAIR_LIMIT)
        asked = await self.read_body(request, PairRequest)
        if not asked.code and not is_private_address(request.remote):
            raise RefusedError(phones.CODE_NEEDED(), code="unauthenticated")
        loop = asyncio.get_running_loop()
        address = "local" if is_local(request) else network_of(request.remote)
        token, principal = await loop.run_in_executor(None, self._pipeline.pair, asked.code, asked.name, address)
        response = _json({"token": token, "role": principal.role, "name": principal.name})
        response.set_cookie(COOKIE, token, max_age=COOKIE_MAX_AGE_S, httponly=True, samesite="Strict", path="/")
        return response

    async def unpair(self, request: web.Request) -> web.Response:
        """Revoke the token this request came with."""
        principal = await self.authenticate(request)
        if principal.client_id is None:
            raise RefusedError(phones.NO_TOKEN())
        future = self._pipeline.store.submit("revoke_client", {"client_id": principal.client_id}, caller=INTERNAL)
        await asyncio.wrap_future(future)
        response = _json({"value": None})
        response.del_cookie(COOKIE, path="/")
        return response

    async def websocket_token(self, request: web.Request) -> web.Response:
        """A short token for a WebSocket's `?token=`."""
        principal = await self.authenticate(request)
        return _json({"token": self._tokens.issue(principal)})

    async def subscribe(self, request: web.Request) -> web.StreamResponse:
        """The WebSocket of `v1.json.sproutcast`."""
        return await self.open_websocket(request, JsonSession, (SUBPROTOCOL,))

    async def open_websocket(
        self, request: web.Request, kind: type[WebSocketSession], subprotocols: tuple[str, ...]
    ) -> web.StreamResponse:
        """Open a WebSocket and talk until one side leaves."""
        principal = await self.authenticate(request)
        session = kind(
            broadcaster=self._broadcaster, pipeline=self._pipeline, principal=principal, settings=self._settings
        )
        session.siblings = self._sessions
        socket = web.WebSocketResponse(
            protocols=subprotocols,
            autoping=False,
            max_msg_size=self._settings.frame_bytes,
            compress=False,
            writer_limit=1,
        )
        offered = {name.strip() for name in request.headers.get("Sec-WebSocket-Protocol", "").split(",")}
        if not offered & set(subprotocols):
            raise RefusedError(phones.NO_SUBPROTOCOL(names=", ".join(subprotocols)))
        await socket.prepare(request)
        assert isinstance(request.transport, asyncio.Transport)
        self._sessions.add(session)
        try:
            await session.serve(socket, request.transport, self._is_current)
        finally:
            self._sessions.discard(session)
        if not socket.closed and not request.transport.is_closing():
            await socket.close(code=WSCloseCode.GOING_AWAY)
        return socket

    def _is_current(self, session: WebSocketSession) -> bool:
        """Whether a session that was just registered still has the role it was admitted with."""
        client = session.principal.client_id
        return client is None or self._pipeline.roles.role(client) == session.principal.role

    async def authenticate(self, request: web.Request) -> Principal:
        """Who asks; a viewer at least. Raises RefusedError."""
        if not is_local(request):
            self._pipeline.check_rate_limit(("token", request.remote), TOKEN_LIMIT)
        principal = await self._middleware.authenticate(request)
        require_role("this", principal.caller, "viewer")
        return principal

    async def read_body(self, request: web.Request, kind: type[Any]) -> Any:
        """The body as this type; raises RefusedError when it does not fit, is too long, or too slow in coming."""
        async with asyncio.timeout(self._settings.body_s):
            content = await request.read()
        try:
            return msgspec.json.decode(content or b"{}", type=kind)
        except (msgspec.MsgspecError, RecursionError, ValueError) as error:
            raise RefusedError(phones.WRONG_BODY(reason=cause(error))) from None


def _json(value: Any) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json", headers=SECURITY_HEADERS)
