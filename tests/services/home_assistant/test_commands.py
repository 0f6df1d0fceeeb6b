"""From messages to calls: whatever bytes come, a sentence or a sound call comes out."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.services.home_assistant.commands import APPLIANCE_KEYS, PLANT_KEYS, CommandContext, parse_command
from sproutcast_pi.services.home_assistant.metric_sensors import THRESHOLDS
from sproutcast_pi.services.procedures import PROCEDURES
from sproutcast_pi.store.reducer import find_reducer
from sproutcast_pi.store.reducers import all_reducers

RULES = [{"metric": "turgor_index", "lower": 0.6, "hysteresis": 0.08}, {"metric": "hue_deg", "lower": 58, "upper": 165}]
KNOWN = CommandContext(
    light={"now_level": 0.0, "level": 0.8},
    plants={1: {"id": 1}},
    plans={1: {"preset": "flower_health", "pipelines": '{"P3b": "every_capture"}', "rules": json.dumps(RULES)}},
    override_min=120,
)
KEYS = [(key, None) for key in APPLIANCE_KEYS] + [(key, 1) for key in PLANT_KEYS]
NASTY = [
    b"",
    b"\xff\xfe\x00",
    "ON".encode("utf-16"),
    b"null",
    b"NaN",
    b"Infinity",
    b"-1e999",
    b"1_0",
    b"999999",
    b"-999999",
    b"0x10",
    "٤٢".encode(),
    b"[]",
    b"{}",
    b'{"state": "ON", "brightness": NaN}',
    b'{"state": "ON", "brightness": 256}',
    b'{"state": "ON", "brightness": -1}',
    b'{"state": "ON", "brightness": "255"}',
    b'{"state": "on"}',
    b'{"state": ["ON"]}',
    b'{"state": "ON", "transition": 1e308}',
    b'{"state": "ON", "transition": -5}',
    b'{"state":' + b"[" * 900,
    b'{"x":' + b"[" * 480 + b"]" * 480 + b"}",
    b"[" * 100_000,
    b"A" * 1_000_000,
    b"PRESS\x00",
    b"press",
    b"ON; DROP TABLE plant",
    b"\xed\xa0\x80",
]


@pytest.mark.parametrize(("key", "plant"), KEYS)
def test_nasty_payloads_are_refused_with_a_sentence(key, plant):
    for payload in NASTY:
        if key == "species" or (key == "schedule_start" and len(payload) < 1000):
            continue  # texts, which their reducers judge
        with pytest.raises(RefusedError) as refused:
            parse_command(key, plant, payload, KNOWN)
        assert len(str(refused.value)) < 600


@given(st.sampled_from(KEYS), st.one_of(st.binary(max_size=200), st.text(max_size=100).map(str.encode)))
def test_any_bytes_give_a_refusal_or_a_call_its_reducer_takes(key, payload):
    reducers = all_reducers()
    try:
        call = parse_command(*key, payload, KNOWN)
        if call.reducer not in PROCEDURES:
            find_reducer(reducers, call.reducer).bind(call.args)
    except RefusedError:
        return


@given(st.floats(0, 255), st.one_of(st.none(), st.floats(0, 600)))
def test_a_light_command_keeps_its_bounds(brightness, transition):
    target = {"state": "ON", "brightness": brightness} | ({} if transition is None else {"transition": transition})
    call = parse_command("light", None, json.dumps(target).encode(), KNOWN)
    assert call.reducer == "override_light"
    assert 0 <= call.args["level"] <= 1
    assert abs(call.args["level"] - brightness / 255) < 1e-4
    assert 0 <= call.args["transition_s"] <= 300


def test_on_without_brightness_is_the_schedule_level_and_off_is_dark():
    assert parse_command("light", None, b'{"state":"ON"}', KNOWN).args["level"] == 0.8
    assert parse_command("light", None, b'{"state":"OFF","transition":2}', KNOWN).args["level"] == 0


def test_a_threshold_changes_its_bound_and_nothing_else():
    call = parse_command("hue_deg_lower", 1, b"60", KNOWN)
    assert call.args["preset"] == "flower_health"
    assert call.args["rules"][0] == RULES[0]
    assert (call.args["rules"][1]["lower"], call.args["rules"][1]["upper"]) == (60, 165)
    added = parse_command("yellow_percent_upper", 1, b"9.5", KNOWN).args["rules"]
    assert added[-1] == {"metric": "yellow_percent", "upper": 9.5}
    assert len(added) == 3


def test_custom_begins_with_what_is_in_force_and_a_preset_with_its_own():
    assert parse_command("plan", 1, b"Custom", KNOWN).args["rules"] == RULES
    assert "rules" not in parse_command("plan", 1, b"Quick pulse", KNOWN).args


def test_unknown_keys_and_plants_are_named():
    for key, plant in (("lamp", None), ("plan", 2), ("lamp", 1)):
        with pytest.raises(RefusedError) as refused:
            parse_command(key, plant, b"PRESS", KNOWN)
        assert refused.value.code == "not_found"


def test_every_threshold_can_be_set():
    for key, threshold in THRESHOLDS.items():
        middle = (threshold.low + threshold.high) / 2
        rules = parse_command(key, 1, f"{middle:g}".encode(), KNOWN).args["rules"]
        assert [rule[threshold.bound] for rule in rules if rule["metric"] == threshold.metric.key] == [middle]
