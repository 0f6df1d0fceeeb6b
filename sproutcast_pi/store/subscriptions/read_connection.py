"""A connection for other people's queries: it can only read, only what the caller may, and never for long."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any

import apsw
import msgspec

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.store.database import open_reader
from sproutcast_pi.store.sanitise import MAX_INTEGER
from sproutcast_pi.store.schema import Table
from sproutcast_pi.store.subscriptions.json_rows import LEAST_ID, JsonChunks
from sproutcast_pi.store.tables import HIDDEN, PRIVATE

PROGRESS_STEPS = 50
"""Opcodes between two looks at the clock. One LIKE is one opcode, so few: 50 of the dearest take about 200 ms."""
LONG_PROGRESS_STEPS = 2000
"""The same for whole rows: each look must wait for the interpreter."""
CHUNK_ROWS = 1000
MAX_CHUNK_ROWS = 50_000
CHUNK_BYTES = 128 * 1024
"""What a piece of JSON should have: a millisecond of SQLite's work. Where few rows match, more are gone through."""
MAX_COLUMNS = 200
MAX_VALUE = 32_000
"""Bytes of one value or row: no query makes a large text from small ones, on which one function takes seconds."""
MAX_PATTERN = 200
"""Bytes of a LIKE or GLOB pattern: the cost of one match is the pattern's length times the text's."""
MAX_TRIM_CHARS = 64
"""Characters `trim` may take off: its cost is their number times the text's length."""
MAX_RESULT_BYTES = 8_000_000
MAX_QUERY_MEMORY = 64_000_000
"""Bytes SQLite may need for one query beyond what it had: sorting in memory is bounded by nothing else."""
EXAMINE_TIMEOUT_S = 1.0
STATEMENT_LIMITS = {
    apsw.SQLITE_LIMIT_EXPR_DEPTH: 100,
    apsw.SQLITE_LIMIT_COMPOUND_SELECT: 20,
    apsw.SQLITE_LIMIT_FUNCTION_ARG: 32,
    apsw.SQLITE_LIMIT_VDBE_OP: 50_000,
    apsw.SQLITE_LIMIT_ATTACHED: 0,
}
"""What keeps the planning of strangers' SQL short; whole rows are read by SQL of our own, as wide as the tables."""

FUNCTIONS = frozenset(
    """count sum total avg min max group_concat string_agg abs round coalesce ifnull nullif iif length lower upper
    substr substring trim ltrim rtrim instr like glob typeof sign ceil ceiling floor unicode char
    date time datetime julianday unixepoch strftime timediff json_extract json_array_length json_type json_valid -> ->>
    json_object json_group_array
    row_number rank dense_rank first_value last_value lag lead""".split()  # noqa: SIM905 - words, read as a text
)
"""What a live query may call: nothing that makes much from little, nothing that answers differently each time."""


class QueryResult(msgspec.Struct, frozen=True):
    """A whole answer as of transaction `seq`."""

    seq: int
    rows: list[tuple[Any, ...]]


class QueryInfo(msgspec.Struct, frozen=True):
    """What a query is about."""

    tables: frozenset[str]
    columns: tuple[str, ...]


class TooLongError(Exception):
    """The query was stopped when its time, memory or number of rows was used up."""


class ReadConnection:
    """One read-only connection, for one thread."""

    def __init__(
        self, path: Path, tables: dict[str, Table], *, most_bytes: int = MAX_VALUE, steps: int = PROGRESS_STEPS
    ) -> None:
        """`most_bytes` beyond `MAX_VALUE`: for our own SQL, which reads whole rows."""
        self._path = path
        self._tables = tables
        self._most_bytes = most_bytes
        self._steps = steps
        self._connection: apsw.Connection | None = None
        self._deadline = 0.0
        self._memory_limit = 0
        self._denied = ""
        self._touched: set[str] = set()

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def examine(self, sql: str, *, private: bool) -> QueryInfo:
        """Return what a SELECT reads and answers; raises RefusedError when it is no query we answer, and says why."""
        self._touched, self._denied = set(), ""
        connection = self._open()
        self._set_bounds(EXAMINE_TIMEOUT_S)
        try:
            columns = _columns(connection, sql)
        except (apsw.Error, ValueError) as error:
            if self._denied:
                raise RefusedError(f"the query may not {self._denied}", code="forbidden", field="sql") from None
            if isinstance(error, apsw.SQLError):
                raise RefusedError(_syntax_error_message(error), field="sql") from None
            raise RefusedError(f"the query can't be answered: {error}", field="sql") from None
        finally:
            self._deadline = float("inf")
        if not private and (hidden := sorted(self._touched & PRIVATE)):
            raise RefusedError(f"{hidden[0]} is for owners only", code="forbidden", field="sql")
        doubled = [name for place, name in enumerate(columns) if name in columns[:place]]
        if doubled:
            raise RefusedError(f'two columns are named "{doubled[0]}"; tell them apart with AS', field="sql")
        if len(columns) > MAX_COLUMNS:
            raise RefusedError(f"the query has {len(columns)} columns; at most {MAX_COLUMNS} are taken", field="sql")
        return QueryInfo(frozenset(self._touched), tuple(columns))

    def fetch_all(self, sql: str, *, seconds: float, most: int) -> QueryResult:
        """Return the whole answer; raises TooLongError past `seconds` or `most` rows, RefusedError when it fails."""
        with self._snapshot(seconds) as (connection, seq):
            cursor = connection.execute(sql)
            rows: list[tuple[Any, ...]] = []
            size = 0
            for row in cursor:
                rows.append(row)
                size += sum(len(value) for value in row if isinstance(value, str | bytes))
                if len(rows) > most or size > MAX_RESULT_BYTES:
                    cursor.close(force=True)
                    raise TooLongError(
                        f"more than {most} rows" if len(rows) > most else f"more than {MAX_RESULT_BYTES // 10**6} MB"
                    )
            return QueryResult(seq, rows)

    def fetch_chunks(self, sql: str, *, seconds: float, size: int) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
        """Yield (seq, rows) piece by piece out of one snapshot; the last piece may be empty, there is always one."""
        with self._snapshot(seconds) as (connection, seq):
            cursor = connection.execute(sql)
            while True:
                self._set_bounds(seconds)
                rows = list(islice(cursor, size))
                yield seq, rows
                if len(rows) < size:
                    return

    def fetch_json_chunks(self, pieces: JsonChunks, *, seconds: float) -> Iterator[tuple[int, bytes, bool]]:
        """Yield (seq, JSON list of rows, whether it is the last) out of one snapshot."""
        with self._snapshot(seconds) as (connection, seq):
            first, size, done = LEAST_ID, CHUNK_ROWS, False
            while not done:
                self._set_bounds(seconds)
                bound: Any = connection.execute(pieces.bound, (first, size)).fetchone()
                done = bound is None
                last = MAX_INTEGER if done else bound[0] - 1
                found: Any = connection.execute(pieces.rows, (first, last)).fetchone()
                yield seq, found[0], done
                first, size = last + 1, max(1, min(size * 2, MAX_CHUNK_ROWS, size * CHUNK_BYTES // len(found[0])))

    def interrupt(self) -> None:
        """Stop what runs, from another thread."""
        if self._connection is not None:
            self._connection.interrupt()

    @contextmanager
    def _snapshot(self, seconds: float) -> Iterator[tuple[apsw.Connection, int]]:
        connection = self._open()
        self._deadline = float("inf")
        connection.execute("BEGIN")
        try:
            ((seq,),) = connection.execute("SELECT coalesce(max(seq), 0) FROM main._tx").fetchall()
            self._set_bounds(seconds)
            yield connection, int(str(seq))
        except apsw.InterruptError:
            too_large = self._memory_limit and apsw.memory_used() > self._memory_limit
            raise TooLongError("too much memory" if too_large else f"more than {seconds:g} s") from None
        except (apsw.BusyError, apsw.IOError, apsw.FullError, apsw.CorruptError) as error:
            raise RefusedError(f"the database can't be read: {error}", code="unavailable") from error
        except (apsw.Error, ValueError, OverflowError, MemoryError) as error:
            # Values of the query's own making: an overflow, malformed JSON, a text of half a character.
            raise RefusedError(f"the query can't be answered: {error}", field="sql") from None
        finally:
            self._deadline = float("inf")
            connection.execute("ROLLBACK")

    def _open(self) -> apsw.Connection:
        if self._connection is None:
            self._connection = open_reader(self._path)
            self._connection.limit(apsw.SQLITE_LIMIT_LENGTH, self._most_bytes)
            self._connection.limit(apsw.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, MAX_PATTERN)
            if self._most_bytes <= MAX_VALUE:
                for limit, most in STATEMENT_LIMITS.items():
                    self._connection.limit(limit, most)
            for name, strip in _TRIMS.items():
                self._connection.create_scalar_function(name, strip, 2, deterministic=True)
            self._connection.authorizer = self._authorize
            self._connection.set_progress_handler(self._expired, self._steps)
        return self._connection

    def _set_bounds(self, seconds: float) -> None:
        self._deadline = time.monotonic() + seconds
        self._memory_limit = apsw.memory_used() + MAX_QUERY_MEMORY

    def _expired(self) -> bool:
        return time.monotonic() > self._deadline or (
            self._deadline != float("inf") and apsw.memory_used() > self._memory_limit
        )

    def _authorize(self, action: int, first: str | None, second: str | None, _db: str | None, _by: str | None) -> int:
        if action in {apsw.SQLITE_SELECT, apsw.SQLITE_TRANSACTION}:
            return apsw.SQLITE_OK
        if action == apsw.SQLITE_READ and first in self._tables:
            self._touched.add(str(first))
            return apsw.SQLITE_IGNORE if second in HIDDEN.get(str(first), ()) else apsw.SQLITE_OK
        if action == apsw.SQLITE_FUNCTION and str(second).lower() in FUNCTIONS:
            return apsw.SQLITE_OK
        self._denied = (
            f"read {first}"
            if action == apsw.SQLITE_READ
            else f"call {second}()"
            if action == apsw.SQLITE_FUNCTION
            else f"do more than read ({apsw.mapping_authorizer_function.get(action, action)})"
        )
        return apsw.SQLITE_DENY


def _bounded_trim(name: str, strip: Callable[[str, str], str]) -> Callable[..., str | None]:
    def trim(*values: Any) -> str | None:
        text, characters = values
        if text is None or characters is None:
            return None
        if len(str(characters)) > MAX_TRIM_CHARS:
            raise apsw.SQLError(f"{name}() takes at most {MAX_TRIM_CHARS} characters to take off")
        return strip(str(text), str(characters)) if str(characters) else str(text)

    return trim


_TRIMS = {
    name: _bounded_trim(name, strip)
    for name, strip in (("trim", str.strip), ("ltrim", str.lstrip), ("rtrim", str.rstrip))
}
"""SQLite's own, with their second argument bounded."""


def _syntax_error_message(error: apsw.SQLError) -> str:
    place = int(getattr(error, "error_offset", -1))
    at = f" (character {place + 1})" if place >= 0 else ""
    return f"the query can't be read: {error}{at}"


def _columns(connection: apsw.Connection, sql: str) -> list[str]:
    """Have SQLite read a query, without running it, and return its columns."""
    found: list[str] = []

    def prepared(cursor: apsw.Cursor, _sql: str, _bindings: object) -> bool:
        found.extend(name for name, *_ in cursor.get_description())
        return False

    cursor = connection.cursor()
    cursor.exec_trace = prepared
    with suppress(apsw.ExecTraceAbort):
        cursor.execute(sql, can_cache=False)
    return found
