"""The hub's database on a PostgreSQL server: every worker writes there, and each commit notifies the live copies."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any

import msgspec
import peewee
from playhouse import db_url

from sproutcast_pi.errors import StoreError
from sproutcast_pi.hub.apply_messages import apply_message
from sproutcast_pi.hub.device_rows import has_photo, is_paired, record_photo
from sproutcast_pi.hub.housekeeping import Prune
from sproutcast_pi.hub.schema import POSTGRES_TYPES, postgres_statements
from sproutcast_pi.hub.schema_upgrade import upgrade_statements
from sproutcast_pi.hub.transaction import Values
from sproutcast_pi.messages.areas import hub
from sproutcast_pi.messages.areas.causes import cause, reported
from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.ports import Clock
from sproutcast_pi.protocol.sync import HubMessage, PhotoChunk

LOG = logging.getLogger(__name__)
CHANNEL = "sproutcast"
MAX_BATCH = 64
"""Messages that share one commit at most."""
RECONNECT_S = 1.0
_EXISTING_COLUMNS = (
    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
)
_SCHEMA_LOCK = 7_357_316_204_221_099
"""The advisory lock under which the tables are made; any number no other program takes."""


def connect(url: str) -> Any:
    """Connect to a `postgresql://` URL; raises StoreError with what to do."""
    try:
        database = db_url.connect(url)
        database.connect()
    except (peewee.OperationalError, peewee.ImproperlyConfigured, RuntimeError) as error:
        raise StoreError(hub.DATABASE_UNREACHABLE(reason=reported(str(error)))) from error
    return database


def create_tables(database: Any) -> None:
    """Make the hub's tables and columns where they are missing; several workers may do so at once."""
    with database.atomic():
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (_SCHEMA_LOCK,))
        present: dict[str, set[str]] = {}
        for table, column in database.execute_sql(_EXISTING_COLUMNS):
            present.setdefault(table, set()).add(column)
        for statement in upgrade_statements(present, postgres_statements(), POSTGRES_TYPES):
            database.execute_sql(statement)


class PostgresTransaction:
    """An open transaction on a PostgreSQL connection."""

    row_errors: tuple[type[Exception], ...]

    def __init__(self, database: Any, now: str) -> None:
        import psycopg  # noqa: PLC0415 - only hubs on PostgreSQL have it

        self.row_errors = (peewee.IntegrityError, peewee.DataError, psycopg.IntegrityError, psycopg.DataError)
        self._database = database
        self.now = now

    def rows(self, sql: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """Return the whole answer."""
        return list(self._database.execute_sql(sql.replace("?", "%s"), tuple(values)).fetchall())

    def run(self, sql: str, values: Values = ()) -> None:
        """Run one statement."""
        self._database.execute_sql(sql.replace("?", "%s"), tuple(values))

    def run_many(self, sql: str, rows: Sequence[Values]) -> None:
        """Run one statement for each of `rows`, without waiting for each."""
        self._database.cursor().executemany(sql.replace("?", "%s"), [tuple(values) for values in rows])

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what happens within when it raises."""
        with self._database.atomic():
            yield

    def lock_device(self, device: str) -> None:
        """Let no other worker take in messages of this device until the transaction ends."""
        self.run("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", (device,))

    def notify_applied(self, device: str, epoch: str, upto: int, kind: str, content: bytes) -> None:
        """Log the message, and notify followers at the commit."""
        self.run(
            "INSERT INTO _batch (device, epoch, upto, at, kind, content) VALUES (?, ?, ?, ?, ?, ?)",
            (device, epoch, upto, self.now, kind, content),
        )
        self.run("SELECT pg_notify(?, ?)", (CHANNEL, f"rows {device} {epoch}"))

    def notify_removed(self, device: str) -> None:
        """Take it out of the log as well, and notify followers at the commit."""
        self.run("DELETE FROM _batch WHERE device = ?", (device,))
        self.run("SELECT pg_notify(?, ?)", (CHANNEL, f"gone {device} -"))


class _QueuedMessage(msgspec.Struct, frozen=True):
    device: str
    payload: bytes
    future: Future[HubMessage]


class PostgresStorage:
    """One worker's side of a shared PostgreSQL: one thread writes, many messages to a commit."""

    def __init__(self, url: str, *, enrol: bool, clock: Clock) -> None:
        """Connect and make the tables where they are missing; raises StoreError."""
        self._url = url
        self._enrol = enrol
        self._clock = clock
        self._queue: SimpleQueue[_QueuedMessage | None] = SimpleQueue()
        self._connection = connect(url)
        create_tables(self._connection)
        # The photographs' thread has its own connection, so that neither waits for the other's transaction.
        self._photo_connection = db_url.connect(url)
        self._thread = threading.Thread(target=self._run, name="hub-postgres", daemon=True)
        self._thread.start()

    def apply(self, device: str, payload: bytes) -> Future[HubMessage]:
        """Apply what a device sent."""
        future: Future[HubMessage] = Future()
        self._queue.put(_QueuedMessage(device, payload, future))
        return future

    def has_photo(self, device: str, chunk: PhotoChunk) -> bool | None:
        """Whether this picture is there."""
        with self._photo_connection.connection_context():
            session = self._transaction(self._photo_connection)
            if not self._enrol and not is_paired(session, device):
                return None
            return has_photo(session, device, chunk)

    def record_photo(self, device: str, chunk: PhotoChunk, file: str) -> None:
        """Note the picture."""
        with self._photo_connection.connection_context(), self._photo_connection.atomic():
            session = self._transaction(self._photo_connection)
            record_photo(session, (device, chunk.epoch, chunk.capture, chunk.kind, chunk.sha256, chunk.total, file))
            session.run("SELECT pg_notify(?, ?)", (CHANNEL, f"facts {device} {chunk.epoch}"))

    def close(self) -> None:
        """Finish what is queued and leave the server."""
        self._queue.put(None)
        self._thread.join()
        self._connection.close()

    def _transaction(self, database: Any) -> PostgresTransaction:
        return PostgresTransaction(database, to_text(self._clock.now()))

    def _run(self) -> None:
        ended = False
        while not ended:
            first = self._queue.get()
            if first is None:
                return
            messages = [first]
            while len(messages) < MAX_BATCH:
                try:
                    job = self._queue.get_nowait()
                except Empty:
                    break
                if job is None:
                    ended = True
                    break
                messages.append(job)
            self._commit(messages)

    def _commit(self, messages: list[_QueuedMessage]) -> None:
        try:
            with self._connection.atomic():
                session = self._transaction(self._connection)
                answers = [apply_message(session, one.device, one.payload, enrol=self._enrol) for one in messages]
        except Exception as error:  # noqa: BLE001 - nothing of the group is on disk; the devices send it again
            if len(messages) > 1 and not isinstance(error, peewee.OperationalError | peewee.InterfaceError):
                for one in messages:
                    self._commit([one])
                return
            for one in messages:
                one.future.set_exception(StoreError(hub.NOT_STORED(reason=cause(error))))
            self._reconnect()
        else:
            for one, answer in zip(messages, answers, strict=True):
                one.future.set_result(answer)

    def _reconnect(self) -> None:
        """Begin afresh on a new connection when the old one is gone."""
        try:
            if not self._connection.is_connection_usable():
                self._connection.close()
                self._connection.connect()
        except peewee.PeeweeException as error:
            LOG.warning("the database of the hub can't be reached: %s", error)
            time.sleep(RECONNECT_S)


def batch_log_pruner(url: str) -> Prune:
    """The log of applied messages, to be let go of in time."""

    def prune(before: str, at_most: int) -> int:
        database = connect(url)
        try:
            cursor = database.execute_sql(
                "DELETE FROM _batch WHERE id IN (SELECT id FROM _batch WHERE at < %s ORDER BY id LIMIT %s)",
                (before, at_most),
            )
            return int(cursor.rowcount)
        finally:
            database.close()

    return prune
