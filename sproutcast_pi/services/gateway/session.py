"""One WebSocket client: its subscriptions, its open calls, and the bounds on both."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any

from aiohttp import WSMsgType, web

from sproutcast_pi.errors import RefusedError, SproutcastError
from sproutcast_pi.messages.areas import phones
from sproutcast_pi.services.call_pipeline import CallPipeline, Principal
from sproutcast_pi.services.gateway.fan_out.batch import (
    BatchBuilder,
    BatchEntry,
    BatchItem,
    CallResult,
    EncodingCache,
    FirstRows,
)
from sproutcast_pi.services.gateway.fan_out.broadcaster import Broadcaster
from sproutcast_pi.services.gateway.fan_out.client_subscription import ClientSubscription
from sproutcast_pi.services.gateway.heartbeat import Heartbeat
from sproutcast_pi.services.gateway.send_queue import SendQueue
from sproutcast_pi.services.gateway.settings import GatewaySettings
from sproutcast_pi.store.engine import QuerySubscription

_logger = logging.getLogger(__name__)

REVOKED_CODE = 1008
INTERNAL_ERROR_CODE = 1011
DEAD_CODE = 1002


class WebSocketSession(ABC):
    """What both protocols share; lives on the event loop."""

    accepts_json = False
    """Whether rows that are JSON already can be sent as they are."""

    def __init__(
        self, *, broadcaster: Broadcaster, pipeline: CallPipeline, principal: Principal, settings: GatewaySettings
    ) -> None:
        self.principal = principal
        self.connected = False
        self.send_queue: SendQueue
        self._broadcaster = broadcaster
        self._pipeline = pipeline
        self._settings = settings
        self._subscriptions: dict[int, ClientSubscription] = {}
        self.siblings: Collection[WebSocketSession] = ()
        """All open sessions, this client's other ones among them."""
        self._call_slots = asyncio.Semaphore(settings.calls_open)

    @abstractmethod
    async def receive(self, data: str | bytes) -> None:
        """Do what a frame asks; raises RefusedError for one that can't be read."""

    @abstractmethod
    def send_items(self, items: list[BatchItem], encoded: EncodingCache) -> None:
        """Send items, in order."""

    @abstractmethod
    def send_hello(self) -> None:
        """Send the first message."""

    @abstractmethod
    def create_send_queue(self, socket: web.WebSocketResponse, transport: asyncio.Transport) -> SendQueue:
        """The send queue with this protocol's codec."""

    @abstractmethod
    def end_slow_subscription(self, subscription: ClientSubscription) -> None:
        """Send the end of a subscription whose first rows were not accepted."""

    @property
    def subscription_count(self) -> int:
        """How many subscriptions it holds."""
        return len(self._subscriptions)

    def on_batch(self, entries: list[BatchEntry], encoded: EncodingCache) -> None:
        """Build and send a batch of commits, in one write."""
        builder = BatchBuilder()
        for entry in entries:
            builder.add(entry)
            if isinstance(entry, CallResult):
                self._call_slots.release()
        with self.send_queue.batch_writes():
            self.send_items(builder.items, encoded)

    async def serve(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport,
        is_current: Callable[[WebSocketSession], bool],
    ) -> None:
        """Talk until the client leaves; `is_current`: whether its token is still worth what it was on arrival."""
        self.send_queue = self.create_send_queue(socket, transport)
        if not is_current(self):
            self.close_connection(REVOKED_CODE, "this token was revoked or its role has changed")
            return
        self.connected = True
        self.send_hello()
        heartbeat = Heartbeat(self._settings.ping_s, self.send_queue.ping, self._on_dead)
        heartbeat.start()
        try:
            async for message in socket:
                heartbeat.note_frame()
                if message.type == WSMsgType.PING:
                    self.send_queue.pong(message.data)
                    continue
                if message.type == WSMsgType.PONG:
                    continue
                if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                    break
                try:
                    await self.receive(message.data)
                except RefusedError as refused:
                    self._pipeline.refusals.record(self.principal.name, "WebSocket frame", refused)
                    self.close_connection(1002 if refused.code == "invalid" else 1008, str(refused))
                    break
                except Exception as error:  # noqa: BLE001 - the connection is closed with a code; `fail` logs the reason
                    self.fail(error)
                    break
        finally:
            heartbeat.stop()
            self.connected = False
            self.send_queue.close()
            self.unsubscribe_all()

    def unsubscribe_all(self) -> list[int]:
        """End all subscriptions; returns their ids."""
        subscriptions, self._subscriptions = self._subscriptions, {}
        for subscription in subscriptions.values():
            subscription.close()
        return list(subscriptions)

    def close_connection(self, code: int, reason: str) -> None:
        """End the conversation."""
        self.send_queue.close_connection(code, reason)

    def _on_dead(self) -> None:
        self.close_connection(DEAD_CODE, "no answer to a ping")

    def fail(self, error: Exception) -> None:
        """End the conversation because of a fault of ours."""
        _logger.error("a client's session failed", exc_info=error)
        self.close_connection(INTERNAL_ERROR_CODE, "something went wrong here; the log says what")

    async def call_reducer(self, number: int, reducer: str, args: dict[str, Any]) -> None:
        """Submit a call; waits while too many are open, so a client that floods us waits for itself."""
        await self._call_slots.acquire()
        try:
            self._broadcaster.submit_call(self, number, lambda: self._pipeline.submit(self.principal, reducer, args))
        except BaseException:
            self._call_slots.release()
            raise

    async def subscribe(
        self,
        number: int,
        sql: str,
        since: int | None,
        epoch: str | None,
    ) -> None:
        """Begin a subscription; its rows come through the broadcaster. Raises RefusedError."""
        self._check_quota(beyond_limit=False)
        subscription = self._register(number, sql)
        subscription.resuming = since is not None
        caller = self._pipeline.current(self.principal).caller

        def begin() -> list[QuerySubscription]:
            store = self._pipeline.store
            return [
                store.subscribe(sql, subscription, caller=caller, since=since, epoch=epoch, as_json=self.accepts_json)
            ]

        await self._begin([subscription], begin)

    async def subscribe_all(self, subscriptions: Sequence[ClientSubscription]) -> None:
        """Begin several registered subscriptions at one moment, or none of them. Raises RefusedError."""
        caller = self._pipeline.current(self.principal).caller
        queries = [(subscription.sql, subscription) for subscription in subscriptions]
        await self._begin(subscriptions, lambda: self._pipeline.store.subscribe_all(queries, caller=caller))

    def register(self, number: int, sql: str, *, beyond_limit: bool = False) -> ClientSubscription:
        """Make a subscription that `subscribe_all` begins. Raises RefusedError beyond the bounds."""
        self._check_quota(beyond_limit=beyond_limit)
        return self._register(number, sql)

    async def fence(self) -> None:
        """Return once everything that was committed before has been delivered to this session."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, self._pipeline.store.run_on_writer, lambda: None)

    def _register(self, number: int, sql: str) -> ClientSubscription:
        if number in self._subscriptions:
            raise RefusedError(phones.ID_IN_USE(id=number), code="conflict")
        subscription = self._subscriptions[number] = ClientSubscription(
            number, sql, partial(self._broadcaster.publish, self)
        )
        return subscription

    async def _begin(
        self, subscriptions: Sequence[ClientSubscription], begin: Callable[[], list[QuerySubscription]]
    ) -> None:
        try:
            queries = await asyncio.get_running_loop().run_in_executor(None, begin)
        except Exception as error:
            for subscription in subscriptions:
                self.unsubscribe(subscription.id)
            if isinstance(error, RefusedError):
                raise
            if isinstance(error, SproutcastError):
                raise RefusedError(error.message, code="unavailable") from error
            _logger.exception("a subscription failed")
            raise RefusedError(phones.QUERY_FAILED(), code="internal") from error
        for subscription, query in zip(subscriptions, queries, strict=True):
            subscription.query_subscription = query
            if self._subscriptions.get(subscription.id) is not subscription:
                subscription.close()

    def _check_quota(self, *, beyond_limit: bool) -> None:
        if len(self._subscriptions) >= self._settings.subscriptions and not beyond_limit:
            raise RefusedError(phones.TOO_MANY_OF_CONNECTION(n=len(self._subscriptions)), code="rate_limited")
        client = self.principal.client_id
        if client is None:
            return
        held = sum(one.subscription_count for one in self.siblings if one.principal.client_id == client)
        if held >= self._settings.subscriptions_per_client:
            raise RefusedError(phones.TOO_MANY_OF_CLIENT(n=held), code="rate_limited")

    def unsubscribe(self, number: int) -> ClientSubscription | None:
        """End a subscription."""
        subscription = self._subscriptions.pop(number, None)
        if subscription is not None:
            subscription.close()
        return subscription

    def enforce_chunk_timeout(self, item: FirstRows) -> None:
        """End a subscription whose client does not take its first rows, for the store waits, and others behind it."""
        delivered = item.delivered
        if delivered is None or delivered.is_set():
            return

        def look() -> None:
            if not delivered.is_set():
                delivered.set()
                if self.unsubscribe(item.subscription.id) is not None:
                    self.end_slow_subscription(item.subscription)

        asyncio.get_running_loop().call_later(self._settings.chunk_timeout_s, look)
