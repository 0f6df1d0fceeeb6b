"""A client that speaks `v2` or `v3.bsatn.spacetimedb`."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from itertools import count

import msgspec
from aiohttp import web

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.services.gateway.live import ClientSubscription
from sproutcast_pi.services.gateway.send_queue import EncodedMessage, PendingTransaction, SendQueue, SubscriptionDiff
from sproutcast_pi.services.gateway.session import WebSocketSession
from sproutcast_pi.services.gateway.spacetime import messages
from sproutcast_pi.services.gateway.spacetime.arguments import read_arguments
from sproutcast_pi.services.gateway.spacetime.bsatn import BsatnError, row_list
from sproutcast_pi.services.gateway.spacetime.codec import SpacetimeCodec
from sproutcast_pi.services.gateway.steps import (
    BatchItem,
    CallResult,
    EncodingCache,
    Ended,
    FirstRows,
    TransactionChanges,
)
from sproutcast_pi.store.reducer import find_reducer

CODEC = SpacetimeCodec()


MAX_FIRST_ROWS_BYTES = 16 * 1024 * 1024
"""Of one query's first rows: this protocol wants them in one message, which must be held until it is whole."""


class RowBuffer:
    """A query's first rows, encoded as they come."""

    def __init__(self) -> None:
        self.encoded: list[bytes] = []
        self.size = 0

    def add(self, encoded: list[bytes]) -> bool:
        """Add some; False when they have become too many."""
        self.encoded += encoded
        self.size += sum(map(len, encoded))
        return self.size <= MAX_FIRST_ROWS_BYTES


class QuerySet:
    """Queries that begin and end together."""

    def __init__(self, number: int, request_id: int) -> None:
        self.number = number
        self.request_id = request_id
        self.queries: list[ClientSubscription] = []
        self.all_requested = False
        """Whether all its queries have been asked."""
        self.loading: dict[ClientSubscription, RowBuffer] = {}
        """Queries whose rows have not all come yet, with those that have."""
        self.tables: list[tuple[str, bytes]] = []
        self.buffered: list[tuple[int, list[SubscriptionDiff]]] = []
        """Changes to queries that have begun, while others have not."""
        self.unsubscribe: PendingUnsubscribe | None = None


class PendingUnsubscribe:
    """The end of a set: each query's rows are read once more, so that the client can take them out of its cache."""

    def __init__(self, request_id: int) -> None:
        self.request_id = request_id
        self.tables: list[tuple[str, bytes]] = []
        self.remaining: dict[ClientSubscription, tuple[ClientSubscription, RowBuffer]] = {}
        """The reading query, the query it ends, and its rows so far."""


class SpacetimeSession(WebSocketSession):
    """Reads requests, writes responses; what this client needs and no more."""

    def create_send_queue(self, socket: web.WebSocketResponse, transport: asyncio.Transport) -> SendQueue:
        """An outbox that writes BSATN, and closes where our own protocol would say resync."""
        self._numbers = count(1)
        self._sets: dict[int, QuerySet] = {}
        self._set_by_subscription: dict[ClientSubscription, QuerySet] = {}
        settings = msgspec.structs.replace(self._settings, resyncs=0)
        return SendQueue(socket, transport, CODEC, settings, self.unsubscribe_all)

    def send_hello(self) -> None:
        """Say who the client is to us: the same identity every time, derived from device and pairing."""
        principal = self.principal
        who = f"{self._pipeline.store.device}|{principal.transport}|{principal.client_id or principal.name}"
        identity = hashlib.sha256(who.encode()).digest()[:30] + b"\x00\xc2"
        self._send(messages.initial_connection(identity, secrets.token_bytes(16), ""))

    async def receive(self, data: str | bytes) -> None:
        """Do what a frame asks."""
        try:
            requests = messages.read_requests(data if isinstance(data, bytes) else data.encode())
        except BsatnError as error:
            raise RefusedError(f"That is no message of {messages.PROTOCOLS[0]}: {error}") from None
        for request in requests:
            if isinstance(request, messages.SubscribeRequest):
                await self._subscribe_set(request)
            elif isinstance(request, messages.UnsubscribeRequest):
                await self._unsubscribe_set(request)
            else:
                await self._on_call(request)

    def deliver(self, steps: list[BatchItem], encoded: EncodingCache) -> None:
        """Send each step."""
        for step in steps:
            match step:
                case TransactionChanges():
                    self._on_changes(step, encoded)
                case CallResult():
                    self._send_call_result(step, messages.EMPTY_UPDATE)
                case FirstRows() if not step.subscription.closed:
                    self._on_first_rows(step, encoded)
                case FirstRows() if step.delivered is not None:
                    step.delivered.set()
                case Ended() if not step.subscription.closed:
                    self._on_ended(step)

    async def _subscribe_set(self, request: messages.SubscribeRequest) -> None:
        if request.query_set_id in self._sets:
            raise RefusedError(f"The query set {request.query_set_id} is in use.")
        chosen = QuerySet(request.query_set_id, request.request_id)
        self._sets[chosen.number] = chosen
        numbers = [next(self._numbers) for _ in request.queries]
        try:
            for number, sql in zip(numbers, request.queries, strict=True):
                await self._start_query(chosen, number, sql)
        except RefusedError as refused:
            for number in numbers:
                self.unsubscribe(number)
            del self._sets[chosen.number]
            self._send(messages.subscription_error(request.request_id, request.query_set_id, str(refused)))
            return
        chosen.all_requested = True
        self._apply_when_loaded(chosen)

    async def _start_query(self, chosen: QuerySet, number: int, sql: str) -> None:
        def joined(live: ClientSubscription) -> None:
            live.query_set = chosen.number
            chosen.queries.append(live)
            chosen.loading[live] = RowBuffer()
            self._set_by_subscription[live] = chosen

        await self.subscribe(number, sql, None, None, joined)

    async def _unsubscribe_set(self, request: messages.UnsubscribeRequest) -> None:
        chosen = self._sets.get(request.query_set_id)
        if chosen is None or chosen.unsubscribe is not None:
            self._send(messages.subscription_error(request.request_id, request.query_set_id, "no such query set"))
            return
        chosen.unsubscribe = ending = PendingUnsubscribe(request.request_id)
        for live in chosen.queries:

            def joined(reading: ClientSubscription, ended: ClientSubscription = live) -> None:
                ending.remaining[reading] = (ended, RowBuffer())
                self._set_by_subscription[reading] = chosen

            await self.subscribe(next(self._numbers), live.sql, None, None, joined, beyond_limit=True)

    async def _on_call(self, request: messages.CallReducerRequest) -> None:
        try:
            reducer = find_reducer(self._pipeline.store.reducers, request.reducer)
            args = read_arguments(reducer, request.arguments)
            await self.call_reducer(request.request_id, request.reducer, args)
        except (RefusedError, BsatnError) as error:
            self._send(messages.reducer_failed(request.request_id, self._now_us(), str(error), internal=False))

    def end_slow_subscription(self, live: ClientSubscription) -> None:
        """Close; this protocol has no other word for it."""
        del live
        self.close_connection(1013, "too slow for what it subscribed to; come back with less")

    def _on_first_rows(self, step: FirstRows, encoded: EncodingCache) -> None:
        live, chosen = step.subscription, self._set_by_subscription[step.subscription]
        live.key = step.rows.key
        live.table = step.rows.table
        if not CODEC.supports_table(live.table):
            self._fail_set(chosen, "here a query must ask for whole rows of one table")
            return
        if chosen.unsubscribe is not None and live in chosen.unsubscribe.remaining:
            self._on_unsubscribe_rows(step, chosen, chosen.unsubscribe)
            return
        if step.delivered is not None:
            step.delivered.set()
        rows = chosen.loading[live]
        if not rows.add(CODEC.encode_rows(live.table, step.rows.rows)):
            self._fail_set(chosen, f"its rows are more than {MAX_FIRST_ROWS_BYTES >> 20} MB; narrow it with WHERE")
        elif step.rows.done:
            chosen.tables.append((live.table, row_list(rows.encoded)))
            del chosen.loading[live]
            self._apply_when_loaded(chosen, encoded)

    def _apply_when_loaded(self, chosen: QuerySet, encoded: EncodingCache | None = None) -> None:
        if chosen.loading or not chosen.all_requested or chosen.request_id < 0:
            return
        self._send(messages.subscribe_applied(chosen.request_id, chosen.number, chosen.tables))
        chosen.request_id = -1
        chosen.tables = []
        for seq, parts in chosen.buffered:
            self._send_update(seq, parts, encoded or EncodingCache())
        chosen.buffered = []

    def _on_unsubscribe_rows(self, step: FirstRows, chosen: QuerySet, ending: PendingUnsubscribe) -> None:
        if step.delivered is not None:
            step.delivered.set()
        ended, rows = ending.remaining[step.subscription]
        if not rows.add(CODEC.encode_rows(step.subscription.table, step.rows.rows)):
            self.end_slow_subscription(step.subscription)
            return
        if not step.rows.done:
            return
        del ending.remaining[step.subscription]
        for live in (step.subscription, ended):
            self.unsubscribe(live.id)
            self._set_by_subscription.pop(live, None)
        ending.tables.append((step.subscription.table, row_list(rows.encoded)))
        if not ending.remaining:
            del self._sets[chosen.number]
            self._send(messages.unsubscribe_applied(ending.request_id, chosen.number, ending.tables))

    def _fail_set(self, chosen: QuerySet, reason: str) -> None:
        for live in chosen.queries:
            self.unsubscribe(live.id)
            self._set_by_subscription.pop(live, None)
        self._sets.pop(chosen.number, None)
        self._send(messages.subscription_error(max(chosen.request_id, 0), chosen.number, reason))

    def _on_ended(self, step: Ended) -> None:
        chosen = self._set_by_subscription[step.subscription]
        self.unsubscribe(step.subscription.id)
        self._send(messages.subscription_error(None, chosen.number, str(step.error)))

    def _on_changes(self, step: TransactionChanges, encoded: EncodingCache) -> None:
        parts: list[SubscriptionDiff] = []
        for live, diff in step.diffs:
            if live.closed or live not in self._set_by_subscription:
                continue
            chosen = self._set_by_subscription[live]
            if chosen.request_id >= 0:
                chosen.buffered.append((step.seq, [(live, diff)]))
            elif chosen.unsubscribe is None or live not in chosen.unsubscribe.remaining:
                parts.append((live, diff))
        if step.call_result is not None:
            self._send_call_result(step.call_result, CODEC.encode_update(parts, encoded))
        elif parts:
            self._send_update(step.seq, parts, encoded)

    def _send_update(self, seq: int, parts: list[SubscriptionDiff], encoded: EncodingCache) -> None:
        payload = messages.transaction_update(CODEC.encode_update(parts, encoded))
        self.send_queue.enqueue(PendingTransaction(seq, parts, payload))

    def _send_call_result(self, answered: CallResult, update: bytes) -> None:
        error = answered.future.exception()
        if error is None:
            self._send(messages.reducer_succeeded(answered.id, self._now_us(), update))
        else:
            internal = not isinstance(error, RefusedError) or error.code == "internal"
            self._send(messages.reducer_failed(answered.id, self._now_us(), str(error), internal=internal))

    def _now_us(self) -> int:
        return int(self._pipeline.clock.now().timestamp() * 1_000_000)

    def _send(self, payload: bytes) -> None:
        self.send_queue.enqueue(EncodedMessage(payload))
