"""A hub's database of an older version takes what newer devices send."""

import apsw

from sproutcast_pi.hub.postgres import PostgresStorage, connect
from sproutcast_pi.hub.store import open_hub_store
from sproutcast_pi.protocol.sync import Batch, Committed, RowChange, SyncTransaction, encode
from sproutcast_pi.simulated.clocks import SpeedClock
from sproutcast_pi.store.engine import INTERNAL
from sproutcast_pi.store.schema import VERSION
from tests.hub.servers import needs_postgres

NOW = "2026-06-10T12:00:00.000000Z"
CHANGE = RowChange("light_change", {"id": 1, "at": NOW, "level": 0.5, "reason": "day"})
NOTE = {"id": 1, "created_at": NOW, "category": "info", "title": "Hello", "message": "Hello.", "snoozed_until_at": NOW}
OLDER = 'ALTER TABLE "notification" DROP COLUMN "snoozed_until_at"', 'DROP TABLE "software"'


def message(number, *changes):
    return encode(
        Batch("0123456789abcdef", number - 1, number, [SyncTransaction(number, NOW, "x", "y", list(changes))])
    )


def test_an_older_hub_on_sqlite_grows_and_keeps_what_it_has(tmp_path):
    path = tmp_path / "hub.db"
    store = open_hub_store(path, SpeedClock())
    first = {"device": "spr-000000000001", "payload": message(1, CHANGE), "enrol": True}
    assert isinstance(store.call("take_message", first, caller=INTERNAL).value, Committed)
    store.close()
    connection = apsw.Connection(str(path))
    for statement in OLDER:
        connection.execute(statement)
    connection.pragma("user_version", VERSION - 1)
    connection.close()
    store = open_hub_store(path, SpeedClock())
    try:
        second = {"device": "spr-000000000001", "payload": message(2, RowChange("notification", NOTE)), "enrol": True}
        store.call("take_message", second, caller=INTERNAL)
        assert store.query("SELECT title, snoozed_until_at FROM notification") == [
            {"title": "Hello", "snoozed_until_at": NOW}
        ]
        assert store.query("SELECT count(*) AS n FROM light_change") == [{"n": 1}]
        assert store.query("SELECT * FROM software") == []
        assert store.query("SELECT * FROM dead_letter") == []
    finally:
        store.close()


@needs_postgres
def test_an_older_hub_on_postgresql_grows_too(postgres):

    PostgresStorage(postgres, enrol=True, clock=SpeedClock()).close()
    database = connect(postgres)
    for statement in OLDER:
        database.execute_sql(statement)
    keeping = PostgresStorage(postgres, enrol=True, clock=SpeedClock())
    try:
        assert isinstance(
            keeping.apply("spr-000000000001", message(1, RowChange("notification", NOTE))).result(60), Committed
        )
        found = database.execute_sql("SELECT title, snoozed_until_at FROM notification").fetchall()
        assert found == [("Hello", NOW)]
    finally:
        keeping.close()
        database.close()
