"""Announcements: the rules that were measured against real Home Assistants."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.services.home_assistant import discovery
from sproutcast_pi.services.home_assistant.topics import Topics

TOPICS = Topics(base="sproutcast", device="spr-0123456789ab")
PLANT = {"id": 7, "name": "Basil", "species": "Ocimum basilicum", "location": None}
FOR_EVER = {
    "appliance": {
        *("light", "follow_schedule", "light_reason", "light_next_change", "schedule", "schedule_start"),
        *("schedule_hours", "schedule_level", "capture", "photo", "last_capture", "next_capture", "notice", "unread"),
        *("ppfd", "dli", "illuminance", "light_on_today", "problem", "status", "power", "temperature", "disk_free"),
        *("outbox", "version", "started", "update"),
    },
    "plant": {
        *("health_score", "area_cm2", "area_percent", "height_cm", "growth_rate_percent", "turgor_index", "droop_deg"),
        *("chlorophyll_index", "hue_deg", "leaf_count", "bloom_percent", "bloom_count", "yellow_percent"),
        *("lesion_percent", "hue_sd_deg", "excess_green", "area_px", "height_px"),
        *("health_score_lower", "turgor_index_lower", "chlorophyll_index_lower", "hue_deg_lower", "hue_deg_upper"),
        *("hue_sd_deg_upper", "yellow_percent_upper", "lesion_percent_upper", "growth_rate_percent_lower"),
        *("problem", "condition", "stage", "measured", "last_watered", "watered", "alert", "care", "plan", "species"),
        *(f"alert_{kind}_trigger" for kind in ("health", "alert", "analysis", "info")),
        *("care_water_trigger", "care_feed_trigger", "care_prune_trigger", "care_note_trigger"),
        *("care_soil_change_trigger", "care_repot_trigger", "care_temperature_event_trigger"),
        "care_light_change_trigger",
    },
}
"""Keys may be added; one that is renamed or gone loses people their entities and history."""


def payloads():
    return {"appliance": discovery.appliance(TOPICS, name="Sproutcast"), "plant": discovery.plant(TOPICS, PLANT)}


@pytest.mark.parametrize("who", ["appliance", "plant"])
def test_keys_are_for_ever(who):
    assert FOR_EVER[who] <= set(payloads()[who]["components"])


@pytest.mark.parametrize("who", ["appliance", "plant"])
def test_each_entity_has_an_id_a_name_and_its_own_qos(who):
    payload = payloads()[who]
    entities = [c for c in payload["components"].values() if c["platform"] != "device_automation"]
    assert len({c["unique_id"] for c in entities}) == len(entities)
    assert all(c["unique_id"].startswith(TOPICS.device) for c in entities)
    names = [c["name"] for c in entities]
    assert len(set(names)) == len(names)
    assert not [name for name in names if payload["device"]["name"] in name]
    assert {c["qos"] for c in payload["components"].values()} == {1}
    assert payload["availability"] == [{"topic": TOPICS.availability}]


def test_names_of_plants_and_places_change_neither_ids_nor_topics():
    renamed = discovery.plant(TOPICS, PLANT | {"name": "Thai basil", "species": None, "location": "Kitchen"})
    assert renamed["components"] == payloads()["plant"]["components"]
    assert renamed["device"]["identifiers"] == payloads()["plant"]["device"]["identifiers"]
    assert renamed["device"]["suggested_area"] == "Kitchen"


def test_an_announcement_is_not_large():
    sizes = {who: len(json.dumps(payload)) for who, payload in payloads().items()}
    assert max(sizes.values()) < 24_000, sizes


@given(st.text(max_size=80))
def test_foreign_topics_are_no_commands(topic):
    assert TOPICS.parse_command_topic(topic) is None
    assert TOPICS.parse_plant_config_topic(topic) is None


@given(st.sampled_from(["light", "watered"]), st.one_of(st.none(), st.integers(0, 10**15 - 1)))
def test_topics_are_read_as_they_are_written(key, plant):
    assert TOPICS.parse_command_topic(TOPICS.command(key, plant)) == (key, plant)
    if plant is not None:
        assert TOPICS.parse_plant_config_topic(TOPICS.plant_config(plant)) == plant


@pytest.mark.parametrize("number", ["-1", "1.0", "٤", "9" * 20, "", "+", "1/2", "0x1"])
def test_a_plant_that_is_no_number_is_none(number):
    assert TOPICS.parse_command_topic(f"{TOPICS.root}/plant/{number}/set/watered") is None
    assert TOPICS.parse_plant_config_topic(f"{TOPICS.prefix}/device/{TOPICS.device}/plant_{number}/config") is None
