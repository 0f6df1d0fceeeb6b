"""The one cache that every follower of a query shares, against a plain dictionary."""

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.protocol.client import RowChanges, Snapshot
from sproutcast_pi.protocol.row_cache import RowCache
from sproutcast_pi.store.messages import QueryDiff, QueryRows

ROW = st.fixed_dictionaries({"id": st.integers(1, 3), "part": st.sampled_from("ab"), "value": st.integers(0, 9)})
STEPS = st.lists(st.tuples(st.sampled_from(["insert", "update", "delete"]), ROW), max_size=30)


@given(STEPS)
def test_a_cache_follows_every_difference_with_one_key_or_several(steps):
    one, both = RowCache(), RowCache(("id", "part"), lambda rows: [row["value"] for row in rows])
    by_id, by_both = {}, {}
    for verb, row in steps:
        for cache in (one, both):
            cache.change(**{verb: [row]})
        for truth, key in ((by_id, row["id"]), (by_both, (row["id"], row["part"]))):
            if verb == "delete":
                truth.pop(key, None)
            else:
                truth[key] = row
    assert one.by_key() == by_id
    assert both.by_key() == {key: row["value"] for key, row in by_both.items()}


def test_a_row_that_moved_is_deleted_and_inserted_at_once():
    cache = RowCache()
    cache.load([{"id": 1, "value": 1}])
    cache.change(delete=[{"id": 1, "value": 1}], insert=[{"id": 1, "value": 2}])
    assert cache.get(1) == cache.first() == {"id": 1, "value": 2}


def test_pieces_of_a_long_answer_add_up_and_a_new_answer_replaces_them():
    cache = RowCache()
    for number, (reset, done) in enumerate([(True, False), (False, False), (False, True)]):
        cache.apply(QueryRows(seq=1, rows=[{"id": number}], reset=reset, done=done))
    assert [row["id"] for row in cache] == [0, 1, 2]
    cache.apply(QueryRows(seq=2, rows=[], reset=False))
    assert len(cache) == 3
    cache.apply(QueryRows(seq=3, rows=[{"id": 7}]))
    assert [row["id"] for row in cache] == [7]


def test_messages_of_the_store_and_of_the_client_are_applied_alike():
    store, client, other = RowCache(), RowCache(), RowCache()
    row = {"id": 1, "name": "Basil"}
    store.apply(QueryRows(seq=1, rows=[row]))
    client.apply(Snapshot(seq=1, rows=[row], key=["id"]))
    other.apply(SimpleNamespace(rows=[row]))
    renamed = {"id": 1, "name": "Thyme"}
    store.apply(QueryDiff(seq=2, reducer="update_plant", update=[renamed], insert=[{"id": 2, "name": "Dill"}]))
    client.apply(RowChanges(seq=2, update=[renamed], insert=[{"id": 2, "name": "Dill"}]))
    other.apply(SimpleNamespace(insert=[{"id": 2, "name": "Dill"}], update=[renamed], delete=[]))
    assert list(store) == list(client) == list(other)
    assert {row["name"] for row in store} == {"Thyme", "Dill"}
