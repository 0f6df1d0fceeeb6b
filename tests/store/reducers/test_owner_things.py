"""What belongs to the owner is refused to carers, and rules are kept however a plant comes and goes."""

from __future__ import annotations

import time

import pytest

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.store.engine import INTERNAL, Store
from tests.store.helpers import CARER, OWNER

LONG_HISTORY = 4000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("device_name", "Mine"),
        ("time_zone", "Europe/Berlin"),
        ("sync_enabled", True),
        ("home_assistant_enabled", False),
        ("setup_done", False),
    ],
)
def test_a_carer_may_not_set_what_is_the_devices_once_it_is_set_up(store: Store, name: str, value: object) -> None:
    store.call("set_setting", {"name": name, "value": value}, caller=CARER)
    store.call("set_setting", {"name": "setup_done", "value": True}, caller=OWNER)
    with pytest.raises(RefusedError, match="role owner"):
        store.call("set_setting", {"name": name, "value": value}, caller=CARER)
    with pytest.raises(RefusedError, match="role owner"):
        store.call("clear_setting", {"name": name}, caller=CARER)
    store.call("set_setting", {"name": "language", "value": "de"}, caller=CARER)
    store.call("set_setting", {"name": name, "value": value}, caller=OWNER)


def test_a_carer_may_not_raise_the_lamps_daily_limit(store: Store) -> None:
    store.call("set_light_schedule", {"max_hours_per_day": 17.0}, caller=OWNER)
    with pytest.raises(RefusedError, match="role owner"):
        store.call("set_light_schedule", {"max_hours_per_day": 24.0}, caller=CARER)
    store.call("set_light_schedule", {"max_hours_per_day": 17.0, "hours": 12.0}, caller=CARER)
    store.call("set_light_schedule", {"max_hours_per_day": 15.0}, caller=CARER)


def test_two_plants_never_have_one_name_whichever_way_they_come(store: Store) -> None:
    first = store.call("create_plant", {"name": "Basil"}, caller=CARER).value
    store.call("archive_plant", {"plant_id": first}, caller=CARER)
    store.call("create_plant", {"name": "BASIL"}, caller=CARER)
    with pytest.raises(RefusedError, match="named"):
        store.call("update_plant", {"plant_id": first, "archived": False}, caller=CARER)
    store.call("update_plant", {"plant_id": first, "archived": False, "name": "Old basil"}, caller=CARER)
    names = [row["name"] for row in store.query("SELECT name FROM plant WHERE archived_at IS NULL ORDER BY id")]
    assert names == ["Old basil", "BASIL"]


def test_an_archived_plant_that_comes_back_counts(store: Store) -> None:
    first = store.call("create_plant", {"name": "First"}, caller=CARER).value
    store.call("archive_plant", {"plant_id": first}, caller=CARER)
    for number in range(200):
        store.submit("create_plant", {"name": f"Plant {number}"}, caller=CARER)
    with pytest.raises(RefusedError, match="archive one first"):
        store.call("update_plant", {"plant_id": first, "archived": False}, caller=CARER)


def test_a_long_history_is_deleted_in_slices_and_others_get_in_between(store: Store) -> None:
    plant = store.call("create_plant", {"name": "Old"}, caller=OWNER).value
    other = store.call("create_plant", {"name": "Other"}, caller=OWNER).value
    care = [
        store.submit("log_care", {"plant_id": plant, "kind": "water"}, caller=INTERNAL) for _ in range(LONG_HISTORY)
    ]
    care[-1].result()
    store.call("log_care", {"plant_id": other, "kind": "water"}, caller=INTERNAL)
    before = store.seq
    deleting = store.submit("delete_plant", {"plant_id": plant}, caller=OWNER)
    slowest = 0.0
    while not deleting.done():
        began = time.perf_counter()
        store.call("log_care", {"plant_id": other, "kind": "note", "text": "meanwhile"}, caller=CARER)
        slowest = max(slowest, time.perf_counter() - began)
    assert deleting.result().value is None
    assert store.query("SELECT count(*) AS n FROM care_event WHERE plant_id = ?", (plant,)) == [{"n": 0}]
    assert store.query("SELECT count(*) AS n FROM monitor_plan WHERE plant_id = ?", (plant,)) == [{"n": 0}]
    assert [row["id"] for row in store.query("SELECT id FROM plant")] == [other]
    largest = store.query("SELECT max(length(diff)) AS n FROM _tx WHERE seq > ?", (before,))[0]["n"]
    assert largest < 500_000
    assert slowest < 1.0
    assert store.query("SELECT count(*) AS n FROM _tx WHERE reducer = 'delete_plant'")[0]["n"] >= LONG_HISTORY // 500
