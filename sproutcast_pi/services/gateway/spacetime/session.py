"""A client that speaks `v2` or `v3.bsatn.spacetimedb`."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from itertools import count

import msgspec
from aiohttp import web

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.services.gateway.fan_out.batch import (
    BatchItem,
    CallResult,
    EncodingCache,
    Ended,
    FirstRows,
    TransactionChanges,
)
from sproutcast_pi.services.gateway.fan_out.client_subscription import ClientSubscription
from sproutcast_pi.services.gateway.send_queue import EncodedMessage, PendingTransaction, SendQueue, SubscriptionDiff
from sproutcast_pi.services.gateway.session import WebSocketSession
from sproutcast_pi.services.gateway.spacetime import messages
from sproutcast_pi.services.gateway.spacetime.arguments import read_arguments
from sproutcast_pi.services.gateway.spacetime.bsatn import BsatnError
from sproutcast_pi.services.gateway.spacetime.codec import SpacetimeCodec
from sproutcast_pi.services.gateway.spacetime.query_sets import (
    MAX_FIRST_ROWS_BYTES,
    PendingUnsubscribe,
    QuerySet,
    RowBuffer,
)
from sproutcast_pi.store.reducer import find_reducer

CODEC = SpacetimeCodec()


class SpacetimeSession(WebSocketSession):
    """Reads requests, writes responses; what this client needs and no more."""

    def create_send_queue(self, socket: web.WebSocketResponse, transport: asyncio.Transport) -> SendQueue:
        """A send queue that writes BSATN, and closes where our own protocol would say resync."""
        self._numbers = count(1)
        self._sets: dict[int, QuerySet] = {}
        self._set_by_subscription: dict[ClientSubscription, QuerySet] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        settings = msgspec.structs.replace(self._settings, resyncs=0)
        return SendQueue(socket, transport, CODEC, settings, self.unsubscribe_all)

    def send_hello(self) -> None:
        """Send the client's identity: the same identity every time, derived from device and pairing."""
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

    def send_items(self, items: list[BatchItem], encoded: EncodingCache) -> None:
        """Send each step."""
        for item in items:
            match item:
                case TransactionChanges():
                    self._on_changes(item, encoded)
                case CallResult():
                    self._send_call_result(item, messages.EMPTY_UPDATE)
                case FirstRows() if not item.subscription.closed:
                    self._on_first_rows(item)
                case FirstRows() if item.delivered is not None:
                    item.delivered.set()
                case Ended() if not item.subscription.closed:
                    self._on_ended(item)

    async def _subscribe_set(self, request: messages.SubscribeRequest) -> None:
        if request.query_set_id in self._sets:
            raise RefusedError(f"The query set {request.query_set_id} is in use.")
        chosen = QuerySet(request.query_set_id, request.request_id)
        self._sets[chosen.number] = chosen
        try:
            for sql in request.queries:
                subscription = self.register(next(self._numbers), sql)
                subscription.query_set = chosen.number
                chosen.queries.append(subscription)
                chosen.rows[subscription] = RowBuffer(CODEC)
                self._set_by_subscription[subscription] = chosen
            await self.subscribe_all(chosen.queries)
        except RefusedError as refused:
            # What was answered before this request was refused must arrive before it.
            await self.fence()
            self._fail_set(chosen, str(refused))
            return
        if not chosen.queries:
            self._apply(chosen)

    async def _unsubscribe_set(self, request: messages.UnsubscribeRequest) -> None:
        chosen = self._sets.get(request.query_set_id)
        if chosen is not None:
            await chosen.settled.wait()
        if chosen is None or chosen.unsubscribing is not None or chosen.number not in self._sets:
            self._send(messages.subscription_error(request.request_id, request.query_set_id, "no such query set"))
            return
        chosen.unsubscribing = ending = PendingUnsubscribe(request.request_id)
        for ended in chosen.queries:
            reader = self.register(next(self._numbers), ended.sql, beyond_limit=True)
            ending.readers[reader] = (ended, RowBuffer(CODEC))
            self._set_by_subscription[reader] = chosen
        await self.subscribe_all(list(ending.readers))
        if not ending.readers:
            self._finish_unsubscribe(chosen, ending)

    async def _on_call(self, request: messages.CallReducerRequest) -> None:
        try:
            reducer = find_reducer(self._pipeline.store.reducers, request.reducer)
            args = read_arguments(reducer, request.arguments)
            await self.call_reducer(request.request_id, request.reducer, args)
        except (RefusedError, BsatnError) as error:
            self._send(messages.reducer_failed(request.request_id, self._now_us(), str(error), internal=False))

    def end_slow_subscription(self, subscription: ClientSubscription) -> None:
        """Close; this protocol has no other word for it."""
        del subscription
        self.close_connection(1013, "too slow for what it subscribed to; come back with less")

    def _on_first_rows(self, item: FirstRows) -> None:
        subscription, chosen = item.subscription, self._set_by_subscription.get(item.subscription)
        if item.delivered is not None:
            item.delivered.set()
        if chosen is None:
            return
        subscription.key = item.rows.key
        subscription.table = item.rows.table
        if not CODEC.supports_table(subscription.table):
            self._fail_set(chosen, "here a query must ask for whole rows of one table")
            return
        ending = chosen.unsubscribing
        if ending is not None:
            if not ending.readers[subscription][1].add(item.rows):
                self.end_slow_subscription(subscription)
            elif ending.complete():
                buffers = [buffer for _, buffer in ending.readers.values()]
                self._when_current(buffers, lambda: self._finish_unsubscribe(chosen, ending))
        elif not chosen.rows[subscription].add(item.rows):
            self._fail_set(chosen, f"its rows are more than {MAX_FIRST_ROWS_BYTES >> 20} MB; narrow it with WHERE")
        elif all(buffer.complete for buffer in chosen.rows.values()):
            self._when_current(list(chosen.rows.values()), lambda: self._apply(chosen))

    def _when_current(self, buffers: list[RowBuffer], act: Callable[[], None]) -> None:
        """Run `act` once all changes up to the newest of these rows have arrived here: at once, or after a fence."""
        if len({buffer.seq for buffer in buffers}) == 1 and not any(buffer.chunked for buffer in buffers):
            act()
            return

        async def later() -> None:
            await self.fence()
            if self.connected:
                act()

        task = asyncio.get_running_loop().create_task(later())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _apply(self, chosen: QuerySet) -> None:
        if chosen.settled.is_set():
            return
        tables, later = chosen.first_rows() if chosen.rows else ([], [])
        chosen.settled.set()
        self._send(messages.subscribe_applied(chosen.request_id, chosen.number, tables))
        for seq, diffs in later:
            self._send_update(seq, diffs, EncodingCache())

    def _finish_unsubscribe(self, chosen: QuerySet, ending: PendingUnsubscribe) -> None:
        if self._sets.pop(chosen.number, None) is None:
            return
        for seq, diffs in chosen.last_changes():
            self._send_update(seq, diffs, EncodingCache())
        for reader, (ended, _) in ending.readers.items():
            for subscription in (reader, ended):
                self.unsubscribe(subscription.id)
                self._set_by_subscription.pop(subscription, None)
        tables = [buffer.table_rows() for _, buffer in ending.readers.values()]
        self._send(messages.unsubscribe_applied(ending.request_id, chosen.number, tables))

    def _fail_set(self, chosen: QuerySet, reason: str) -> None:
        for subscription in chosen.queries:
            self.unsubscribe(subscription.id)
            self._set_by_subscription.pop(subscription, None)
        if self._sets.pop(chosen.number, None) is None:
            return
        request = None if chosen.settled.is_set() else chosen.request_id
        chosen.settled.set()
        self._send(messages.subscription_error(request, chosen.number, reason))

    def _on_ended(self, item: Ended) -> None:
        chosen = self._set_by_subscription.get(item.subscription)
        if chosen is not None:
            self._fail_set(chosen, str(item.error))

    def _on_changes(self, item: TransactionChanges, encoded: EncodingCache) -> None:
        diffs: list[SubscriptionDiff] = []
        for subscription, diff in item.diffs:
            chosen = self._set_by_subscription.get(subscription)
            if subscription.closed or chosen is None:
                continue
            if chosen.unsubscribing is not None and subscription in chosen.unsubscribing.readers:
                continue
            if chosen.buffers_changes:
                chosen.buffer(item.seq, subscription, diff)
            else:
                diffs.append((subscription, diff))
        if item.call_result is not None:
            self._send_call_result(item.call_result, CODEC.encode_update(diffs, encoded))
        elif diffs:
            self._send_update(item.seq, diffs, encoded)

    def _send_update(self, seq: int, diffs: list[SubscriptionDiff], encoded: EncodingCache) -> None:
        payload = messages.transaction_update(CODEC.encode_update(diffs, encoded))
        self.send_queue.push(PendingTransaction(seq, diffs, payload))

    def _send_call_result(self, call_result: CallResult, update: bytes) -> None:
        error = call_result.future.exception()
        if error is None:
            self._send(messages.reducer_succeeded(call_result.id, self._now_us(), update))
        else:
            internal = not isinstance(error, RefusedError) or error.code == "internal"
            self._send(messages.reducer_failed(call_result.id, self._now_us(), str(error), internal=internal))

    def _now_us(self) -> int:
        return int(self._pipeline.clock.now().timestamp() * 1_000_000)

    def _send(self, payload: bytes) -> None:
        self.send_queue.push(EncodedMessage(payload))
