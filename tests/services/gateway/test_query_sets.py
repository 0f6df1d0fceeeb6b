"""Query sets of the SpacetimeDB protocol begin and end as of one transaction each, and answers keep their order."""

from __future__ import annotations

import struct
import threading
from itertools import pairwise
from typing import Any

import pytest

from sproutcast_pi.protocol import websocket
from sproutcast_pi.services.gateway.spacetime.arguments import arguments, read_arguments
from sproutcast_pi.services.gateway.spacetime.bsatn import BsatnError, BsatnReader, array, text
from sproutcast_pi.store.engine import INTERNAL
from sproutcast_pi.store.reducers import all_reducers
from sproutcast_pi.store.table_schemas import public_tables
from tests.services.gateway.helpers import GatewayHarness, RawSocket
from tests.waiting import wait_until

U32 = struct.Struct("<I").pack
TWO = ["SELECT * FROM plant", "SELECT * FROM setting"]


def subscribe(raw: RawSocket, number: int, queries: list[str]) -> None:
    raw.send(b"\0" + U32(number) + U32(number) + array([text(sql) for sql in queries]), websocket.BINARY)


def unsubscribe(raw: RawSocket, number: int) -> None:
    raw.send(b"\1" + U32(number + 1000) + U32(number) + b"\1", websocket.BINARY)


def read_row(table: str, reader: BsatnReader) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column in public_tables()[table].columns:
        if column.nullable and not reader.has_value():
            row[column.name] = None
        else:
            row[column.name] = {"integer": reader.i64, "real": reader.f64, "text": reader.text}[column.kind]()
    return row


def read_rows(table: str, reader: BsatnReader) -> list[dict[str, Any]]:
    assert reader.u8() == 1
    starts = [reader.i64() for _ in range(reader.u32())]
    data = reader.blob()
    return [read_row(table, BsatnReader(data[a:b])) for a, b in pairwise([*starts, len(data)])]


class Cache:
    """What the official client keeps: how often each row is there, by table."""

    def __init__(self, raw: RawSocket) -> None:
        self.raw = raw
        self.rows: dict[str, dict[str, int]] = {}

    def _count(self, table: str, rows: list[dict[str, Any]], by: int) -> None:
        counts = self.rows.setdefault(table, {})
        for row in rows:
            # An update names the row twice, as it is now: the client identifies rows by their primary key.
            key = str([row[column.name] for column in public_tables()[table].columns if column.primary])
            counts[key] = counts.get(key, 0) + by
            if counts[key] == 0:
                del counts[key]
            assert counts.get(key, 1) > 0, f"a row of {table} left that was not there"

    def next(self) -> tuple[int, int]:
        """Apply the next message; its tag, and its set or request."""
        frame = self.raw.receive()
        assert frame is not None
        reader = BsatnReader(frame[1])
        assert reader.u8() == 0
        tag = reader.u8()
        if tag == 1:
            reader.u32()
            number = reader.u32()
            self._tables(reader, 1)
        elif tag == 2:
            reader.u32()
            number = reader.u32()
            assert reader.has_value()
            self._tables(reader, -1)
        elif tag == 3:
            number = reader.u32() if reader.has_value() else 0
        elif tag == 4:
            number = 0
            self._update(reader)
        else:
            number = reader.u32() if tag == 6 else 0
        return tag, number

    def until(self, wanted: int) -> int:
        """Apply messages up to one with this tag; its number."""
        while (received := self.next())[0] != wanted:
            pass
        return received[1]

    def _tables(self, reader: BsatnReader, by: int) -> None:
        for _ in range(reader.u32()):
            table = reader.text()
            self._count(table, read_rows(table, reader), by)

    def _update(self, reader: BsatnReader) -> None:
        for _ in range(reader.u32()):
            reader.u32()
            for _ in range(reader.u32()):
                table = reader.text()
                for _ in range(reader.u32()):
                    assert reader.u8() == 0
                    inserts, deletes = read_rows(table, reader), read_rows(table, reader)
                    self._count(table, deletes, -1)
                    self._count(table, inserts, 1)


@pytest.fixture
def cache(harness: GatewayHarness) -> Any:
    raw = RawSocket(harness, path="/v1/database/sproutcast/subscribe", protocol="v3.bsatn.spacetimedb")
    one = Cache(raw)
    one.until(0)
    yield one
    raw.close()


@pytest.mark.parametrize("count", [1, 2, 3, 20])
def test_a_set_that_ends_takes_all_its_rows_with_it(harness: GatewayHarness, cache: Cache, count: int) -> None:
    harness.call("create_plant", name="Basil")
    harness.call("set_setting", name="ui.x", value=1)
    queries = [*TWO, "SELECT * FROM light", *(f"SELECT * FROM plant WHERE id > -{n}" for n in range(20))][:count]
    for number in range(3):
        subscribe(cache.raw, number, queries)
        cache.until(1)
        assert cache.rows["plant"]
        unsubscribe(cache.raw, number)
        assert cache.until(2) == number
        assert not any(cache.rows.values())
    # The gateway gives the store's subscriptions back after it has answered.
    wait_until(lambda: harness.store.stats().subscriptions == 1)


def test_sets_that_begin_and_end_while_rows_change_leave_nothing(harness: GatewayHarness, cache: Cache) -> None:
    harness.call("create_plant", name="Basil")
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            harness.call("update_plant", plant_id=1, note=f"{number}")
            harness.call("set_setting", name="ui.x", value=number)

    writing = threading.Thread(target=write)
    writing.start()
    try:
        for number in range(40):
            subscribe(cache.raw, number, TWO)
            cache.until(1)
            unsubscribe(cache.raw, number)
            cache.until(2)
            assert not any(cache.rows.values())
    finally:
        stop.set()
        writing.join()


def test_the_first_rows_of_a_set_are_of_one_transaction(harness: GatewayHarness, cache: Cache) -> None:
    """A plant and its plan come in one transaction, so there are as many of each, whatever else is large."""
    plant = harness.call("create_plant", name="Basil")
    for _ in range(1200):
        harness.store.submit("log_care", {"plant_id": plant, "kind": "water"}, caller=INTERNAL)
    harness.call("log_care", plant_id=plant, kind="water")
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            new = harness.call("create_plant", name=f"Plant {number}")
            harness.call("delete_plant", plant_id=new)

    writing = threading.Thread(target=write)
    writing.start()
    try:
        for number in range(4):
            subscribe(
                cache.raw, number, ["SELECT * FROM plant", "SELECT * FROM care_event", "SELECT * FROM monitor_plan"]
            )
            cache.until(1)
            assert len(cache.rows["plant"]) == len(cache.rows["monitor_plan"])
            unsubscribe(cache.raw, number)
            cache.until(2)
            assert not any(cache.rows.values())
    finally:
        stop.set()
        writing.join()


def test_a_call_is_answered_before_what_was_asked_after_it(harness: GatewayHarness, cache: Cache) -> None:
    reducer = all_reducers()["set_setting"]
    assert [each.name for each in arguments(reducer)] == ["name", "value"]
    for number in range(30):
        call = b"\3" + U32(number + 1) + b"\0" + text("set_setting")
        given = text("ui.x") + text(str(number))
        refused = array([text("SELECT * FROM nowhere")])
        cache.raw.send(
            call + U32(len(given)) + given + b"\0" + U32(500 + number) + U32(500 + number) + refused, websocket.BINARY
        )
        assert cache.next() == (6, number + 1)
        assert cache.next() == (3, 500 + number)


def test_a_number_can_be_emptied() -> None:
    reducer = all_reducers()["update_plant"]
    names = [each.name for each in arguments(reducer)]
    assert names[-1] == "clear"
    data = struct.pack("<q", 7) + b"\1" * (len(names) - 2) + b"\0" + array([text("potDiameterCm"), text("note")])
    assert read_arguments(reducer, data) == {"plant_id": 7, "pot_diameter_cm": None, "note": None}
    wrong = struct.pack("<q", 7) + b"\1" * (len(names) - 2) + b"\0" + array([text("name")])
    with pytest.raises(BsatnError, match="none of"):
        read_arguments(reducer, wrong)
    assert "clear" not in [each.name for each in arguments(all_reducers()["log_care"])]
