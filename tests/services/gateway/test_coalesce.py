"""Merging changes comes to the same as applying them one after another."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.services.gateway.coalesce import merge
from sproutcast_pi.store.messages import QueryDiff

Table = dict[int, dict[str, Any]]


@st.composite
def histories(draw: st.DrawFn) -> tuple[Table, list[QueryDiff], Table]:
    """A table, diffs that can happen to it, and what it is in the end."""
    table: Table = {n: {"id": n, "value": 0} for n in draw(st.sets(st.integers(0, 5)))}
    begin = dict(table)
    diffs = []
    for seq in range(draw(st.integers(0, 8))):
        insert, update, delete = [], [], []
        for number in draw(st.sets(st.integers(0, 5), max_size=3)):
            row = {"id": number, "value": draw(st.integers(1, 3))}
            if number not in table:
                insert.append(row)
                table[number] = row
            elif draw(st.booleans()):
                update.append(row)
                table[number] = row
            else:
                delete.append(table.pop(number))
        diffs.append(QueryDiff(seq=seq, reducer="r", insert=insert, update=update, delete=delete))
    return begin, diffs, table


@given(histories())
def test_by_key_each_row_is_told_once_and_ends_as_it_is(history: tuple[Table, list[QueryDiff], Table]) -> None:
    begin, diffs, end = history
    insert, update, delete = merge(("id",), diffs)
    touched = [row["id"] for row in insert + update + delete]
    assert len(touched) == len(set(touched))
    held = dict(begin)
    for row in delete:
        del held[row["id"]]
    for row in update:
        assert row["id"] in held
        held[row["id"]] = row
    for row in insert:
        assert row["id"] not in held
        held[row["id"]] = row
    assert held == end


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3))))
def test_without_a_key_rows_are_counted(moves: list[tuple[bool, int]]) -> None:
    held: Counter[int] = Counter()
    diffs = []
    for seq, (inserts, value) in enumerate(moves):
        if not inserts and not held[value]:
            continue
        held[value] += 1 if inserts else -1
        rows = [{"count": value}]
        diffs.append(QueryDiff(seq=seq, reducer=None, insert=rows if inserts else [], delete=[] if inserts else rows))
    insert, update, delete = merge((), diffs)
    assert update == []
    net = Counter(row["count"] for row in insert)
    net.subtract(row["count"] for row in delete)
    assert +net == +held
