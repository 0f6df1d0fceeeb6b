"""The service between a real store and a real Mosquitto."""

import json
from datetime import timedelta

from sproutcast_pi.model.timestamps import from_text
from tests.services.mqtt.helpers import needs_mosquitto

pytestmark = needs_mosquitto
ROOT = "sproutcast/spr-0123456789ab"
CONFIG = "homeassistant/device/spr-0123456789ab"


def sizes(**more):
    return {"plant": 1, "area_percent": 12.3456, "turgor_index": 0.71234, "health_score": 84} | more


def test_the_appliance_and_its_plants_are_announced_with_their_states(harness, listener):
    basil = harness.do("create_plant", name="Basil", species="ocimum basilicum", location="Kitchen")
    harness.record_light(0.5, dli_today=3.14159, on_seconds_today=5400)
    harness.do("set_light_schedule", ppfd_full=400)
    harness.capture([sizes(plant=basil)])
    harness.do("log_care", plant_id=basil, kind="water")
    harness.start()
    appliance = listener.json(f"{CONFIG}/appliance/config")
    assert appliance["device"]["identifiers"] == ["spr-0123456789ab"]
    plant = listener.json(f"{CONFIG}/plant_{basil}/config")
    assert plant["device"]["name"] == "Basil"
    assert plant["device"]["via_device"] == "spr-0123456789ab"
    state = listener.json(f"{ROOT}/plant/{basil}")
    assert state["area_percent"] == 12.346
    assert state["health_score"] == 84
    assert state["condition"] == "good"
    assert state["last_watered"].endswith("Z")
    assert state["turgor_index_lower"] == 0.6
    light = listener.json(f"{ROOT}/light")
    assert light == {"state": "ON", "color_mode": "brightness", "brightness": 128}
    whole = listener.json(f"{ROOT}/state")
    assert (whole["ppfd"], whole["dli"], whole["light_on_today"]) == (200, 3.1, 1.5)
    assert listener.json(f"{ROOT}/diagnostics")["temperature"] == 49
    listener.wait(lambda: listener.messages[f"{ROOT}/photo"], "the photograph")
    assert listener.kept[f"{ROOT}/photo"] == b"\xff\xd8 a picture \xff\xd9"
    assert listener.kept[f"{ROOT}/availability"] == b"online"


def test_every_state_key_an_announcement_names_is_there(harness, listener):
    """A key that is missing would be a warning in Home Assistant's log, each time."""
    harness.do("create_plant", name="Basil")
    harness.start()
    for config in (f"{CONFIG}/appliance/config", f"{CONFIG}/plant_1/config"):
        for component in listener.json(config)["components"].values():
            template = component.get("value_template", "")
            if "state_topic" in component and "value_json." in template:
                key = template.split("value_json.")[1].split(" ")[0]
                assert key in listener.json(component["state_topic"]), (config, key)


def after_all_of_it(harness, listener, plant):
    """Wait for an event: it is published after everything that was due by then."""
    columns = len(listener.messages[f"{ROOT}/plant/{plant}/care"])
    harness.do("log_care", plant_id=plant, kind="note", text="Now.")
    listener.wait(lambda: len(listener.messages[f"{ROOT}/plant/{plant}/care"]) > columns, "the event")


def test_what_changes_is_sent_and_nothing_else(harness, listener):
    basil = harness.do("create_plant", name="Basil")
    harness.start()
    listener.json(f"{ROOT}/plant/{basil}")
    harness.record_light(1.0)
    after_all_of_it(harness, listener, basil)
    before = listener.count()
    # The same again, and something that shows nowhere.
    harness.record_light(1.0)
    harness.do("update_plant", plant_id=basil, note="nobody shows this")
    harness.record_light(0.5)
    after_all_of_it(harness, listener, basil)
    assert listener.json(f"{ROOT}/light")["brightness"] == 128
    changed = listener.count() - before - 1
    assert changed <= 2, changed


def test_events_are_told_once_and_never_retained(harness, listener):
    basil = harness.do("create_plant", name="Basil")
    harness.do("log_care", plant_id=basil, kind="feed")
    harness.start()
    listener.json(f"{ROOT}/plant/{basil}")
    harness.do("log_care", plant_id=basil, kind="water", volume_ml=120)
    event = listener.json(f"{ROOT}/plant/{basil}/care")
    assert (event["event_type"], event["volume_ml"]) == ("water", 120)
    harness.do("notify", category="alert", title="Thirsty", message="Basil hangs.", plant_id=basil)
    assert listener.json(f"{ROOT}/plant/{basil}/alert")["title"] == "Thirsty"
    harness.do("notify", category="info", title="Hello", message="World.")
    assert listener.json(f"{ROOT}/notice")["event_type"] == "info"
    assert [len(listener.messages[f"{ROOT}/plant/{basil}/{kind}"]) for kind in ("care", "alert")] == [1, 1]
    assert not {topic for topic in listener.kept if topic.endswith(("/care", "/alert", "/notice"))}


def test_an_open_alert_shows_its_first_and_its_present_value(harness, listener):
    basil = harness.do("create_plant", name="Basil")
    harness.start()
    topic = f"{ROOT}/plant/{basil}"
    problem = listener.json(f"{CONFIG}/plant_{basil}/config")["components"]["problem"]
    assert problem["json_attributes_topic"] == topic
    assert "value_json.alerts" in problem["json_attributes_template"]
    assert listener.json(topic)["alerts"] == []
    for firmness in (0.12, 0.12, 0.12, 0.05):
        harness.capture([sizes(plant=basil, turgor_index=firmness)])
        harness.clock.advance(hours=4)
    listener.wait(lambda: any(row["value_now"] == 0.05 for row in listener.json(topic)["alerts"]), "the present value")
    shown = next(row for row in listener.json(topic)["alerts"] if row["metric"] == "turgor_index")
    assert (shown["value"], shown["first"], shown["now"]) == (0.12, "12\N{NO-BREAK SPACE}%", "5\N{NO-BREAK SPACE}%")
    assert shown["measured"] > shown["since"]
    events = [json.loads(event)["metric"] for event in listener.messages[f"{topic}/alert"]]
    assert events.count("turgor_index") == 1


def test_a_renamed_plant_keeps_its_ids_and_a_deleted_one_is_gone(harness, listener):
    basil = harness.do("create_plant", name="Basil")
    harness.start()
    config = f"{CONFIG}/plant_{basil}/config"
    before = listener.json(config)
    harness.do("update_plant", plant_id=basil, name="Thai basil")
    listener.wait(lambda: len(listener.messages[config]) > 1, "the new name")
    after = listener.json(config)
    assert after["device"]["name"] == "Thai basil"
    assert after["components"] == before["components"]
    harness.do("delete_plant", plant_id=basil)
    listener.wait(lambda: config not in listener.kept, "the plant to go")
    listener.wait(lambda: f"{ROOT}/plant/{basil}" not in listener.kept, "its state to go")


def test_a_plant_deleted_while_we_were_away_is_removed_at_the_next_start(harness, listener):
    keep, go = harness.do("create_plant", name="Basil"), harness.do("create_plant", name="Mint")
    harness.start()
    for plant in (keep, go):
        listener.json(f"{ROOT}/plant/{plant}")
    harness.stop()
    listener.wait(lambda: listener.kept[f"{ROOT}/availability"] == b"offline", "the farewell")
    harness.do("archive_plant", plant_id=go)
    harness.start()
    listener.wait(lambda: f"{CONFIG}/plant_{go}/config" not in listener.kept, "the stale announcement to go")
    assert f"{CONFIG}/plant_{keep}/config" in listener.kept


def test_a_broker_that_lost_everything_is_painted_anew(harness, listener, mosquitto):
    harness.do("create_plant", name="Basil")
    harness.start()
    listener.json(f"{ROOT}/plant/1")
    seen = len(listener.messages[f"{ROOT}/plant/1"])
    mosquitto.kill()
    harness.record_light(0.25)
    mosquitto.start()
    listener.wait(lambda: len(listener.messages[f"{ROOT}/plant/1"]) > seen, "the plant again")
    listener.until(f"{ROOT}/light", brightness=64)
    assert listener.kept[f"{ROOT}/availability"] == b"online"


def test_after_the_birth_of_home_assistant_all_is_announced_again(harness, listener):
    harness.capture()
    harness.start()
    listener.json(f"{ROOT}/update")
    listener.wait(lambda: listener.messages[f"{ROOT}/photo"], "the photograph")
    listener.publish("homeassistant/status", "online")
    listener.wait(lambda: len(listener.messages[f"{CONFIG}/appliance/config"]) == 2, "a second announcement")
    listener.wait(lambda: len(listener.messages[f"{ROOT}/update"]) == 2, "all of it")
    assert len(listener.messages[f"{ROOT}/photo"]) == 1


def test_commands_become_reducer_calls_and_are_answered_by_the_new_state(harness, listener):
    basil = harness.do("create_plant", name="Basil")
    harness.start()
    listener.json(f"{ROOT}/plant/{basil}")
    listener.publish(f"{ROOT}/set/schedule_hours", "12.5")
    listener.until(f"{ROOT}/state", schedule_hours=12.5)
    listener.publish(f"{ROOT}/set/schedule", "OFF")
    listener.until(f"{ROOT}/state", schedule="OFF")
    listener.publish(f"{ROOT}/set/schedule_start", "07:15")
    listener.until(f"{ROOT}/state", schedule_start="07:15")
    listener.publish(f"{ROOT}/plant/{basil}/set/plan", "Growth tracking")
    listener.until(f"{ROOT}/plant/{basil}", plan="Growth tracking")
    listener.publish(f"{ROOT}/plant/{basil}/set/species", "ocimum basilicum")
    listener.until(f"{ROOT}/plant/{basil}", species="ocimum basilicum")
    listener.publish(f"{ROOT}/plant/{basil}/set/turgor_index_lower", "0.5")
    listener.publish(f"{ROOT}/plant/{basil}/set/yellow_percent_upper", "20")
    listener.until(f"{ROOT}/plant/{basil}", turgor_index_lower=0.5, yellow_percent_upper=20)
    for _ in range(3):
        listener.publish(f"{ROOT}/plant/{basil}/set/watered", "PRESS")
    listener.json(f"{ROOT}/plant/{basil}/care")
    listener.publish(f"{ROOT}/set/capture", "PRESS")
    listener.publish(f"{ROOT}/set/light", {"state": "ON", "brightness": 51})
    listener.publish(f"{ROOT}/set/schedule_level", "80")
    listener.until(f"{ROOT}/state", schedule_level=80)
    light = harness.store.query("SELECT * FROM light")[0]
    assert light["override_level"] == 0.2
    assert light["override_until_at"] == "2026-06-01T10:00:00.000000Z"
    assert [row["kind"] for row in harness.store.query("SELECT kind FROM care_event")] == ["water"]
    assert harness.store.query("SELECT reason FROM capture") == [{"reason": "button"}]
    listener.publish(f"{ROOT}/set/follow_schedule", "PRESS")
    listener.publish(f"{ROOT}/set/schedule_level", "70")
    listener.until(f"{ROOT}/state", schedule_level=70)
    assert harness.store.query("SELECT override_level FROM light") == [{"override_level": None}]


def test_a_transition_takes_its_time_and_a_new_wish_ends_it(harness, listener):
    harness.start()
    listener.json(f"{ROOT}/light")
    listener.publish(f"{ROOT}/set/light", {"state": "ON", "brightness": 255, "transition": 2})
    listener.publish(f"{ROOT}/set/schedule_hours", "10")
    listener.until(f"{ROOT}/state", schedule_hours=10)
    light = harness.store.query("SELECT * FROM light")[0]
    assert (light["override_level"], light["ramp_from_level"]) == (1.0, 0.0)
    assert from_text(light["ramp_to_at"]) - from_text(light["ramp_from_at"]) == timedelta(seconds=2)
    listener.publish(f"{ROOT}/set/light", {"state": "OFF"})
    listener.publish(f"{ROOT}/set/schedule_hours", "11")
    listener.until(f"{ROOT}/state", schedule_hours=11)
    assert harness.store.query("SELECT override_level, ramp_to_at FROM light") == [
        {"override_level": 0, "ramp_to_at": None}
    ]


def test_an_update_is_shown_on_its_way_and_asked_for(harness, listener):
    harness.start()
    listener.json(f"{ROOT}/state")
    columns = {"version": "1.4.0", "message": "An update.", "available_version": "1.5.0", "notes": "Finer leaves."}
    harness.do("set_software", state="available", **columns)
    listener.until(f"{ROOT}/update", installed_version="1.4.0", latest_version="1.5.0", in_progress=False)
    harness.do("set_software", state="installing", progress=41.7, **columns)
    listener.until(f"{ROOT}/update", in_progress=True, update_percentage=42, release_summary="Finer leaves.")
    listener.publish(f"{ROOT}/set/update", "INSTALL")
    assert "no device here" in harness.await_health("home_assistant", "warn")["message"]


def test_a_role_that_may_only_look_is_refused_and_told(tmp_path, harness, listener):
    harness.options = {"role": "viewer"}
    harness.start()
    listener.json(f"{ROOT}/state")
    listener.publish(f"{ROOT}/set/schedule", "OFF")
    listener.wait(lambda: len(listener.messages[f"{ROOT}/state"]) > 1, "the old state again")
    assert harness.store.query("SELECT enabled FROM light") == [{"enabled": 1}]
    assert "viewer" in harness.await_health("home_assistant", "warn")["message"]


def test_switched_off_on_the_screen_everything_is_taken_back(harness, listener):
    harness.do("create_plant", name="Basil")
    harness.capture()
    harness.start()
    listener.json(f"{ROOT}/plant/1")
    listener.wait(lambda: f"{ROOT}/photo" in listener.kept, "the photograph")
    harness.do("set_setting", name="home_assistant_enabled", value=False)
    listener.wait(lambda: set(listener.kept) == {f"{ROOT}/availability"}, "all of it to go")
    harness.do("set_setting", name="home_assistant_enabled", value=True)
    listener.wait(
        lambda: {f"{ROOT}/photo", f"{CONFIG}/plant_1/config", f"{ROOT}/state"} <= set(listener.kept), "all of it again"
    )


def test_a_large_photograph_is_shown_as_its_thumbnail(harness, listener):
    harness.options = {"max_photo_kb": 1}
    harness.capture(content=b"x" * 1001, thumb=b"t" * 1000)
    harness.start()
    listener.wait(lambda: listener.kept.get(f"{ROOT}/photo") == b"t" * 1000, "the thumbnail")


def test_the_link_is_told_in_health(harness, listener, mosquitto):
    harness.start()
    listener.json(f"{ROOT}/state")
    harness.await_health("mqtt", "ok")
    mosquitto.kill()
    harness.await_health("mqtt", "bad")
    mosquitto.start()
    assert "Connected" in harness.await_health("mqtt", "ok")["message"]
