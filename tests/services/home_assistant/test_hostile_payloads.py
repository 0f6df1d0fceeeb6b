"""Whatever somebody else at the broker does, the light goes on as planned and health says what is wrong."""

import pytest

from sproutcast_pi.services.home_assistant.commands import APPLIANCE_KEYS, PLANT_KEYS
from tests.services.home_assistant.helpers import DEVICE, HomeAssistantHarness
from tests.services.home_assistant.test_commands import NASTY
from tests.services.mqtt.helpers import Mosquitto, certificates, needs_mosquitto

pytestmark = needs_mosquitto
ROOT = f"sproutcast/{DEVICE}"


def everything(house):
    """All that commands could change."""
    tables = ("light", "plant", "monitor_plan", "care_event", "capture")
    return {table: house.store.query(f"SELECT * FROM {table}") for table in tables}


def obeys(house, ear, hours):
    """A good command is still obeyed, after all that came before it."""
    house.clock.advance(60)
    ear.say(f"{ROOT}/set/schedule_hours", str(hours))
    ear.until(f"{ROOT}/state", schedule_hours=hours)


def test_nasty_payloads_on_every_topic_change_nothing(house, ear):
    house.do("create_plant", name="Basil", species="Ocimum basilicum")
    house.start()
    ear.json(f"{ROOT}/plant/1")
    before = everything(house)
    topics = [f"{ROOT}/set/{key}" for key in APPLIANCE_KEYS] + [f"{ROOT}/plant/1/set/{key}" for key in PLANT_KEYS]
    for topic in [*topics, f"{ROOT}/set/unknown", f"{ROOT}/plant/99/set/watered", f"{ROOT}/plant/x/set/watered"]:
        for payload in NASTY:
            # An empty text and "null" are species too.
            if not (topic.endswith("/species") and len(payload) < 1000):
                ear.say(topic, payload, qos=0)
    ear.say(f"{ROOT}/set/unknown", "the last one")
    assert "was refused" in house.await_health("home_assistant", "warn")["message"]
    assert everything(house) == before
    obeys(house, ear, 9)


def test_a_name_that_is_no_species_is_refused_by_the_reducer(house, ear):
    house.do("create_plant", name="Basil", species="Ocimum basilicum")
    house.start()
    ear.json(f"{ROOT}/plant/1")
    ear.say(f"{ROOT}/plant/1/set/species", b"two\nlines")
    ear.say(f"{ROOT}/plant/1/set/species", b"x" * 500)
    obeys(house, ear, 9)
    assert house.store.query("SELECT species FROM plant") == [{"species": "Ocimum basilicum"}]


def test_retained_commands_are_ignored(house, ear):
    ear.say(f"{ROOT}/set/schedule", "OFF", retain=True)
    house.start()
    ear.json(f"{ROOT}/state")
    ear.say(f"{ROOT}/set/schedule_level", "10", retain=True)
    obeys(house, ear, 9)
    light = house.store.query("SELECT enabled, level FROM light")
    assert light == [{"enabled": 1, "level": 1.0}]


def test_a_flood_is_throttled_and_the_store_stays_quick(house, ear):
    house.start()
    ear.json(f"{ROOT}/state")
    seq = house.store.seq
    for number in range(1500):
        ear._client.publish(f"{ROOT}/set/light", f'{{"state":"ON","brightness":{number % 255}}}', qos=0)
    assert "Too many" in house.await_health("home_assistant", "warn")["message"]
    house.record_light(0.5)
    obeys(house, ear, 9)
    assert house.store.seq - seq < 200


def test_a_forged_announcement_of_a_plant_that_is_not_is_taken_away(house, ear):
    house.start()
    ear.json(f"{ROOT}/state")
    forged = f"homeassistant/device/{DEVICE}/plant_4711/config"
    ear.say(forged, b"[" * 5000, retain=True)
    ear.wait(lambda: ear.messages[forged] and forged not in ear.kept, "the forgery to go")


@pytest.mark.parametrize("fault", ["password", "certificate"])
def test_a_broker_that_refuses_us_is_told_and_the_light_goes_on(tmp_path, fault):
    if fault == "password":
        (tmp_path / "passwords").write_text("")
        rules = f"allow_anonymous false\npassword_file {tmp_path}/passwords\n"
        settings = {"user": "gardener", "password": "guess"}
    else:
        keys, other = certificates(tmp_path / "keys"), certificates(tmp_path / "other")
        rules = f"allow_anonymous true\ncertfile {keys}/server.pem\nkeyfile {keys}/server.key\n"
        settings = {"tls": True, "ca_file": str(other / "ca.pem")}
    broker = Mosquitto(tmp_path / "mosquitto", rules)
    broker.start()
    house = HomeAssistantHarness(tmp_path / "house", broker.port)
    house.mqtt = settings
    try:
        house.start()
        row = house.await_health("mqtt", "bad")
        assert row["advice"]
        assert "guess" not in str(row)
        house.record_light(0.7)
        assert house.store.query("SELECT now_level FROM light") == [{"now_level": 0.7}]
    finally:
        house.close()
        broker.kill()


def test_two_devices_with_one_client_id_are_told(tmp_path, mosquitto):
    houses = [HomeAssistantHarness(tmp_path / name, mosquitto.port) for name in ("a", "b")]
    try:
        for house in houses:
            house.mqtt = {"client_id": "twin"}
            house.start()
        for _ in range(10):
            row = houses[0].await_health("mqtt", "bad")
            if "client ID" in f"{row['message']} {row['advice']}":
                break
            houses[0].await_health("mqtt", "ok")
        assert "client_id in [mqtt]" in row["advice"]
        houses[0].record_light(0.7)
        assert houses[0].store.query("SELECT now_level FROM light") == [{"now_level": 0.7}]
    finally:
        for house in houses:
            house.close()


def test_a_message_too_large_for_the_broker_is_told_and_the_light_goes_on(tmp_path):
    broker = Mosquitto(tmp_path / "mosquitto", "allow_anonymous true\nmessage_size_limit 20000\n")
    broker.start()
    house = HomeAssistantHarness(tmp_path / "house", broker.port)
    house.capture(content=b"x" * 100_000)
    try:
        house.start()
        while "too large" not in house.await_health("mqtt", "bad")["advice"]:
            house.await_health("mqtt", "ok")
        house.record_light(0.7)
        assert house.store.query("SELECT now_level FROM light") == [{"now_level": 0.7}]
    finally:
        house.close()
        broker.kill()
