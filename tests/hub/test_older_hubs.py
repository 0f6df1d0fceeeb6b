"""A hub's database of an older version takes what newer devices send; a live copy follows what is forgotten."""

import importlib.util
import threading

import apsw
import pytest

from sproutcast_pi.hub.device_registry import PostgresRegistry
from sproutcast_pi.hub.passwords import PasswordHashes
from sproutcast_pi.hub.postgres import PostgresStorage, connect
from sproutcast_pi.hub.replica import Replica
from sproutcast_pi.hub.store import open_hub_store
from sproutcast_pi.protocol.sync import Batch, Committed, RowChange, SyncTransaction, encode
from sproutcast_pi.simulated.clocks import SpeedClock
from sproutcast_pi.store.engine import INTERNAL
from sproutcast_pi.store.schema import VERSION
from tests.hub.servers import POSTGRES, Postgres

NOW = "2026-06-10T12:00:00.000000Z"
CHANGE = RowChange("light_change", {"id": 1, "at": NOW, "level": 0.5, "reason": "day"})
NOTE = {"id": 1, "created_at": NOW, "category": "info", "title": "Hello", "message": "Hello.", "snoozed_until_at": NOW}
OLDER = 'ALTER TABLE "notification" DROP COLUMN "snoozed_until_at"', 'DROP TABLE "software"'
needs_postgres = pytest.mark.skipif(
    POSTGRES is None or importlib.util.find_spec("psycopg") is None,
    reason="PostgreSQL or its driver is not installed; `make test-sync` installs both",
)


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


@pytest.fixture
def postgres(tmp_path):
    server = Postgres(tmp_path / "postgres")
    server.start()
    yield server
    server.remove()


@needs_postgres
def test_an_older_hub_on_postgresql_grows_too(postgres):

    PostgresStorage(postgres.url, enrol=True, clock=SpeedClock()).close()
    database = connect(postgres.url)
    for statement in OLDER:
        database.execute_sql(statement)
    keeping = PostgresStorage(postgres.url, enrol=True, clock=SpeedClock())
    try:
        assert isinstance(
            keeping.apply("spr-000000000001", message(1, RowChange("notification", NOTE))).result(60), Committed
        )
        found = database.execute_sql("SELECT title, snoozed_until_at FROM notification").fetchall()
        assert found == [("Hello", NOW)]
    finally:
        keeping.close()
        database.close()


@needs_postgres
def test_who_is_forgotten_leaves_the_live_copy_and_the_rules(postgres, tmp_path):

    registry = PostgresRegistry(postgres.url, SpeedClock())
    registry.pair(registry.invite().code, "spr-000000000001", "Kitchen", PasswordHashes("a", "b", "c"))
    keeping = PostgresStorage(postgres.url, enrol=False, clock=SpeedClock())
    keeping.apply("spr-000000000001", message(1, CHANGE)).result(60)
    store = open_hub_store(tmp_path / "replica.db", SpeedClock())
    there, stop, told = threading.Event(), threading.Event(), threading.Event()
    gone = threading.Event()
    sub = store.subscribe(
        "SELECT * FROM light_change", lambda one: (gone if getattr(one, "delete", ()) else there).set(), caller=INTERNAL
    )
    following = threading.Thread(target=Replica(store, postgres.url, forgotten=told.set).run, args=(stop,))
    following.start()
    try:
        assert there.wait(60)
        registry.remove("spr-000000000001")
        assert gone.wait(60)
        assert told.wait(60)
        assert store.query("SELECT * FROM device") == []
        assert registry.credentials() == []
        database = connect(postgres.url)
        assert database.execute_sql("SELECT count(*) FROM _batch").fetchall() == [(0,)]
        database.close()
    finally:
        stop.set()
        following.join(60)
        sub.close()
        store.close()
        keeping.close()
