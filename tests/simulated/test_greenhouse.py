"""The greenhouse: plants answer to light, water and food in realistic time, and history alone decides."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.simulated.greenhouse import (
    Care,
    Greenhouse,
    Scene,
    advance,
    begin,
    region,
    scene,
    truths,
    with_plants,
)

START = datetime(2026, 6, 1, tzinfo=UTC)
LIGHT = [(START + timedelta(days=day, hours=hour), level) for day in range(80) for hour, level in ((6, 1.0), (22, 0.0))]


def water(days, every=2, plant=1, kind="water"):
    return [Care(plant=plant, kind=kind, at=START + timedelta(days=day, hours=9)) for day in range(0, days, every)]


def live(days, *, light=LIGHT, care=(), plants=(1,), seed=1):
    return advance(begin(START, plants, seed), START + timedelta(days=days), light=light, care=care)


def hours_until(condition, care=(), light=LIGHT, seed=1):
    greenhouse = begin(START, [1], seed)
    for hour in range(24 * 80):
        greenhouse = advance(greenhouse, START + timedelta(hours=hour), light=light, care=care)
        if condition(truths(greenhouse)[0]):
            return hour
    return None


@pytest.mark.parametrize("seed", range(5))
def test_a_dry_plant_half_wilts_after_four_to_five_and_a_half_days(seed):
    assert 96 <= hours_until(lambda plant: plant.half_wilted, seed=seed) <= 132


def test_water_brings_a_wilted_plant_back_within_hours():
    care = [Care(plant=1, kind="water", at=START + timedelta(days=6))]
    wilted = live(6)
    assert truths(wilted)[0].droop_deg > 35
    greenhouse = advance(wilted, START + timedelta(days=6, hours=1), light=LIGHT, care=care)
    assert truths(greenhouse)[0].droop_deg > 35, "water given at the last moment already seen has had its effect"
    wet = [Care(plant=1, kind="water", at=START + timedelta(days=6, minutes=1))]
    assert truths(advance(wilted, START + timedelta(days=6, hours=9), light=LIGHT, care=wet))[0].droop_deg < 6


def test_a_watered_plant_never_hangs_in_thirty_days_and_grows():
    greenhouse, most = begin(START, [1]), 0.0
    for hour in range(0, 720, 3):
        greenhouse = advance(greenhouse, START + timedelta(hours=hour), light=LIGHT, care=water(30))
        most = max(most, truths(greenhouse)[0].droop_deg)
    assert most < 3
    assert truths(greenhouse)[0].area_share > 3 * truths(begin(START, [1]))[0].area_share
    assert truths(greenhouse)[0].yellow_share == 0


def test_without_light_nothing_grows_and_the_pot_dries_slowly():
    dark = live(10, light=[])
    assert truths(dark)[0].area_share == pytest.approx(truths(begin(START, [1]))[0].area_share)
    assert truths(dark)[0].water > truths(live(10))[0].water


def test_an_unfed_plant_yellows_after_seven_weeks_a_fed_one_does_not():
    unfed = hours_until(lambda plant: plant.yellow_share > 0.1, care=water(80)) / 24
    assert 45 <= unfed <= 62
    fed = water(80) + [Care(plant=1, kind="feed", at=START + timedelta(days=day)) for day in (25, 50)]
    assert hours_until(lambda plant: plant.yellow_share > 0.1, care=fed) is None


def test_it_blooms_late_and_pruning_sets_it_back():
    first = hours_until(lambda plant: plant.bloom_share > 0, care=water(80)) / 24
    assert 26 <= first <= 45
    grown = live(45, care=water(45))
    cut = [Care(plant=1, kind="prune", at=START + timedelta(days=45, minutes=5))]
    pruned = advance(grown, START + timedelta(days=45, hours=1), light=LIGHT, care=cut)
    assert truths(pruned)[0].bloom_share < 0.01 < truths(grown)[0].bloom_share
    assert truths(pruned)[0].area_share < 0.8 * truths(grown)[0].area_share


def test_drowning_pales_a_plant():
    drowned = live(20, care=[c for day in range(4) for c in water(20, every=1)])
    assert truths(drowned)[0].hue_deg < truths(live(20, care=water(20)))[0].hue_deg - 1


@given(st.lists(st.integers(1, 20 * 24 * 60), max_size=6), st.integers(0, 99))
def test_one_long_advance_equals_many_short_ones_and_json_keeps_the_state(stops, seed):
    care = water(20, every=3)
    greenhouse = begin(START, [1, 2], seed)
    for minutes in sorted(stops):
        greenhouse = advance(greenhouse, START + timedelta(minutes=minutes), light=LIGHT, care=care)
        greenhouse = msgspec.json.decode(msgspec.json.encode(greenhouse), type=Greenhouse)
    assert advance(greenhouse, START + timedelta(days=20), light=LIGHT, care=care) == live(
        20, care=care, plants=[1, 2], seed=seed
    )


def test_the_past_and_a_clock_gone_wild_do_no_harm():
    greenhouse = live(3)
    assert advance(greenhouse, START, light=LIGHT) == greenhouse
    assert advance(greenhouse, START + timedelta(days=40000), light=[]).at < START + timedelta(days=1000)


def test_plants_have_characters_and_keep_them_when_others_come_and_go():
    greenhouse = live(5, plants=[1, 2])
    assert truths(greenhouse)[0].hue_deg != truths(greenhouse)[1].hue_deg
    more = with_plants(greenhouse, [2, 3])
    assert more.plants[0] == greenhouse.plants[1]
    assert more.plants[1].plant == 3


def test_the_scene_travels_as_json():
    greenhouse = live(5, plants=[1, 2])
    received = msgspec.convert(msgspec.json.decode(msgspec.json.encode(scene(greenhouse))), Scene)
    assert received.plants == truths(greenhouse)
    assert region(1, 2)[0] == (0.5, 0.0)
