"""Rows and changes of our tables in BSATN, each change encoded once for all who share it."""

from __future__ import annotations

from collections.abc import Iterable

from sproutcast_pi.services.gateway.coalesce import ByCount, ByKey
from sproutcast_pi.services.gateway.fan_out.batch import EncodingCache
from sproutcast_pi.services.gateway.fan_out.client_subscription import ClientSubscription
from sproutcast_pi.services.gateway.send_queue import SubscriptionDiff
from sproutcast_pi.services.gateway.spacetime import messages
from sproutcast_pi.services.gateway.spacetime.bsatn import RowWriter, array, text
from sproutcast_pi.services.gateway.websocket_frames import BINARY
from sproutcast_pi.store.messages import Row
from sproutcast_pi.store.table_schemas import public_tables


class SpacetimeCodec:
    """One for all clients."""

    opcode = BINARY

    def __init__(self) -> None:
        self._writers = {name: RowWriter(table.columns) for name, table in public_tables().items()}

    def supports_table(self, table: str) -> bool:
        """Whether rows of this table can be sent."""
        return table in self._writers

    def encode_rows(self, table: str, rows: Iterable[Row]) -> list[bytes]:
        """Each row by itself, for a row list."""
        return list(map(self._writers[table].row, rows))

    def encode_update(self, diffs: Iterable[SubscriptionDiff], encoded: EncodingCache) -> bytes:
        """One transaction's changes for one client, all its query sets in one."""
        sets: dict[int, dict[str, list[bytes]]] = {}
        for subscription, diff in diffs:
            key = ("bsatn", id(diff))
            body = encoded.bodies.get(key)
            if body is None:
                body = encoded.bodies[key] = self._encode_changes(
                    subscription.table, diff.insert, diff.update, diff.delete
                )
            sets.setdefault(subscription.query_set, {}).setdefault(subscription.table, []).append(body)
        return _encode_sets(sets)

    def encode_merged(self, seq: int, transactions: int, merged: dict[ClientSubscription, ByKey | ByCount]) -> bytes:
        """Several transactions as one update."""
        del seq, transactions
        sets: dict[int, dict[str, list[bytes]]] = {}
        for subscription, rows in merged.items():
            insert, update, delete = rows.lists()
            if not subscription.closed and (insert or update or delete):
                body = self._encode_changes(subscription.table, insert, update, delete)
                sets.setdefault(subscription.query_set, {}).setdefault(subscription.table, []).append(body)
        return messages.transaction_update(_encode_sets(sets))

    def encode_resync(self, ids: list[int], seq: int) -> bytes:
        """Nothing: the protocol has no such word. The client is closed instead, and comes back."""
        del ids, seq
        return messages.transaction_update(messages.EMPTY_UPDATE)

    def _encode_changes(self, table: str, insert: list[Row], update: list[Row], delete: list[Row]) -> bytes:
        """Inserted and deleted rows; an update is both, of one primary key, in one message."""
        writer = self._writers[table]
        return b"\0" + writer.rows([*insert, *update]) + writer.rows([*delete, *update])


def _encode_sets(sets: dict[int, dict[str, list[bytes]]]) -> bytes:
    return messages.update(
        (number, [text(table) + array(bodies) for table, bodies in tables.items()]) for number, tables in sets.items()
    )
