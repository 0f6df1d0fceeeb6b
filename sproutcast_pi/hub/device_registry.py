"""Who belongs to the fleet, over either database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.hub import pairing
from sproutcast_pi.hub.broker_acl import Credential
from sproutcast_pi.hub.device_rows import remove_device
from sproutcast_pi.hub.hub_storage import StoreReader
from sproutcast_pi.hub.pairing import Invitation
from sproutcast_pi.hub.passwords import PasswordHashes
from sproutcast_pi.messages.areas import hub
from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.ports import Clock
from sproutcast_pi.store.engine import INTERNAL, QuerySubscription, Store
from sproutcast_pi.store.messages import Message, QueryDiff


class DeviceRegistry(Protocol):
    """The fleet's list."""

    def invite(self, device: str | None = None) -> Invitation:
        """Make a pairing code, for `device` alone where it is named; raises RefusedError when that is no id."""

    def pair(self, code: str, device: str, name: str, hashes: PasswordHashes) -> None:
        """Use up a code for a device; raises RefusedError."""

    def remove(self, device: str) -> None:
        """Remove a device and all its rows; raises RefusedError when there is none."""

    def credentials(self) -> list[Credential]:
        """Those of all paired devices."""


class StoreRegistry:
    """The list in the hub's own store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def invite(self, device: str | None = None) -> Invitation:
        """Make a pairing code."""
        made = self._store.call("invite_device", {"device": device}, caller=INTERNAL).value
        return msgspec.convert(made, Invitation)

    def pair(self, code: str, device: str, name: str, hashes: PasswordHashes) -> None:
        """Use up a code."""
        args = {"code": code, "device": device, "name": name} | msgspec.structs.asdict(hashes)
        self._store.call("pair_device", args, caller=INTERNAL)

    def remove(self, device: str) -> None:
        """Remove a device."""
        self._store.call("forget_device", {"device": device}, caller=INTERNAL)

    def credentials(self) -> list[Credential]:
        """Those of all paired devices."""
        return pairing.credentials(StoreReader(self._store))

    def on_removed(self, act: Callable[[], None]) -> QuerySubscription:
        """Call `act`, which must not block, whenever a device is forgotten."""

        def on_message(message: Message) -> None:
            if isinstance(message, QueryDiff) and message.delete:
                act()

        return self._store.subscribe("SELECT id FROM device", on_message, caller=INTERNAL)


class PostgresRegistry:
    """The list on a PostgreSQL server; a connection a question, for they are rare."""

    def __init__(self, url: str, clock: Clock) -> None:
        self._url = url
        self._clock = clock

    def invite(self, device: str | None = None) -> Invitation:
        """Make a pairing code."""
        found: Invitation = self._in_transaction(lambda session: pairing.invite(session, device))
        return found

    def pair(self, code: str, device: str, name: str, hashes: PasswordHashes) -> None:
        """Use up a code."""
        self._in_transaction(lambda session: pairing.pair(session, code, device, name, hashes))

    def remove(self, device: str) -> None:
        """Remove a device."""
        if self._in_transaction(lambda session: remove_device(session, device)) is None:
            raise RefusedError(hub.NO_DEVICE(device=device[:80]), code="not_found", field="device")

    def credentials(self) -> list[Credential]:
        """Those of all paired devices."""
        found: list[Credential] = self._in_transaction(pairing.credentials)
        return found

    def _in_transaction(self, work: Any) -> Any:
        from sproutcast_pi.hub.postgres import PostgresTransaction, connect, create_tables  # noqa: PLC0415 - needs the driver

        database = connect(self._url)
        try:
            create_tables(database)
            with database.atomic():
                return work(PostgresTransaction(database, to_text(self._clock.now())))
        finally:
            database.close()
