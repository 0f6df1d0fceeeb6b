"""The service between a real store and a real Mosquitto."""

from datetime import timedelta

from sproutcast_pi.model.timestamps import from_text
from tests.services.mqtt.helpers import needs_mosquitto

pytestmark = needs_mosquitto
ROOT = "sproutcast/spr-0123456789ab"
CONFIG = "homeassistant/device/spr-0123456789ab"


def sizes(**more):
    return {"plant": 1, "area_percent": 12.3456, "turgor_index": 0.71234, "health_score": 84} | more


def test_the_appliance_and_its_plants_are_announced_with_their_states(house, ear):
    basil = house.do("create_plant", name="Basil", species="ocimum basilicum", location="Kitchen")
    house.record_light(0.5, dli_today=3.14159, on_seconds_today=5400)
    house.do("set_light_schedule", ppfd_full=400)
    house.capture([sizes(plant=basil)])
    house.do("log_care", plant_id=basil, kind="water")
    house.start()
    appliance = ear.json(f"{CONFIG}/appliance/config")
    assert appliance["device"]["identifiers"] == ["spr-0123456789ab"]
    plant = ear.json(f"{CONFIG}/plant_{basil}/config")
    assert plant["device"]["name"] == "Basil"
    assert plant["device"]["via_device"] == "spr-0123456789ab"
    state = ear.json(f"{ROOT}/plant/{basil}")
    assert state["area_percent"] == 12.346
    assert state["health_score"] == 84
    assert state["condition"] == "good"
    assert state["last_watered"].endswith("Z")
    assert state["turgor_index_lower"] == 0.6
    light = ear.json(f"{ROOT}/light")
    assert light == {"state": "ON", "color_mode": "brightness", "brightness": 128}
    whole = ear.json(f"{ROOT}/state")
    assert (whole["ppfd"], whole["dli"], whole["light_on_today"]) == (200, 3.1, 1.5)
    assert ear.json(f"{ROOT}/diagnostics")["temperature"] == 49
    ear.wait(lambda: ear.messages[f"{ROOT}/photo"], "the photograph")
    assert ear.kept[f"{ROOT}/photo"] == b"\xff\xd8 a picture \xff\xd9"
    assert ear.kept[f"{ROOT}/availability"] == b"online"


def test_every_state_key_an_announcement_names_is_there(house, ear):
    """A key that is missing would be a warning in Home Assistant's log, each time."""
    house.do("create_plant", name="Basil")
    house.start()
    for config in (f"{CONFIG}/appliance/config", f"{CONFIG}/plant_1/config"):
        for component in ear.json(config)["components"].values():
            template = component.get("value_template", "")
            if "state_topic" in component and "value_json." in template:
                key = template.split("value_json.")[1].split(" ")[0]
                assert key in ear.json(component["state_topic"]), (config, key)


def after_all_of_it(house, ear, plant):
    """Wait for an event: it is told after everything that was to be painted by then."""
    told = len(ear.messages[f"{ROOT}/plant/{plant}/care"])
    house.do("log_care", plant_id=plant, kind="note", text="Now.")
    ear.wait(lambda: len(ear.messages[f"{ROOT}/plant/{plant}/care"]) > told, "the event")


def test_what_changes_is_sent_and_nothing_else(house, ear):
    basil = house.do("create_plant", name="Basil")
    house.start()
    ear.json(f"{ROOT}/plant/{basil}")
    house.record_light(1.0)
    after_all_of_it(house, ear, basil)
    before = ear.count()
    # The same again, and something that shows nowhere.
    house.record_light(1.0)
    house.do("update_plant", plant_id=basil, note="nobody shows this")
    house.record_light(0.5)
    after_all_of_it(house, ear, basil)
    assert ear.json(f"{ROOT}/light")["brightness"] == 128
    changed = ear.count() - before - 1
    assert changed <= 2, changed


def test_events_are_told_once_and_never_retained(house, ear):
    basil = house.do("create_plant", name="Basil")
    house.do("log_care", plant_id=basil, kind="feed")
    house.start()
    ear.json(f"{ROOT}/plant/{basil}")
    house.do("log_care", plant_id=basil, kind="water", volume_ml=120)
    event = ear.json(f"{ROOT}/plant/{basil}/care")
    assert (event["event_type"], event["volume_ml"]) == ("water", 120)
    house.do("notify", category="alert", title="Thirsty", message="Basil hangs.", plant_id=basil)
    assert ear.json(f"{ROOT}/plant/{basil}/alert")["title"] == "Thirsty"
    house.do("notify", category="info", title="Hello", message="World.")
    assert ear.json(f"{ROOT}/notice")["event_type"] == "info"
    assert [len(ear.messages[f"{ROOT}/plant/{basil}/{kind}"]) for kind in ("care", "alert")] == [1, 1]
    assert not {topic for topic in ear.kept if topic.endswith(("/care", "/alert", "/notice"))}


def test_a_renamed_plant_keeps_its_ids_and_a_deleted_one_is_gone(house, ear):
    basil = house.do("create_plant", name="Basil")
    house.start()
    config = f"{CONFIG}/plant_{basil}/config"
    before = ear.json(config)
    house.do("update_plant", plant_id=basil, name="Thai basil")
    ear.wait(lambda: len(ear.messages[config]) > 1, "the new name")
    after = ear.json(config)
    assert after["device"]["name"] == "Thai basil"
    assert after["components"] == before["components"]
    house.do("delete_plant", plant_id=basil)
    ear.wait(lambda: config not in ear.kept, "the plant to go")
    ear.wait(lambda: f"{ROOT}/plant/{basil}" not in ear.kept, "its state to go")


def test_a_plant_deleted_while_we_were_away_is_removed_at_the_next_start(house, ear):
    keep, go = house.do("create_plant", name="Basil"), house.do("create_plant", name="Mint")
    house.start()
    for plant in (keep, go):
        ear.json(f"{ROOT}/plant/{plant}")
    house.stop()
    ear.wait(lambda: ear.kept[f"{ROOT}/availability"] == b"offline", "the farewell")
    house.do("archive_plant", plant_id=go)
    house.start()
    ear.wait(lambda: f"{CONFIG}/plant_{go}/config" not in ear.kept, "the stale announcement to go")
    assert f"{CONFIG}/plant_{keep}/config" in ear.kept


def test_a_broker_that_lost_everything_is_painted_anew(house, ear, mosquitto):
    house.do("create_plant", name="Basil")
    house.start()
    ear.json(f"{ROOT}/plant/1")
    seen = len(ear.messages[f"{ROOT}/plant/1"])
    mosquitto.kill()
    house.record_light(0.25)
    mosquitto.start()
    ear.wait(lambda: len(ear.messages[f"{ROOT}/plant/1"]) > seen, "the plant again")
    ear.until(f"{ROOT}/light", brightness=64)
    assert ear.kept[f"{ROOT}/availability"] == b"online"


def test_after_the_birth_of_home_assistant_all_is_announced_again(house, ear):
    house.capture()
    house.start()
    ear.json(f"{ROOT}/update")
    ear.wait(lambda: ear.messages[f"{ROOT}/photo"], "the photograph")
    ear.say("homeassistant/status", "online")
    ear.wait(lambda: len(ear.messages[f"{CONFIG}/appliance/config"]) == 2, "a second announcement")
    ear.wait(lambda: len(ear.messages[f"{ROOT}/update"]) == 2, "all of it")
    assert len(ear.messages[f"{ROOT}/photo"]) == 1


def test_commands_become_reducer_calls_and_are_answered_by_the_new_state(house, ear):
    basil = house.do("create_plant", name="Basil")
    house.start()
    ear.json(f"{ROOT}/plant/{basil}")
    ear.say(f"{ROOT}/set/schedule_hours", "12.5")
    ear.until(f"{ROOT}/state", schedule_hours=12.5)
    ear.say(f"{ROOT}/set/schedule", "OFF")
    ear.until(f"{ROOT}/state", schedule="OFF")
    ear.say(f"{ROOT}/set/schedule_start", "07:15")
    ear.until(f"{ROOT}/state", schedule_start="07:15")
    ear.say(f"{ROOT}/plant/{basil}/set/plan", "Growth tracking")
    ear.until(f"{ROOT}/plant/{basil}", plan="Growth tracking")
    ear.say(f"{ROOT}/plant/{basil}/set/species", "ocimum basilicum")
    ear.until(f"{ROOT}/plant/{basil}", species="ocimum basilicum")
    ear.say(f"{ROOT}/plant/{basil}/set/turgor_index_lower", "0.5")
    ear.say(f"{ROOT}/plant/{basil}/set/yellow_percent_upper", "20")
    ear.until(f"{ROOT}/plant/{basil}", turgor_index_lower=0.5, yellow_percent_upper=20)
    for _ in range(3):
        ear.say(f"{ROOT}/plant/{basil}/set/watered", "PRESS")
    ear.json(f"{ROOT}/plant/{basil}/care")
    ear.say(f"{ROOT}/set/capture", "PRESS")
    ear.say(f"{ROOT}/set/light", {"state": "ON", "brightness": 51})
    ear.say(f"{ROOT}/set/schedule_level", "80")
    ear.until(f"{ROOT}/state", schedule_level=80)
    light = house.store.query("SELECT * FROM light")[0]
    assert light["override_level"] == 0.2
    assert light["override_until_at"] == "2026-06-01T10:00:00.000000Z"
    assert [row["kind"] for row in house.store.query("SELECT kind FROM care_event")] == ["water"]
    assert house.store.query("SELECT reason FROM capture") == [{"reason": "button"}]
    ear.say(f"{ROOT}/set/follow_schedule", "PRESS")
    ear.say(f"{ROOT}/set/schedule_level", "70")
    ear.until(f"{ROOT}/state", schedule_level=70)
    assert house.store.query("SELECT override_level FROM light") == [{"override_level": None}]


def test_a_transition_takes_its_time_and_a_new_wish_ends_it(house, ear):
    house.start()
    ear.json(f"{ROOT}/light")
    ear.say(f"{ROOT}/set/light", {"state": "ON", "brightness": 255, "transition": 2})
    ear.say(f"{ROOT}/set/schedule_hours", "10")
    ear.until(f"{ROOT}/state", schedule_hours=10)
    light = house.store.query("SELECT * FROM light")[0]
    assert (light["override_level"], light["ramp_from_level"]) == (1.0, 0.0)
    assert from_text(light["ramp_to_at"]) - from_text(light["ramp_from_at"]) == timedelta(seconds=2)
    ear.say(f"{ROOT}/set/light", {"state": "OFF"})
    ear.say(f"{ROOT}/set/schedule_hours", "11")
    ear.until(f"{ROOT}/state", schedule_hours=11)
    assert house.store.query("SELECT override_level, ramp_to_at FROM light") == [
        {"override_level": 0, "ramp_to_at": None}
    ]


def test_an_update_is_shown_on_its_way_and_asked_for(house, ear):
    house.start()
    ear.json(f"{ROOT}/state")
    told = {"version": "1.4.0", "message": "An update.", "available_version": "1.5.0", "notes": "Finer leaves."}
    house.do("set_software", state="available", **told)
    ear.until(f"{ROOT}/update", installed_version="1.4.0", latest_version="1.5.0", in_progress=False)
    house.do("set_software", state="installing", progress=41.7, **told)
    ear.until(f"{ROOT}/update", in_progress=True, update_percentage=42, release_summary="Finer leaves.")
    ear.say(f"{ROOT}/set/update", "INSTALL")
    assert "no device here" in house.await_health("home_assistant", "warn")["message"]


def test_a_role_that_may_only_look_is_refused_and_told(tmp_path, house, ear):
    house.options = {"role": "viewer"}
    house.start()
    ear.json(f"{ROOT}/state")
    ear.say(f"{ROOT}/set/schedule", "OFF")
    ear.wait(lambda: len(ear.messages[f"{ROOT}/state"]) > 1, "the old state again")
    assert house.store.query("SELECT enabled FROM light") == [{"enabled": 1}]
    assert "viewer" in house.await_health("home_assistant", "warn")["message"]


def test_switched_off_on_the_screen_everything_is_taken_back(house, ear):
    house.do("create_plant", name="Basil")
    house.capture()
    house.start()
    ear.json(f"{ROOT}/plant/1")
    ear.wait(lambda: f"{ROOT}/photo" in ear.kept, "the photograph")
    house.do("set_setting", name="home_assistant_enabled", value=False)
    ear.wait(lambda: set(ear.kept) == {f"{ROOT}/availability"}, "all of it to go")
    house.do("set_setting", name="home_assistant_enabled", value=True)
    ear.wait(lambda: {f"{ROOT}/photo", f"{CONFIG}/plant_1/config", f"{ROOT}/state"} <= set(ear.kept), "all of it again")


def test_a_large_photograph_is_shown_as_its_thumbnail(house, ear):
    house.options = {"max_photo_kb": 1}
    house.capture(content=b"x" * 1001, thumb=b"t" * 1000)
    house.start()
    ear.wait(lambda: ear.kept.get(f"{ROOT}/photo") == b"t" * 1000, "the thumbnail")


def test_the_link_is_told_in_health(house, ear, mosquitto):
    house.start()
    ear.json(f"{ROOT}/state")
    house.await_health("mqtt", "ok")
    mosquitto.kill()
    house.await_health("mqtt", "bad")
    mosquitto.start()
    assert "Connected" in house.await_health("mqtt", "ok")["message"]
