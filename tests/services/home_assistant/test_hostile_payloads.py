"""Whatever somebody else at the broker does, the light goes on as planned and health says what is wrong."""

import pytest

from sproutcast_pi.services.home_assistant.commands import APPLIANCE_KEYS, PLANT_KEYS
from tests.services.home_assistant.helpers import DEVICE, HomeAssistantHarness
from tests.services.home_assistant.test_commands import NASTY
from tests.services.mqtt.helpers import Mosquitto, certificates, needs_mosquitto

pytestmark = needs_mosquitto
ROOT = f"sproutcast/{DEVICE}"


def everything(harness):
    """All that commands could change."""
    tables = ("light", "plant", "monitor_plan", "care_event", "capture")
    return {table: harness.store.query(f"SELECT * FROM {table}") for table in tables}


def obeys(harness, listener, hours):
    """A good command is still obeyed, after all that came before it."""
    harness.clock.advance(60)
    listener.publish(f"{ROOT}/set/schedule_hours", str(hours))
    listener.until(f"{ROOT}/state", schedule_hours=hours)


def test_nasty_payloads_on_every_topic_change_nothing(harness, listener):
    harness.do("create_plant", name="Basil", species="Ocimum basilicum")
    harness.start()
    listener.json(f"{ROOT}/plant/1")
    before = everything(harness)
    topics = [f"{ROOT}/set/{key}" for key in APPLIANCE_KEYS] + [f"{ROOT}/plant/1/set/{key}" for key in PLANT_KEYS]
    for topic in [*topics, f"{ROOT}/set/unknown", f"{ROOT}/plant/99/set/watered", f"{ROOT}/plant/x/set/watered"]:
        for payload in NASTY:
            # An empty text and "null" are species too.
            if not (topic.endswith("/species") and len(payload) < 1000):
                listener.publish(topic, payload, qos=0)
    listener.publish(f"{ROOT}/set/unknown", "the last one")
    assert "was refused" in harness.await_health("home_assistant", "warn")["message"]
    assert everything(harness) == before
    obeys(harness, listener, 9)


def test_a_name_that_is_no_species_is_refused_by_the_reducer(harness, listener):
    harness.do("create_plant", name="Basil", species="Ocimum basilicum")
    harness.start()
    listener.json(f"{ROOT}/plant/1")
    listener.publish(f"{ROOT}/plant/1/set/species", b"two\nlines")
    listener.publish(f"{ROOT}/plant/1/set/species", b"x" * 500)
    obeys(harness, listener, 9)
    assert harness.store.query("SELECT species FROM plant") == [{"species": "Ocimum basilicum"}]


def test_retained_commands_are_ignored(harness, listener):
    listener.publish(f"{ROOT}/set/schedule", "OFF", retain=True)
    harness.start()
    listener.json(f"{ROOT}/state")
    listener.publish(f"{ROOT}/set/schedule_level", "10", retain=True)
    obeys(harness, listener, 9)
    light = harness.store.query("SELECT enabled, level FROM light")
    assert light == [{"enabled": 1, "level": 1.0}]


def test_a_flood_is_throttled_and_the_store_stays_quick(harness, listener):
    harness.start()
    listener.json(f"{ROOT}/state")
    seq = harness.store.seq
    for number in range(1500):
        listener._client.publish(f"{ROOT}/set/light", f'{{"state":"ON","brightness":{number % 255}}}', qos=0)
    assert "Too many" in harness.await_health("home_assistant", "warn")["message"]
    harness.record_light(0.5)
    obeys(harness, listener, 9)
    assert harness.store.seq - seq < 200


def test_a_forged_announcement_of_a_plant_that_is_not_is_taken_away(harness, listener):
    harness.start()
    listener.json(f"{ROOT}/state")
    forged = f"homeassistant/device/{DEVICE}/plant_4711/config"
    listener.publish(forged, b"[" * 5000, retain=True)
    listener.wait(lambda: listener.messages[forged] and forged not in listener.kept, "the forgery to go")


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
    harness = HomeAssistantHarness(tmp_path / "data", broker.port)
    harness.mqtt = settings
    try:
        harness.start()
        row = harness.await_health("mqtt", "bad")
        assert row["advice"]
        assert "guess" not in str(row)
        harness.record_light(0.7)
        assert harness.store.query("SELECT now_level FROM light") == [{"now_level": 0.7}]
    finally:
        harness.close()
        broker.kill()


def test_two_devices_with_one_client_id_are_told(tmp_path, mosquitto):
    harnesses = [HomeAssistantHarness(tmp_path / name, mosquitto.port) for name in ("a", "b")]
    try:
        for harness in harnesses:
            harness.mqtt = {"client_id": "twin"}
            harness.start()
        for _ in range(10):
            row = harnesses[0].await_health("mqtt", "bad")
            if "client ID" in f"{row['message']} {row['advice']}":
                break
            harnesses[0].await_health("mqtt", "ok")
        assert "client_id in [mqtt]" in row["advice"]
        harnesses[0].record_light(0.7)
        assert harnesses[0].store.query("SELECT now_level FROM light") == [{"now_level": 0.7}]
    finally:
        for harness in harnesses:
            harness.close()


def test_a_message_too_large_for_the_broker_is_told_and_the_light_goes_on(tmp_path):
    broker = Mosquitto(tmp_path / "mosquitto", "allow_anonymous true\nmessage_size_limit 20000\n")
    broker.start()
    harness = HomeAssistantHarness(tmp_path / "data", broker.port)
    harness.capture(content=b"x" * 100_000)
    try:
        harness.start()
        while "too large" not in harness.await_health("mqtt", "bad")["advice"]:
            harness.await_health("mqtt", "ok")
        harness.record_light(0.7)
        assert harness.store.query("SELECT now_level FROM light") == [{"now_level": 0.7}]
    finally:
        harness.close()
        broker.kill()
