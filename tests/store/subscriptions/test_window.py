"""A window alone: whatever changes, it shows what sorting all rows would show."""

from hypothesis import given, settings
from hypothesis import strategies as st

from sproutcast_pi.protocol.row_cache import RowCache
from sproutcast_pi.store.changes import NetChange
from sproutcast_pi.store.schema import Table
from sproutcast_pi.store.subscriptions.ast import ColumnRef, Compare, Constant, Order, Select
from sproutcast_pi.store.subscriptions.window import RowWindow, WindowExhausted

TABLE = Table("t", ("id", "v"), ("INTEGER", "INTEGER"), ("BINARY", "BINARY"), (0,))

transactions = st.lists(
    st.dictionaries(st.integers(1, 12), st.none() | st.tuples(st.none() | st.integers(0, 5)), min_size=1, max_size=5),
    max_size=30,
)


shapes = st.tuples(st.integers(0, 4), st.integers(0, 2), st.integers(0, 2), st.booleans(), st.booleans())
"""LIMIT, OFFSET, rows kept beyond, DESC, with a condition."""


class Sorted:
    """All rows, and what is to be seen of them."""

    def __init__(self, start, shape):
        self.limit, self.offset, beyond, self.descending, self.chosen = shape
        where = Compare("!=", ColumnRef(1), Constant(3, "int")) if self.chosen else None
        self.window = RowWindow(
            Select("t", where, (Order(1, self.descending),), self.limit, self.offset), TABLE, beyond=beyond
        )
        self.room = self.limit + self.offset + beyond
        self.rows = {key: (key, value) for key, value in start.items()}
        self.load()

    def answer(self):
        wanted = [row for row in self.rows.values() if not self.chosen or row[1] not in (None, 3)]
        wanted.sort(key=lambda row: row[0])
        return sorted(wanted, key=lambda row: -1 if row[1] is None else row[1], reverse=self.descending)

    def load(self):
        self.window.load(self.answer()[: self.room + 1])

    def change(self, step):
        changes = []
        for key, value in step.items():
            old, new = self.rows.get(key), None if value is None else (key, *value)
            if old != new:
                changes.append(NetChange(TABLE, old, new))
                self.rows[key] = new
                if new is None:
                    del self.rows[key]
        try:
            self.window.apply(changes)
        except WindowExhausted:
            self.load()


@settings(max_examples=400, deadline=None)
@given(start=st.dictionaries(st.integers(1, 12), st.integers(0, 5)), steps=transactions, shape=shapes)
def test_shows_what_sorting_would(start, steps, shape):
    model = Sorted(start, shape)
    window = model.window
    window.difference(0, None)
    held = RowCache()
    held.load(window.rows())
    for seq, step in enumerate(steps, 1):
        model.change(step)
        diff = window.difference(seq, None)
        if diff is not None:
            assert [held.get(row["id"]) for row in diff.delete] == diff.delete
            held.change(delete=diff.delete)
            assert not held.by_key().keys() & {row["id"] for row in diff.insert}
            held.apply(diff)
        shown = [(row["id"], row["v"]) for row in window.rows()]
        assert shown == model.answer()[model.offset : model.offset + model.limit]
        assert sorted((row["id"], row["v"]) for row in held) == sorted(shown)
