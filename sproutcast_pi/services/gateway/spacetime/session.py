"""A client that speaks `v2` or `v3.bsatn.spacetimedb`."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from itertools import count

import msgspec
from aiohttp import web

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.services.gateway.live import Live
from sproutcast_pi.services.gateway.outbox import Outbox, Part, Transaction, Whole
from sproutcast_pi.services.gateway.session import Session
from sproutcast_pi.services.gateway.spacetime import messages
from sproutcast_pi.services.gateway.spacetime.arguments import read_arguments
from sproutcast_pi.services.gateway.spacetime.bsatn import BsatnError, row_list
from sproutcast_pi.services.gateway.spacetime.codec import SpacetimeCodec
from sproutcast_pi.services.gateway.steps import Answered, Begun, Changes, Encoded, Over, Step
from sproutcast_pi.store.registry import find

CODEC = SpacetimeCodec()


MOST_BYTES = 16 * 1024 * 1024
"""Of one query's first rows: this protocol wants them in one message, which must be held until it is whole."""


class FirstRows:
    """A query's first rows, encoded as they come."""

    def __init__(self) -> None:
        self.encoded: list[bytes] = []
        self.size = 0

    def add(self, encoded: list[bytes]) -> bool:
        """Add some; False when they have become too many."""
        self.encoded += encoded
        self.size += sum(map(len, encoded))
        return self.size <= MOST_BYTES


class QuerySet:
    """Queries that begin and end together."""

    def __init__(self, number: int, request_id: int) -> None:
        self.number = number
        self.request_id = request_id
        self.queries: list[Live] = []
        self.asked = False
        """Whether all its queries have been asked."""
        self.beginning: dict[Live, FirstRows] = {}
        """Queries whose rows have not all come yet, with those that have."""
        self.tables: list[tuple[str, bytes]] = []
        self.held: list[tuple[int, list[Part]]] = []
        """Changes to queries that have begun, while others have not."""
        self.ending: Unsubscribing | None = None


class Unsubscribing:
    """The end of a set: each query's rows are read once more, so that the client can take them out of its cache."""

    def __init__(self, request_id: int) -> None:
        self.request_id = request_id
        self.tables: list[tuple[str, bytes]] = []
        self.left: dict[Live, tuple[Live, FirstRows]] = {}
        """The reading query, the query it ends, and its rows so far."""


class SpacetimeSession(Session):
    """Reads requests, writes responses; what this client needs and no more."""

    def make_outbox(self, socket: web.WebSocketResponse, transport: asyncio.Transport) -> Outbox:
        """An outbox that writes BSATN, and closes where our own protocol would say resync."""
        self._numbers = count(1)
        self._sets: dict[int, QuerySet] = {}
        self._set_of: dict[Live, QuerySet] = {}
        settings = msgspec.structs.replace(self._settings, resyncs=0)
        return Outbox(socket, transport, CODEC, settings, self.drop_all)

    def greet(self) -> None:
        """Say who the client is to us: the same identity every time, derived from device and pairing."""
        who = f"{self._door.store.device}|{self.visitor.door}|{self.visitor.client_id or self.visitor.name}"
        identity = hashlib.sha256(who.encode()).digest()[:30] + b"\x00\xc2"
        self._send(messages.initial_connection(identity, secrets.token_bytes(16), ""))

    async def receive(self, data: str | bytes) -> None:
        """Do what a frame asks."""
        try:
            requests = messages.read_requests(data if isinstance(data, bytes) else data.encode())
        except BsatnError as error:
            raise RefusedError(f"That is no message of {messages.PROTOCOLS[0]}: {error}") from None
        for request in requests:
            if isinstance(request, messages.Subscribe):
                await self._subscribe_set(request)
            elif isinstance(request, messages.Unsubscribe):
                await self._unsubscribe_set(request)
            else:
                await self._call(request)

    def deliver(self, steps: list[Step], encoded: Encoded) -> None:
        """Send each step."""
        for step in steps:
            match step:
                case Changes():
                    self._changes(step, encoded)
                case Answered():
                    self._answer(step, messages.EMPTY_UPDATE)
                case Begun() if not step.live.over:
                    self._begun(step, encoded)
                case Begun() if step.taken is not None:
                    step.taken.set()
                case Over() if not step.live.over:
                    self._over(step)

    async def _subscribe_set(self, request: messages.Subscribe) -> None:
        if request.query_set_id in self._sets:
            raise RefusedError(f"The query set {request.query_set_id} is in use.")
        chosen = QuerySet(request.query_set_id, request.request_id)
        self._sets[chosen.number] = chosen
        numbers = [next(self._numbers) for _ in request.queries]
        try:
            for number, sql in zip(numbers, request.queries, strict=True):
                await self._begin(chosen, number, sql)
        except RefusedError as refused:
            for number in numbers:
                self.unsubscribe(number)
            del self._sets[chosen.number]
            self._send(messages.subscription_error(request.request_id, request.query_set_id, str(refused)))
            return
        chosen.asked = True
        self._apply_when_begun(chosen)

    async def _begin(self, chosen: QuerySet, number: int, sql: str) -> None:
        def joined(live: Live) -> None:
            live.query_set = chosen.number
            chosen.queries.append(live)
            chosen.beginning[live] = FirstRows()
            self._set_of[live] = chosen

        await self.subscribe(number, sql, None, None, joined)

    async def _unsubscribe_set(self, request: messages.Unsubscribe) -> None:
        chosen = self._sets.get(request.query_set_id)
        if chosen is None or chosen.ending is not None:
            self._send(messages.subscription_error(request.request_id, request.query_set_id, "no such query set"))
            return
        chosen.ending = ending = Unsubscribing(request.request_id)
        for live in chosen.queries:

            def joined(reading: Live, ended: Live = live) -> None:
                ending.left[reading] = (ended, FirstRows())
                self._set_of[reading] = chosen

            await self.subscribe(next(self._numbers), live.sql, None, None, joined, beyond_limit=True)

    async def _call(self, request: messages.CallReducer) -> None:
        try:
            reducer = find(self._door.store.reducers, request.reducer)
            args = read_arguments(reducer, request.arguments)
            await self.call(request.request_id, request.reducer, args)
        except (RefusedError, BsatnError) as error:
            self._send(messages.reducer_refused(request.request_id, self._now_us(), str(error), internal=False))

    def too_slow(self, live: Live) -> None:
        """Close; this protocol has no other word for it."""
        del live
        self.hang_up(1013, "too slow for what it subscribed to; come back with less")

    def _begun(self, step: Begun, encoded: Encoded) -> None:
        live, chosen = step.live, self._set_of[step.live]
        live.key = step.rows.key
        live.table = step.rows.table
        if not CODEC.speaks(live.table):
            self._refuse_set(chosen, "here a query must ask for whole rows of one table")
            return
        if chosen.ending is not None and live in chosen.ending.left:
            self._read_again(step, chosen, chosen.ending)
            return
        if step.taken is not None:
            step.taken.set()
        rows = chosen.beginning[live]
        if not rows.add(CODEC.rows(live.table, step.rows.rows)):
            self._refuse_set(chosen, f"its rows are more than {MOST_BYTES >> 20} MB; narrow it with WHERE")
        elif step.rows.done:
            chosen.tables.append((live.table, row_list(rows.encoded)))
            del chosen.beginning[live]
            self._apply_when_begun(chosen, encoded)

    def _apply_when_begun(self, chosen: QuerySet, encoded: Encoded | None = None) -> None:
        if chosen.beginning or not chosen.asked or chosen.request_id < 0:
            return
        self._send(messages.subscribe_applied(chosen.request_id, chosen.number, chosen.tables))
        chosen.request_id = -1
        chosen.tables = []
        for seq, parts in chosen.held:
            self._send_update(seq, parts, encoded or Encoded())
        chosen.held = []

    def _read_again(self, step: Begun, chosen: QuerySet, ending: Unsubscribing) -> None:
        if step.taken is not None:
            step.taken.set()
        ended, rows = ending.left[step.live]
        if not rows.add(CODEC.rows(step.live.table, step.rows.rows)):
            self.too_slow(step.live)
            return
        if not step.rows.done:
            return
        del ending.left[step.live]
        for live in (step.live, ended):
            self.unsubscribe(live.id)
            self._set_of.pop(live, None)
        ending.tables.append((step.live.table, row_list(rows.encoded)))
        if not ending.left:
            del self._sets[chosen.number]
            self._send(messages.unsubscribe_applied(ending.request_id, chosen.number, ending.tables))

    def _refuse_set(self, chosen: QuerySet, reason: str) -> None:
        for live in chosen.queries:
            self.unsubscribe(live.id)
            self._set_of.pop(live, None)
        self._sets.pop(chosen.number, None)
        self._send(messages.subscription_error(max(chosen.request_id, 0), chosen.number, reason))

    def _over(self, step: Over) -> None:
        chosen = self._set_of[step.live]
        self.unsubscribe(step.live.id)
        self._send(messages.subscription_error(None, chosen.number, str(step.error)))

    def _changes(self, step: Changes, encoded: Encoded) -> None:
        parts: list[Part] = []
        for live, diff in step.parts:
            if live.over or live not in self._set_of:
                continue
            chosen = self._set_of[live]
            if chosen.request_id >= 0:
                chosen.held.append((step.seq, [(live, diff)]))
            elif chosen.ending is None or live not in chosen.ending.left:
                parts.append((live, diff))
        if step.answer is not None:
            self._answer(step.answer, CODEC.update(parts, encoded))
        elif parts:
            self._send_update(step.seq, parts, encoded)

    def _send_update(self, seq: int, parts: list[Part], encoded: Encoded) -> None:
        payload = messages.transaction_update(CODEC.update(parts, encoded))
        self.outbox.put(Transaction(seq, parts, payload))

    def _answer(self, answered: Answered, update: bytes) -> None:
        error = answered.future.exception()
        if error is None:
            self._send(messages.reducer_answered(answered.id, self._now_us(), update))
        else:
            internal = not isinstance(error, RefusedError) or error.code == "internal"
            self._send(messages.reducer_refused(answered.id, self._now_us(), str(error), internal=internal))

    def _now_us(self) -> int:
        return int(self._door.clock.now().timestamp() * 1_000_000)

    def _send(self, payload: bytes) -> None:
        self.outbox.put(Whole(payload))
