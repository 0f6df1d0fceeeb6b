"""Rows that SQLite writes as JSON are those that would have been read: every value, once, and none that is hidden."""

import math
import random
import struct

import apsw
import msgspec
import pytest

from sproutcast_pi.store.engine import Store
from sproutcast_pi.store.messages import QueryRows
from tests.clocks import AutoAdvancingClock
from tests.store.helpers import OWNER
from tests.store.subscriptions.test_subscriptions import RecordingListener

MANY = 5000
TEXTS = ('"', "\\", "\x00", "\x1f\n\t", "é", "🌱", "\u2028", "</script>", "", "null", "{}", "1e999", "x" * 3000)


def any_float(chance: random.Random) -> float:
    (value,) = struct.unpack("d", chance.randbytes(8))
    return (
        value if math.isfinite(value) else chance.choice((0.1 + 0.2, 1.0, -0.0, 1e22, 5e-324, 1.7976931348623157e308))
    )


@pytest.fixture
def odd(tmp_path):
    path, clock, chance = tmp_path / "odd.db", AutoAdvancingClock(), random.Random(7)
    Store(path, clock=clock, device="spr-0000000000dd").close()
    connection = apsw.Connection(str(path))
    connection.execute('CREATE TABLE odd (id INTEGER PRIMARY KEY, "a b" REAL, t TEXT, n INTEGER, "it\'s" TEXT) STRICT')
    connection.execute("CREATE TABLE loose (id INTEGER PRIMARY KEY, v)")
    ids = {chance.randint(-(2**63), 2**63 - 1) for _ in range(MANY)} | {-(2**63), 2**63 - 1, 0}
    rows = [
        (
            number,
            chance.choice((None, any_float(chance), any_float(chance))),
            chance.choice(TEXTS),
            chance.choice((None, 0, -1, chance.randint(-(2**63), 2**63 - 1))),
            chance.choice(TEXTS),
        )
        for number in ids
    ]
    with connection:
        connection.executemany("INSERT INTO odd VALUES (?, ?, ?, ?, ?)", rows)
        connection.executemany(
            "INSERT INTO loose VALUES (?, ?)", [(n, b"\x00\xff" if n % 2 else n) for n in range(MANY)]
        )
        clients = [(f"phone {n}", "viewer", "secret", "") for n in range(MANY)]
        connection.executemany("INSERT INTO client (name, role, token_hash, created_at) VALUES (?, ?, ?, ?)", clients)
    connection.close()
    store = Store(path, clock=clock, device="spr-0000000000dd")
    yield store
    store.close()


def received_as_json(store, sql):
    recorder = RecordingListener()
    store.subscribe(sql, recorder, caller=OWNER, as_json=True)
    return recorder.wait(lambda messages: messages and messages[-1].done)


def decoded(messages):
    return [row for message in messages for row in msgspec.json.decode(message.encoded)]


@pytest.mark.parametrize("where", ["", " WHERE n IS NULL OR n > 5", " WHERE id > 0 AND t != ''"])
def test_every_value_comes_as_it_is_and_once(odd, where):
    messages = received_as_json(odd, f"SELECT * FROM odd{where}")
    assert len(messages) > 3
    assert all(isinstance(message, QueryRows) and not message.rows for message in messages)
    wanted = odd.query(f"SELECT * FROM odd{where} ORDER BY id")
    assert [repr(list(row.items())) for row in decoded(messages)] == [repr(list(row.items())) for row in wanted]


def test_pieces_stay_small_whatever_the_rows(odd):
    assert max(len(message.encoded) for message in received_as_json(odd, "SELECT * FROM odd")[1:]) < 300_000


def test_hidden_columns_stay_hidden(odd):
    rows = decoded(received_as_json(odd, "SELECT * FROM client"))
    assert len(rows) == MANY
    assert not any("token_hash" in row for row in rows)


@pytest.mark.parametrize("sql", ["SELECT * FROM loose", "SELECT * FROM odd ORDER BY t"])
def test_what_sqlite_can_not_write_piece_by_piece_comes_as_rows(odd, sql):
    messages = received_as_json(odd, sql)
    assert all(message.encoded is None for message in messages)
    assert sum(len(message.rows) for message in messages) >= MANY
