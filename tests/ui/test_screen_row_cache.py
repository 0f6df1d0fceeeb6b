from types import SimpleNamespace

from sproutcast_pi.messages.areas.text import verbatim
from tests.ui import screen_fixtures as scene
from tests.ui.screen_harness import RecordingClient
from ui.bridge import DaemonBridge
from ui.clock import PlantClock
from ui.queries import QUERIES
from ui.row_cache import ScreenRowCache


def message(**parts):
    return SimpleNamespace(**{"insert": [], "update": [], "delete": [], **parts})


def bridge():
    row_cache, client, woken = ScreenRowCache(), RecordingClient(), []
    made = DaemonBridge(client, row_cache, PlantClock(lambda: scene.NOW), lambda: woken.append(1))
    made.start()
    return made, row_cache, client, woken


def test_listeners_hear_once_what_changed_and_nothing_otherwise():
    row_cache, notified = ScreenRowCache(), []
    stop = row_cache.add_listener(notified.append)
    row_cache.rows("plant", [])
    row_cache.set_link("live")
    row_cache.notify()
    row_cache.notify()
    row_cache.set_link("live")
    row_cache.notify()
    assert notified == [frozenset({"plant", "link"})]
    stop()
    row_cache.rows("plant", [])
    row_cache.notify()
    assert len(notified) == 1


def test_the_last_state_stays_when_the_daemon_goes():
    row_cache = ScreenRowCache()
    row_cache.rows("plant", [{"id": 1}])
    row_cache.set_link("away", "gone")
    assert len(row_cache.table("plant")) == 1
    assert (row_cache.link, row_cache.link_message) == ("away", "gone")


def test_messages_wait_for_the_screen_s_own_thread():
    made, row_cache, client, woken = bridge()
    client.watched[QUERIES["plant"]](SimpleNamespace(rows=[{"id": 1, "name": "Basil"}]))
    assert woken
    assert len(row_cache.table("plant")) == 0
    made.drain()
    assert len(row_cache.table("plant")) == 1
    client.watched[QUERIES["plant"]](message(update=[{"id": 1, "name": "Thyme"}]))
    made.drain()
    assert row_cache.table("plant").get(1)["name"] == "Thyme"


def test_a_refused_call_brings_its_sentence():
    made, _, client, _ = bridge()
    answers = []
    client.refusal = "There is no plant 7."
    made.call("log_care", {"plant_id": 7}, lambda value, refusal: answers.append((value, refusal)))
    client.refusal = None
    made.call("log_care", {"plant_id": 1}, lambda value, refusal: answers.append((value, refusal)))
    assert answers == []
    made.drain()
    assert answers == [(None, verbatim("There is no plant 7.")), (1, None)]


def test_every_query_is_asked_for():
    _, _, client, _ = bridge()
    assert set(client.watched) == set(QUERIES.values())
