from sproutcast_pi.services.home_assistant.plant_components import plant_components
from sproutcast_pi.services.home_assistant.state_payloads import appliance, plant
from sproutcast_pi.services.home_assistant.topics import Topics

LIGHT = {
    "ppfd_full": None, "now_level": 0.0, "now_reason": "off", "next_change_at": None, "enabled": 1, "start": "06:00",
    "hours": 16.0, "level": 1.0, "dli_today": None, "on_seconds_today": 0.0,
}  # fmt: skip


def next_capture(health):
    return appliance(LIGHT, last_capture=None, health=health, unread=0)["next_capture"]


def test_a_number_that_is_not_told_says_why_in_its_attributes():
    result = {"at": "2026-05-28T08:01:01Z", "left_out": '{"hue_deg": "the picture has no colours"}'}
    shown = plant({"species": None}, result=result, plan=None, alerts=0, last_watered=None)
    assert shown["left_out"] == {"hue_deg": "the picture has no colours"}
    unmeasured = plant({"species": None}, result=None, plan=None, alerts=0, last_watered=None)
    assert unmeasured["left_out"] == {}
    component = plant_components(Topics(base="sproutcast", device="spr-test"), 1)["hue_deg"]
    assert component["json_attributes_topic"] == component["state_topic"]
    assert component["json_attributes_template"] == "{{ value_json.attributes.hue_deg | tojson }}"
    assert shown["attributes"]["hue_deg"] == {
        "reads": None, "word": None, "level": None, "not_told": "the picture has no colours"
    }  # fmt: skip


def test_a_sensors_attributes_read_as_every_screen_does():
    result = {"at": "2026-05-28T08:01:01Z", "turgor_index": 0.523, "chlorophyll_index": 0.5}
    shown = plant({"species": None}, result=result, plan=None, alerts=0, last_watered=None)
    firmness = {"reads": "52\N{NO-BREAK SPACE}%", "word": "limp", "level": "act", "not_told": None}
    assert shown["attributes"]["turgor_index"] == firmness
    assert shown["turgor_index"] == 0.523
    assert shown["attributes"]["chlorophyll_index"]["level"] is None


def test_the_next_photograph_is_the_value_of_its_part_whatever_its_sentence_says():
    health_rows = {"captures": {"message": "Soon.", "value": 1779955261.0}}
    assert next_capture(health_rows) == "2026-05-28T08:01:01Z"
    assert next_capture({"captures": {"message": "No photograph is due.", "value": None}}) is None
    assert next_capture({}) is None
