"""The one way in: whoever calls, over whatever wire, passes the same chain of checks before the store hears of it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, Literal

import msgspec

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.ports import Clock
from sproutcast_pi.services.appliance.asking import Appliance
from sproutcast_pi.services.first_phone import FirstPhone
from sproutcast_pi.services.metrics import Metrics
from sproutcast_pi.services.pairing import Pairing, hashed, new_token
from sproutcast_pi.services.procedures import PROCEDURES, Doers
from sproutcast_pi.services.rate_limit import Limit, RateLimit
from sproutcast_pi.store.callers import INTERNAL, RANKS, Caller, Role, allow
from sproutcast_pi.store.engine import CallResult, Store

_logger = logging.getLogger(__name__)

Door = Literal["socket", "network", "mqtt"]
MOST_DEPTH = 24
"""Nesting of arguments; a polygon needs three."""
LIMITS: Mapping[Door, Limit] = {
    "socket": Limit(rate=20_000.0, burst=20_000.0),
    "network": Limit(rate=20.0, burst=60.0),
    "mqtt": Limit(rate=20.0, burst=60.0),
}
"""Calls of one client to one reducer. A finger on a slider makes ten a second; the socket is our own programs."""


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has shown who they are."""

    name: str
    role: Role
    door: Door
    client_id: int | None = None
    """The row in `client`; None for the socket, whose file permissions are the authentication."""

    @property
    def caller(self) -> Caller:
        """The visitor as the store knows callers."""
        return Caller(name=self.name, role=self.role)


class Visit(msgspec.Struct, frozen=True):
    """One call on its way in."""

    visitor: Visitor
    reducer: str
    args: Mapping[str, Any]


Handler = Callable[[Visit], "Future[CallResult]"]
Step = Callable[[Visit, Handler], "Future[CallResult]"]


class FrontDoor:
    """Admits visitors and takes their calls through the chain: measure, rate, shape, and then the store."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        metrics: Metrics,
        pairing: Pairing,
        first_phone: FirstPhone | None = None,
        appliance: Appliance | None = None,
        limits: Mapping[Door, Limit] = LIMITS,
    ) -> None:
        self.store = store
        self.clock = clock
        self.metrics = metrics
        self._pairing = pairing
        self._first_phone = first_phone
        self._one_at_a_time = threading.Lock()
        self._doers = Doers(pairing=pairing, appliance=appliance)
        self._limits = limits
        self._rates = RateLimit(clock.monotonic)
        self._handle = self._chain((self._measure, self._limit, self._shape))
        metrics.describe("sproutcast_calls_total", "Reducer calls by reducer, door and outcome.")
        metrics.describe("sproutcast_call_seconds", "Time from a call's arrival to its answer.")

    def call(self, visitor: Visitor, reducer: str, args: Mapping[str, Any]) -> Future[CallResult]:
        """Call a reducer; the future fails with RefusedError and never otherwise. Doesn't block."""
        return self._handle(Visit(visitor, reducer, args))

    def admit(self, token: str, door: Door) -> Visitor:
        """Whoever holds this token; raises RefusedError (`unauthenticated`). Reads the store: not for an event loop."""
        found = self.store.query(
            "SELECT id, name, role FROM client WHERE token_hash = ? AND revoked_at IS NULL", (hashed(token),)
        )
        if not found or found[0]["role"] not in RANKS:
            raise RefusedError("This token is not known, or was revoked; pair again.", code="unauthenticated")
        client = found[0]
        self.store.submit("see_client", {"client_id": client["id"]}, caller=INTERNAL)
        return Visitor(name=client["name"], role=client["role"], door=door, client_id=client["id"])

    def pair(self, code: str, name: str) -> tuple[str, Visitor]:
        """Turn a code from the device's screen into a token, where the first phone needs no code. Blocks.

        Raises RefusedError.
        """
        with self._one_at_a_time:
            role = "owner" if not code and self.welcomes_first_phone() else self._pairing.redeem(code)
            token = new_token()
            result = self.store.call(
                "add_client", {"name": name, "role": role, "token_hash": hashed(token)}, caller=INTERNAL
            )
        return token, Visitor(name=name, role=role, door="network", client_id=result.value)

    def welcomes_first_phone(self) -> bool:
        """Whether a phone may pair without a code, since no screen could show one. Blocks."""
        return self._first_phone is not None and self._first_phone.welcome()

    def limited(self, key: object, limit: Limit) -> None:
        """Take a token from the bucket of `key`; raises RefusedError (`rate_limited`)."""
        wait = self._rates.wait_s(key, limit)
        if wait > 0.0:
            raise RefusedError(f"Too many at once; try again in {wait:.1f} s.", code="rate_limited")

    def schema(self) -> list[dict[str, Any]]:
        """Every callable thing with its role and arguments."""
        own = [reducer.schema() for reducer in self.store.reducers.values() if reducer.role != "internal"]
        return own + [procedure.schema() for procedure in PROCEDURES.values()]

    def _chain(self, steps: Sequence[Step]) -> Handler:
        handler: Handler = self._last
        for step in reversed(steps):
            handler = _bound(step, handler)
        return handler

    def _measure(self, visit: Visit, proceed: Handler) -> Future[CallResult]:
        started = time.perf_counter()
        try:
            future = proceed(visit)
        except RefusedError as refused:
            future = Future()
            future.set_exception(refused)
        future.add_done_callback(lambda done: self._record(visit, done, time.perf_counter() - started))
        return future

    def _record(self, visit: Visit, done: Future[CallResult], elapsed_s: float) -> None:
        known = visit.reducer in self.store.reducers or visit.reducer in PROCEDURES
        # Strangers choose names; an unknown one must not become a label, nor a line in the log of its own making.
        reducer = visit.reducer if known else "unknown"
        error = done.exception()
        outcome = "ok" if error is None else error.code if isinstance(error, RefusedError) else "internal"
        visitor = visit.visitor
        self.metrics.count("sproutcast_calls_total", reducer=reducer, door=visitor.door, outcome=outcome)
        self.metrics.time("sproutcast_call_seconds", elapsed_s)
        _logger.info(
            "call reducer=%s caller=%r role=%s door=%s outcome=%s seq=%s ms=%.2f",
            reducer,
            visitor.name,
            visitor.role,
            visitor.door,
            outcome,
            done.result().seq if error is None else "-",
            elapsed_s * 1000,
        )

    def _limit(self, visit: Visit, proceed: Handler) -> Future[CallResult]:
        visitor = visit.visitor
        known = visit.reducer in self.store.reducers or visit.reducer in PROCEDURES
        key = (visitor.door, visitor.client_id or visitor.name, visit.reducer if known else "")
        self.limited(key, self._limits[visitor.door])
        return proceed(visit)

    def _shape(self, visit: Visit, proceed: Handler) -> Future[CallResult]:
        if _deeper_than(visit.args, MOST_DEPTH):
            raise RefusedError(f"The arguments are nested more than {MOST_DEPTH} deep.")
        return proceed(visit)

    def _last(self, visit: Visit) -> Future[CallResult]:
        procedure = PROCEDURES.get(visit.reducer)
        if procedure is None:
            return self.store.submit(visit.reducer, visit.args, caller=visit.visitor.caller)
        allow(visit.reducer, visit.visitor.caller, procedure.role)
        future: Future[CallResult] = Future()
        future.set_result(CallResult(procedure.run(self._doers, visit.args), self.store.seq))
        return future


def _bound(step: Step, handler: Handler) -> Handler:
    return lambda visit: step(visit, handler)


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
