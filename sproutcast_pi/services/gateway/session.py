"""One WebSocket client: its subscriptions, its open calls, and the bounds on both."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from typing import Any

from aiohttp import WSMsgType, web

from sproutcast_pi.errors import RefusedError, SproutcastError
from sproutcast_pi.services.front_door import FrontDoor, Visitor
from sproutcast_pi.services.gateway.hub import Hub
from sproutcast_pi.services.gateway.live import Live
from sproutcast_pi.services.gateway.outbox import Outbox
from sproutcast_pi.services.gateway.settings import GatewaySettings
from sproutcast_pi.services.gateway.steps import Answered, Begun, Encoded, Entry, Plan, Step


class Session(ABC):
    """What both protocols share; lives on the event loop."""

    takes_json = False
    """Whether rows that are JSON already can be sent as they are."""

    def __init__(self, *, hub: Hub, door: FrontDoor, visitor: Visitor, settings: GatewaySettings) -> None:
        self.visitor = visitor
        self.here = False
        self.outbox: Outbox
        self._hub = hub
        self._door = door
        self._settings = settings
        self._lives: dict[int, Live] = {}
        self._calls = asyncio.Semaphore(settings.calls_open)

    @abstractmethod
    async def receive(self, data: str | bytes) -> None:
        """Do what a frame asks; raises RefusedError for one that can't be read."""

    @abstractmethod
    def deliver(self, steps: list[Step], encoded: Encoded) -> None:
        """Tell the client what happened."""

    @abstractmethod
    def greet(self) -> None:
        """Send the first message."""

    @abstractmethod
    def make_outbox(self, socket: web.WebSocketResponse, transport: asyncio.Transport) -> Outbox:
        """The outbox with this protocol's codec."""

    @abstractmethod
    def too_slow(self, live: Live) -> None:
        """Tell the client that a subscription has ended because its first rows were not taken."""

    @property
    def subscriptions(self) -> int:
        """How many subscriptions it holds."""
        return len(self._lives)

    def take(self, entries: list[Entry], encoded: Encoded) -> None:
        """Tell the client of a batch of commits; what it has to say goes out in one write."""
        plan = Plan()
        for entry in entries:
            plan.add(entry)
            if isinstance(entry, Answered):
                self._calls.release()
        with self.outbox.together():
            self.deliver(plan.steps, encoded)

    async def converse(self, socket: web.WebSocketResponse, transport: asyncio.Transport) -> None:
        """Talk until the client leaves."""
        self.outbox = self.make_outbox(socket, transport)
        self.here = True
        self.greet()
        try:
            async for message in socket:
                if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                    break
                try:
                    await self.receive(message.data)
                except RefusedError as refused:
                    self.outbox.hang_up(1002 if refused.code == "invalid" else 1008, str(refused))
                    break
        finally:
            self.here = False
            self.outbox.close()
            self.drop_all()

    def drop_all(self) -> list[int]:
        """End all subscriptions; returns their ids."""
        lives, self._lives = self._lives, {}
        for live in lives.values():
            live.close()
        return list(lives)

    def hang_up(self, code: int, reason: str) -> None:
        """End the conversation."""
        self.outbox.hang_up(code, reason)

    async def call(self, number: int, reducer: str, args: dict[str, Any]) -> None:
        """Submit a call; waits while too many are open, so a client that floods us waits for itself."""
        await self._calls.acquire()
        try:
            self._hub.call(self, number, lambda: self._door.call(self.visitor, reducer, args))
        except BaseException:
            self._calls.release()
            raise

    async def subscribe(
        self,
        number: int,
        sql: str,
        since: int | None,
        epoch: str | None,
        joined: Callable[[Live], object] = lambda _: None,
        *,
        beyond_limit: bool = False,
    ) -> None:
        """Begin a subscription; its rows come through the hub, after `joined` was told. Raises RefusedError."""
        if number in self._lives:
            raise RefusedError(f"The id {number} is in use; choose another.", code="conflict")
        if len(self._lives) >= self._settings.subscriptions and not beyond_limit:
            raise RefusedError(
                f"This connection has {len(self._lives)} subscriptions; end one first.", code="rate_limited"
            )
        live = Live(number, sql, partial(self._hub.say, self))
        live.resuming = since is not None
        self._lives[number] = live
        joined(live)
        loop = asyncio.get_running_loop()
        try:
            live.subscription = await loop.run_in_executor(
                None,
                lambda: self._door.store.subscribe(
                    sql, live, caller=self.visitor.caller, since=since, epoch=epoch, as_json=self.takes_json
                ),
            )
        except SproutcastError as error:
            self.unsubscribe(number)
            if isinstance(error, RefusedError):
                raise
            raise RefusedError(str(error), code="unavailable") from error
        if self._lives.get(number) is not live:
            live.close()

    def unsubscribe(self, number: int) -> Live | None:
        """End a subscription."""
        live = self._lives.pop(number, None)
        if live is not None:
            live.close()
        return live

    def watch_piece(self, step: Begun) -> None:
        """End a subscription whose client does not take its first rows, for the store waits, and others behind it."""
        taken = step.taken
        if taken is None or taken.is_set():
            return

        def look() -> None:
            if not taken.is_set():
                taken.set()
                if self.unsubscribe(step.live.id) is not None:
                    self.too_slow(step.live)

        asyncio.get_running_loop().call_later(self._settings.piece_s, look)
