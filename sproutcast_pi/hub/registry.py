"""Who belongs to the fleet, over either database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.hub import pairing
from sproutcast_pi.hub.access_rules import Credential
from sproutcast_pi.hub.keeping import Reader
from sproutcast_pi.hub.pairing import Invitation
from sproutcast_pi.hub.passwords import Hashes
from sproutcast_pi.hub.registering import forget
from sproutcast_pi.model.moments import to_text
from sproutcast_pi.ports import Clock
from sproutcast_pi.store.engine import INTERNAL, Store, Subscription
from sproutcast_pi.store.messages import Diff, Message


class Registry(Protocol):
    """The fleet's list."""

    def invite(self) -> Invitation:
        """Make a pairing code."""

    def pair(self, code: str, device: str, name: str, hashes: Hashes) -> None:
        """Use up a code for a device; raises RefusedError."""

    def forget(self, device: str) -> None:
        """Remove a device and all its rows; raises RefusedError when there is none."""

    def credentials(self) -> list[Credential]:
        """Those of all paired devices."""


class StoreRegistry:
    """The list in the hub's own store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def invite(self) -> Invitation:
        """Make a pairing code."""
        return msgspec.convert(self._store.call("invite_device", {}, caller=INTERNAL).value, Invitation)

    def pair(self, code: str, device: str, name: str, hashes: Hashes) -> None:
        """Use up a code."""
        args = {"code": code, "device": device, "name": name} | msgspec.structs.asdict(hashes)
        self._store.call("pair_device", args, caller=INTERNAL)

    def forget(self, device: str) -> None:
        """Remove a device."""
        self._store.call("forget_device", {"device": device}, caller=INTERNAL)

    def credentials(self) -> list[Credential]:
        """Those of all paired devices."""
        return pairing.credentials(Reader(self._store))

    def when_forgotten(self, act: Callable[[], None]) -> Subscription:
        """Call `act`, which must not block, whenever a device is forgotten."""

        def listen(told: Message) -> None:
            if isinstance(told, Diff) and told.delete:
                act()

        return self._store.subscribe("SELECT id FROM device", listen, caller=INTERNAL)


class PostgresRegistry:
    """The list on a PostgreSQL server; a connection a question, for they are rare."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._url = url
        self._clock = clock

    def invite(self) -> Invitation:
        """Make a pairing code."""
        found: Invitation = self._within(pairing.invite)
        return found

    def pair(self, code: str, device: str, name: str, hashes: Hashes) -> None:
        """Use up a code."""
        self._within(lambda session: pairing.pair(session, code, device, name, hashes))

    def forget(self, device: str) -> None:
        """Remove a device."""
        if self._within(lambda session: forget(session, device)) is None:
            raise RefusedError(f'There is no device "{device}".', code="not_found", field="device")

    def credentials(self) -> list[Credential]:
        """Those of all paired devices."""
        found: list[Credential] = self._within(pairing.credentials)
        return found

    def _within(self, work: Any) -> Any:
        from sproutcast_pi.hub.postgres import PostgresSession, connect, make_tables  # noqa: PLC0415  # needs the driver

        database = connect(self._url)
        try:
            make_tables(database)
            with database.atomic():
                return work(PostgresSession(database, to_text(self._clock.now())))
        finally:
            database.close()
