import threading
from datetime import UTC, datetime

import pytest

from sproutcast_pi.protocol.worker import WorkerAnswer
from sproutcast_pi.services.profile_keeper import ProfileKeeper
from sproutcast_pi.simulated.clocks import TurnableClock
from sproutcast_pi.store.engine import INTERNAL, Store


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "s.sqlite3", clock=TurnableClock(datetime(2027, 6, 1, 9, tzinfo=UTC)), device="spr-test")
    yield opened
    opened.close()


def keeper(store, tmp_path):
    return ProfileKeeper(
        store=store, clock=TurnableClock(), pictures=tmp_path / "pictures", folder=tmp_path / "profiles"
    )


def active(store, tmp_path):
    told = {"lamp_state": "lamp", "file": "lamp-1.profile", "version": 1, "confidence": 0.9}
    profile_id = store.call("propose_profile", told, caller=INTERNAL).value
    store.call("set_profile_state", {"profile_id": profile_id, "state": "active"}, caller=INTERNAL)


def look(one, store):
    """One round of the keeper's loop."""
    stop = threading.Event()
    thread = threading.Thread(target=one.run, args=(stop,))
    thread.start()
    store.call("set_health", {"part": "x", "state": "ok", "message": "x"}, caller=INTERNAL)
    stop.set()
    one.wake()
    thread.join(20)
    assert not thread.is_alive()


def test_three_pictures_that_do_not_fit_put_the_profile_away_and_ask(store, tmp_path):
    active(store, tmp_path)
    one = keeper(store, tmp_path)
    for fits in (False, False, True, False, False):
        one.measured(WorkerAnswer(capture=1, profile_fits=fits))
    look(one, store)
    assert store.query("SELECT state FROM profile") == [{"state": "active"}]
    one.measured(WorkerAnswer(capture=1, profile_fits=False))
    look(one, store)
    assert store.query("SELECT state FROM profile") == [{"state": "misfit"}]
    (told,) = store.query("SELECT title, advice FROM notification")
    assert "different" in told["title"]
    assert "learned again" in told["advice"]


def test_learning_again_is_the_owners_word(store, tmp_path):
    active(store, tmp_path)
    assert store.call("relearn_profile", {"lamp_state": "lamp"}, caller=INTERNAL).value == 1
    assert store.query("SELECT state FROM profile") == [{"state": "retired"}]
    assert store.call("relearn_profile", {"lamp_state": "lamp"}, caller=INTERNAL).value == 0


def test_without_enough_pictures_nothing_is_learned(store, tmp_path):
    assert not keeper(store, tmp_path).learn_once(threading.Event())
    assert store.query("SELECT * FROM profile") == []
