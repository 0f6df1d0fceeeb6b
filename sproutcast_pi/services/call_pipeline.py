"""The one way in: whoever calls, over whatever wire, passes the same chain of checks before it reaches the store."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, Literal

import msgspec

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import phones
from sproutcast_pi.ports import Clock
from sproutcast_pi.services.appliance.device_control import DeviceControl
from sproutcast_pi.services.client_roles import ClientRoles
from sproutcast_pi.services.first_pairing import FirstPairing
from sproutcast_pi.services.metrics import Metrics
from sproutcast_pi.services.pairing import Pairing, hash_token, new_token
from sproutcast_pi.services.procedures import PROCEDURES, Procedures
from sproutcast_pi.services.rate_limit import RateLimit, RateLimiter
from sproutcast_pi.services.refusal_log import RefusalLog
from sproutcast_pi.store.callers import INTERNAL, RANKS, Caller, Role, require_role
from sproutcast_pi.store.engine import ReducerResult, Store
from sproutcast_pi.store.reducer import find_reducer

_logger = logging.getLogger(__name__)

Transport = Literal["socket", "network", "mqtt"]
MAX_DEPTH = 24
"""Nesting of arguments; a polygon needs three."""
LIMITS: Mapping[Transport, RateLimit] = {
    "socket": RateLimit(rate=20_000.0, burst=20_000.0),
    "network": RateLimit(rate=20.0, burst=60.0),
    "mqtt": RateLimit(rate=20.0, burst=60.0),
}
"""Calls of one client to one reducer. A finger on a slider makes ten a second; the socket is our own programs."""


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """An authenticated client, with its role."""

    name: str
    role: Role
    transport: Transport
    client_id: int | None = None
    """The row in `client`; None for the socket, whose file permissions are the authentication."""

    @property
    def caller(self) -> Caller:
        """The principal as a caller of the store."""
        return Caller(name=self.name, role=self.role)


class CallRequest(msgspec.Struct, frozen=True):
    """One call on its way in."""

    principal: Principal
    reducer: str
    args: Mapping[str, Any]


Handler = Callable[[CallRequest], "Future[ReducerResult]"]
Middleware = Callable[[CallRequest, Handler], "Future[ReducerResult]"]


class CallPipeline:
    """Authenticates principals and passes their calls through the chain: measure, rate, shape, then the store."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        metrics: Metrics,
        pairing: Pairing,
        first_phone: FirstPairing | None = None,
        appliance: DeviceControl | None = None,
        limits: Mapping[Transport, RateLimit] = LIMITS,
        monotonic: Callable[[], float] | None = None,
    ) -> None:
        """`monotonic`: seconds for the rate limits where they must not follow `clock`, which may run at speed."""
        self.store = store
        self.clock = clock
        self.metrics = metrics
        self._pairing = pairing
        self._first_pairing = first_phone
        self._pairing_lock = threading.Lock()
        self._procedures = Procedures(pairing=pairing, appliance=appliance)
        self._rate_limits = limits
        self._rate_limiter = RateLimiter(monotonic or clock.monotonic)
        self.roles = ClientRoles(store)
        self.refusals = RefusalLog(metrics, self._rate_limiter)
        self._handle = self._build_chain((self._measure, self._check_rate, self._check_depth))
        metrics.describe("sproutcast_calls_total", "Reducer calls by reducer, door and outcome.")
        metrics.describe("sproutcast_call_seconds", "Time from a call's arrival to its answer.")

    def submit(self, principal: Principal, reducer: str, args: Mapping[str, Any]) -> Future[ReducerResult]:
        """Call a reducer; the future fails with RefusedError and never otherwise. Doesn't block."""
        try:
            principal = self.current(principal)
        except RefusedError as refused:
            future: Future[ReducerResult] = Future()
            future.set_exception(refused)
            return future
        return self._handle(CallRequest(principal, reducer, args))

    def current(self, principal: Principal) -> Principal:
        """A principal with the role its client has now; raises RefusedError (`unauthenticated`) once it was revoked."""
        if principal.client_id is None:
            return principal
        role = self.roles.role(principal.client_id)
        if role is None:
            raise RefusedError(phones.REVOKED(), code="unauthenticated")
        return principal if role == principal.role else msgspec.structs.replace(principal, role=role)

    def authenticate(self, token: str, transport: Transport) -> Principal:
        """Whoever holds this token; raises RefusedError (`unauthenticated`). Reads the store: not for an event loop."""
        found = self.store.query(
            "SELECT id, name, role FROM client WHERE token_hash = ? AND revoked_at IS NULL", (hash_token(token),)
        )
        if not found or found[0]["role"] not in RANKS:
            raise RefusedError(phones.UNKNOWN_TOKEN(), code="unauthenticated")
        client = found[0]
        self.store.submit("see_client", {"client_id": client["id"]}, caller=INTERNAL)
        return Principal(name=client["name"], role=client["role"], transport=transport, client_id=client["id"])

    def pair(self, code: str, name: str, address: str = "local") -> tuple[str, Principal]:
        """Turn a code from the device's screen into a token, where the first phone needs no code. Blocks.

        Guesses count by `address`. Raises RefusedError; a name that is refused, or a full table, leaves the code open.
        """
        token = new_token()
        add_client = find_reducer(self.store.reducers, "add_client")
        add_client.bind({"name": name, "role": "viewer", "token_hash": hash_token(token)})
        with self._pairing_lock:
            needs_code = bool(code) or not self.first_pairing_open()
            role = self._pairing.check(code, address) if needs_code else "owner"
            result = self.store.call(
                "add_client", {"name": name, "role": role, "token_hash": hash_token(token)}, caller=INTERNAL
            )
            if needs_code:
                self._pairing.consume(code)
        return token, Principal(name=name, role=role, transport="network", client_id=result.value)

    def first_pairing_open(self) -> bool:
        """Whether a phone may pair without a code, since no screen could show one. Blocks."""
        return self._first_pairing is not None and self._first_pairing.is_open()

    def check_rate_limit(self, key: object, limit: RateLimit) -> None:
        """Take a token from the bucket of `key`; raises RefusedError (`rate_limited`)."""
        wait = self._rate_limiter.wait_s(key, limit)
        if wait > 0.0:
            raise RefusedError(
                phones.TOO_FAST(seconds=math.ceil(wait * 10) / 10),
                code="rate_limited",
                retry_after_s=wait,
            )

    def schema(self) -> list[dict[str, Any]]:
        """Every callable thing with its role and arguments."""
        own = [reducer.schema() for reducer in self.store.reducers.values() if reducer.role != "internal"]
        return own + [procedure.schema() for procedure in PROCEDURES.values()]

    def _build_chain(self, steps: Sequence[Middleware]) -> Handler:
        handler: Handler = self._dispatch
        for step in reversed(steps):
            handler = _bind(step, handler)
        return handler

    def _measure(self, request: CallRequest, proceed: Handler) -> Future[ReducerResult]:
        started = time.perf_counter()
        try:
            future = proceed(request)
        except RefusedError as refused:
            future = Future()
            future.set_exception(refused)
        future.add_done_callback(lambda done: self._record(request, done, time.perf_counter() - started))
        return future

    def _record(self, request: CallRequest, done: Future[ReducerResult], elapsed_s: float) -> None:
        known = request.reducer in self.store.reducers or request.reducer in PROCEDURES
        # Strangers choose names; an unknown one must not become a label, nor a line in the log of its own making.
        reducer = request.reducer if known else "unknown"
        error = done.exception()
        outcome = "ok" if error is None else error.code if isinstance(error, RefusedError) else "internal"
        principal = request.principal
        self.metrics.count("sproutcast_calls_total", reducer=reducer, door=principal.transport, outcome=outcome)
        self.metrics.time("sproutcast_call_seconds", elapsed_s)
        if isinstance(error, RefusedError) and error.code != "internal":
            who = f"{principal.name} ({principal.role}, {principal.transport})"
            self.refusals.record(who, f"call {reducer}", error)
            return
        _logger.info(
            "call reducer=%s caller=%r role=%s door=%s outcome=%s seq=%s ms=%.2f",
            reducer,
            principal.name,
            principal.role,
            principal.transport,
            outcome,
            done.result().seq if error is None else "-",
            elapsed_s * 1000,
        )

    def _check_rate(self, request: CallRequest, proceed: Handler) -> Future[ReducerResult]:
        principal = request.principal
        known = request.reducer in self.store.reducers or request.reducer in PROCEDURES
        key = (principal.transport, principal.client_id or principal.name, request.reducer if known else "")
        self.check_rate_limit(key, self._rate_limits[principal.transport])
        return proceed(request)

    def _check_depth(self, request: CallRequest, proceed: Handler) -> Future[ReducerResult]:
        if _deeper_than(request.args, MAX_DEPTH):
            raise RefusedError(phones.NESTED(limit=MAX_DEPTH))
        return proceed(request)

    def _dispatch(self, request: CallRequest) -> Future[ReducerResult]:
        procedure = PROCEDURES.get(request.reducer)
        if procedure is None:
            return self.store.submit(request.reducer, request.args, caller=request.principal.caller)
        require_role(request.reducer, request.principal.caller, procedure.role)
        future: Future[ReducerResult] = Future()
        future.set_result(ReducerResult(procedure.run(self._procedures, request.args), self.store.seq))
        return future


def _bind(step: Middleware, handler: Handler) -> Handler:
    return lambda request: step(request, handler)


def _deeper_than(value: Any, depth: int) -> bool:
    """Whether lists and objects are nested deeper than this; without recursion, which is what it guards."""
    level = [value]
    for _ in range(depth):
        level = [
            inner
            for outer in level
            if isinstance(outer, Mapping | list | tuple)
            for inner in (outer.values() if isinstance(outer, Mapping) else outer)
        ]
        if not level:
            return False
    return True
