"""The base of our peewee models: single rows are found, written and removed by statements put together once."""

from __future__ import annotations

from functools import cache
from typing import Any, Self

import apsw
from peewee import SQL, Node
from peewee import Model as PeeweeModel

from sproutcast_pi.store.database import ThreadLocalDatabase

Columns = tuple[str, ...]


def references(rule: str) -> list[Node]:
    """Constraint of a column that refers to another table, such as `plant(id) ON DELETE CASCADE`."""
    return [SQL(f"REFERENCES {rule}")]


class Model(PeeweeModel):
    """A table of ours: usable on a writer's thread only.

    Peewee builds each statement again, which takes longer than SQLite takes to run it. What most calls do to one
    row is therefore done here; everything else is peewee's.
    """

    class Meta:
        """Table names are the class's words with underscores."""

        database = ThreadLocalDatabase()
        legacy_table_names = False

    @classmethod
    def create(cls, **values: Any) -> Self:
        """Insert a row, its other columns at their defaults, and return it."""
        given = cls._meta.get_default_dict() | values  # type: ignore[no-untyped-call]  # half of peewee is typed
        connection = cls._connection()
        connection.execute(_insert(cls._meta.table_name, tuple(given)), tuple(given.values()))
        if cls._meta.auto_increment:
            given.setdefault(cls.key_column(), connection.last_insert_rowid())
        return cls._from_values(given)

    @classmethod
    def find(cls, **equal: Any) -> Self | None:
        """Return the first row whose columns have these values, None when there is none."""
        columns = tuple(cls._meta.columns)
        sql = _select(cls._meta.table_name, columns, tuple(equal))
        values = cls._connection().execute(sql, tuple(equal.values())).fetchone()
        return None if values is None else cls._from_values(dict(zip(columns, values, strict=True)))

    def write(self, **values: Any) -> None:
        """Set these columns, here and in the table."""
        self.__data__.update(values)
        key = self.key_column()
        sql = _update(self._meta.table_name, tuple(values), key)
        self._connection().execute(sql, (*values.values(), self.__data__[key]))

    def remove(self) -> None:
        """Delete the row, and by the schema's rules what refers to it."""
        key = self.key_column()
        self._connection().execute(_delete(self._meta.table_name, key), (self.__data__[key],))

    @classmethod
    def key_column(cls) -> str:
        """The primary key's name."""
        return str(cls._meta.primary_key.name)  # type: ignore[union-attr]  # every table of ours has one

    @classmethod
    def _from_values(cls, values: dict[str, Any]) -> Self:
        row = cls(__no_default__=True)
        row.__data__.update(values)
        return row

    @classmethod
    def _connection(cls) -> apsw.Connection:
        found: apsw.Connection = cls._meta.database.connection()
        return found


@cache
def _insert(table: str, columns: Columns) -> str:
    return f"INSERT INTO {_quoted(table)} ({', '.join(map(_quoted, columns))}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - names of the schema


@cache
def _select(table: str, columns: Columns, equal: Columns) -> str:
    return f"SELECT {', '.join(map(_quoted, columns))} FROM {_quoted(table)} WHERE {_where(equal)} LIMIT 1"  # noqa: S608 - as above


@cache
def _update(table: str, columns: Columns, key: str) -> str:
    settings = ", ".join(f"{_quoted(column)} = ?" for column in columns)
    return f"UPDATE {_quoted(table)} SET {settings} WHERE {_quoted(key)} = ?"  # noqa: S608 - as above


@cache
def _delete(table: str, key: str) -> str:
    return f"DELETE FROM {_quoted(table)} WHERE {_quoted(key)} = ?"  # noqa: S608 - as above


def _where(equal: Columns) -> str:
    return " AND ".join(f"{_quoted(column)} IS ?" for column in equal)


def _quoted(word: str) -> str:
    return f'"{word}"'
