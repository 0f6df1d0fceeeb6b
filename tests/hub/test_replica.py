"""The live copy of a PostgreSQL hub holds what the database holds, whatever is removed, and whenever."""

import contextlib
import os
import socket
import threading

import pytest

from sproutcast_pi.hub.device_registry import PostgresRegistry
from sproutcast_pi.hub.device_rows import remove_device
from sproutcast_pi.hub.notifications import Notifications
from sproutcast_pi.hub.pairing import pair
from sproutcast_pi.hub.passwords import PasswordHashes
from sproutcast_pi.hub.postgres import PostgresStorage, PostgresTransaction, connect
from sproutcast_pi.hub.replica import Replica
from sproutcast_pi.hub.store import open_hub_store
from sproutcast_pi.protocol.sync import Batch, RowChange, SyncTransaction, encode
from sproutcast_pi.simulated.clocks import SpeedClock
from tests.hub.servers import needs_postgres
from tests.waiting import wait_until

psycopg = pytest.importorskip("psycopg", reason="the driver is not installed; `make setup` installs it")
pytestmark = needs_postgres
NOW = "2026-06-10T12:00:00.000000Z"
DEVICE = "spr-000000000001"
HASHES = PasswordHashes("a", "b", "c")


def message(number, epoch="0123456789abcdef"):
    change = RowChange("light_change", {"id": number, "at": NOW, "level": 0.5, "reason": "day"})
    return encode(Batch(epoch, number - 1, number, [SyncTransaction(number, NOW, "x", "y", [change])]))


class Copy:
    """A live copy that can be stopped and started again, as the hub's supervisor does."""

    def __init__(self, folder, url):
        self.store = open_hub_store(folder / "replica.db", SpeedClock())
        self.removals = 0
        self.failure = None
        self._url = url
        self._thread = None

    def start(self):
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        try:
            Replica(self.store, self._url, forgotten=self._on_removed).run(self._stop)
        except Exception as error:
            self.failure = error
            raise

    def _on_removed(self):
        self.removals += 1

    def rows(self):
        return [(row["device"], row["epoch"], row["id"]) for row in self.store.query("SELECT * FROM light_change")]

    def holds(self, count):
        wait_until(lambda: self.failure or len(self.rows()) == count)
        assert self.failure is None

    def stop(self):
        if self._thread:
            self._stop.set()
            self._thread.join(60)
            assert not self._thread.is_alive()
            self._thread = None


@pytest.fixture
def hub(postgres, tmp_path):
    """A database with one paired device that sent one row, and what writes there."""
    registry = PostgresRegistry(postgres, SpeedClock())
    registry.pair(registry.invite().code, DEVICE, "Kitchen", HASHES)
    storage = PostgresStorage(postgres, enrol=False, clock=SpeedClock())
    storage.apply(DEVICE, message(1)).result(60)
    yield registry, storage
    storage.close()


@pytest.fixture
def copy(postgres, tmp_path):
    made = Copy(tmp_path, postgres)
    yield made
    made.stop()
    made.store.close()


@contextlib.contextmanager
def transaction(url):
    """One of another program's, committed at the end."""
    database = connect(url)
    try:
        with database.atomic():
            yield PostgresTransaction(database, NOW)
    finally:
        database.close()


def test_who_is_removed_leaves_the_copy_and_the_rules(hub, copy, postgres):
    registry, _ = hub
    copy.start()
    copy.holds(1)
    before = copy.removals
    registry.remove(DEVICE)
    copy.holds(0)
    wait_until(lambda: copy.removals > before)
    assert copy.store.query("SELECT * FROM device") == []
    assert registry.credentials() == []
    with transaction(postgres) as session:
        assert session.rows("SELECT count(*) FROM _batch") == [(0,)]


def test_who_is_removed_while_nobody_listens_leaves_the_copy_and_the_rules_at_the_next_start(hub, copy):
    registry, _ = hub
    copy.start()
    copy.holds(1)
    copy.stop()
    before = copy.removals
    registry.remove(DEVICE)
    copy.start()
    copy.holds(0)
    wait_until(lambda: copy.removals > before)


@pytest.mark.parametrize("listening", [True, False])
def test_who_is_removed_and_paired_again_at_once_starts_empty(hub, copy, postgres, listening):
    copy.start()
    copy.holds(1)
    if not listening:
        copy.stop()
    code = hub[0].invite().code
    with transaction(postgres) as session:
        remove_device(session, DEVICE)
        pair(session, code, DEVICE, "Kitchen", HASHES)
    if not listening:
        copy.start()
    copy.holds(0)
    hub[1].apply(DEVICE, message(1, "fedcba9876543210")).result(60)
    copy.holds(1)
    assert copy.rows() == [(DEVICE, "fedcba9876543210", 1)]


def test_a_removal_between_two_questions_of_the_copy_does_not_end_it(hub, copy, postgres):
    with transaction(postgres) as session:
        session.run("LOCK TABLE _batch IN ACCESS EXCLUSIVE MODE")
        copy.start()  # it reads the position, then waits for the log
        with transaction(postgres) as other:
            wait_until(lambda: other.rows("SELECT 1 FROM pg_locks WHERE NOT granted"))
        remove_device(session, DEVICE)
    wait_until(lambda: copy.removals > 1 or copy.failure)
    assert copy.failure is None
    assert copy.rows() == []


def test_each_of_many_commits_arrives_without_waiting_for_the_next(hub, copy):
    copy.start()
    for number in range(2, 60):
        hub[1].apply(DEVICE, message(number)).result(60)
        copy.holds(number)


def test_what_arrives_with_the_answer_of_a_query_is_notified(postgres):
    """The server's answer and the notification lie in the socket together, and are read together."""
    database, other = connect(postgres), connect(postgres)
    try:
        connection = database.connection()
        notifications = Notifications(connection, "sproutcast")
        connection.pgconn.send_query(b"SELECT 1")
        other.execute_sql("SELECT pg_notify('sproutcast', 'rows a b')")
        with socket.socket(fileno=os.dup(connection.fileno())) as watched:
            wait_until(lambda: b"rows a b" in watched.recv(65536, socket.MSG_PEEK))
        connection.wait(psycopg.generators.execute(connection.pgconn))
        assert notifications.wait(0) == ["rows a b"]
        assert notifications.wait(0) == []
        other.execute_sql("SELECT pg_notify('sproutcast', 'rows c d')")
        assert notifications.wait(60) == ["rows c d"]
    finally:
        database.close()
        other.close()


def test_a_lost_connection_ends_the_wait(postgres):
    database, other = connect(postgres), connect(postgres)
    try:
        connection = database.connection()
        notifications = Notifications(connection, "sproutcast")
        other.execute_sql("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))
        # The server's farewell may be read before the end of the connection.
        with pytest.raises(psycopg.OperationalError):
            list(iter(lambda: notifications.wait(60), None))
    finally:
        database.close()
        other.close()
