"""The hub's log is let go in time, never its newest entry."""

import threading

from sproutcast_pi.hub.housekeeping import INTERVAL_S, Housekeeping, store_log_pruner
from sproutcast_pi.hub.store import open_hub_store
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.engine import INTERNAL


def test_entries_go_when_they_are_old_and_the_newest_stays(tmp_path):
    clock = FakeClock()
    store = open_hub_store(tmp_path / "hub.db", clock)
    for number in range(5):
        photo = {"epoch": "ab", "capture_id": number + 1, "kind": "thumb", "sha256": "0", "size": 1, "file": "x"}
        store.call("keep_photo", {"device": "spr-000000000001", **photo}, caller=INTERNAL)
        clock.advance(3600)
    pruned = threading.Event()

    def prune(before, at_most):
        gone = store_log_pruner(store)(before, at_most)
        pruned.set()
        return gone

    stop = threading.Event()
    thread = threading.Thread(target=Housekeeping([prune], keep_h=2.5, clock=clock).run, args=(stop,))
    thread.start()
    assert clock.waited_for.wait(60)
    clock.advance(INTERVAL_S)
    assert pruned.wait(60)
    stop.set()
    thread.join(60)
    assert not thread.is_alive()
    assert [row["seq"] for row in store.query("SELECT seq FROM _tx ORDER BY seq")] == [4, 5]
    store_log_pruner(store)("2100-01-01T00:00:00.000000Z", 100)
    assert [row["seq"] for row in store.query("SELECT seq FROM _tx")] == [5]
    store.close()
