"""Whatever a caller gives a reducer, the refusal is a message that reads in German."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.model.capture_schedule import CaptureSchedule, check_capture_schedule
from sproutcast_pi.model.monitor_plans import make_plan
from sproutcast_pi.store.callers import INTERNAL
from sproutcast_pi.store.engine import Store
from sproutcast_pi.store.reducers import all_reducers
from tests.clocks import AutoAdvancingClock
from tests.messages.helpers import assert_german
from tests.store.helpers import START, VIEWER, example_value

REDUCERS = all_reducers()
HOSTILE: tuple[Any, ...] = (
    None, True, -1, 0, 7, 2**70, 0.5, -0.5, 1e300, float("nan"), float("inf"), "", " ", "x", "x" * 5000, "a\x00b",
    "\ud800", "1999-13-45", "1066-01-01", "2999-01-01", "25:00", [], [1], [[]], [None] * 70, [[0, 0]] * 3,
    [[0, 2], [3, 4], [5, 6]], {}, {"x": 1}, {"metric": "x"}, [["\ud800"]], [[[[[[[[[[[[[]]]]]]]]]]]]], {"a": {1}},
    [0] * 20_001, b"x",
)  # fmt: skip
"""Of every kind of JSON, at and beyond the bounds; and what is no JSON."""
PLANS: tuple[dict[str, Any], ...] = (
    {"preset": "x"},
    {"pipelines": []},
    {"pipelines": {"x": "daily"}},
    {"pipelines": {"P4": "x"}},
    {"rules": {}},
    {"rules": [{"metric": "area_cm2", "lower": 1}] * 41},
    {"rules": [1]},
    {"rules": [{"metric": "x"}]},
    {"rules": [{"metric": "turgor_index", "lower": "x"}]},
    {"rules": [{"metric": "turgor_index", "x": 1}]},
    {"rules": [{"metric": "turgor_index"}]},
    {"rules": [{"metric": "turgor_index", "lower": 0.1}, {"metric": "turgor_index", "lower": 0.1}]},
    {"rules": [{"metric": "turgor_index", "lower": 0.5, "upper": 0.4}]},
    {"rules": [{"metric": "turgor_index", "lower": 9e9}]},
    {"rules": [{"metric": "turgor_index", "drop_percent": 200}]},
    {"rules": [{"metric": "growth_per_day", "drop_percent": 20}]},
    {"rules": [{"metric": "turgor_index", "lower": 0.1, "consecutive": 0}]},
    {"rules": [{"metric": "turgor_index", "lower": 0.1, "hysteresis": 5}]},
    {"rules": [{"metric": "turgor_index", "lower": 0.1, "cooldown_h": -1}]},
)


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store(tmp_path_factory.mktemp("german") / "store.db", clock=AutoAdvancingClock(START), device="spr-test")
    store.call("create_plant", {"name": "Basil"}, caller=INTERNAL)
    yield store
    store.close()


@pytest.mark.parametrize("name", sorted(REDUCERS))
def test_hostile_arguments_are_refused_in_german(busy: Store, name: str) -> None:
    parameters = REDUCERS[name].parameters
    base = {each.name: example_value(each.type) for each in parameters.values() if each.required}
    for argument in parameters:
        found = [busy.submit(name, base | {argument: value}, caller=INTERNAL).exception() for value in HOSTILE]
        refused = [error for error in found if isinstance(error, RefusedError)]
        assert refused
        for error in refused:
            assert error.code != "internal"
            assert_german(error)


@pytest.mark.parametrize("name", sorted(REDUCERS))
def test_arguments_that_do_not_exist_or_are_missing_are_refused_in_german(store: Store, name: str) -> None:
    required = [each.name for each in REDUCERS[name].parameters.values() if each.required]
    for args in ({"zzz": 1}, {f"{next(iter(REDUCERS[name].parameters), '')}s": 1}, *([{}] if required else [])):
        refused = store.submit(name, args, caller=INTERNAL).exception()
        assert isinstance(refused, RefusedError)
        assert_german(refused)


@pytest.mark.parametrize("name", [name for name, known in sorted(REDUCERS.items()) if known.role != "viewer"])
def test_a_role_that_is_too_low_is_refused_in_german(store: Store, name: str) -> None:
    parameters = REDUCERS[name].parameters.values()
    args = {each.name: example_value(each.type) for each in parameters if each.required}
    refused = store.submit(name, args, caller=VIEWER).exception()
    assert isinstance(refused, RefusedError)
    assert refused.code == "forbidden"
    assert_german(refused)


@pytest.mark.parametrize("given", PLANS)
def test_a_plan_that_makes_no_sense_is_refused_in_german(given: dict[str, Any]) -> None:
    with pytest.raises(RefusedError) as refused:
        make_plan(**({"preset": "custom"} | given))
    assert_german(refused.value)


@pytest.mark.parametrize("given", [{"interval_s": 1}, {"quiet_hours": ("25:00",)}])
def test_a_capture_schedule_that_makes_no_sense_is_refused_in_german(given: dict[str, Any]) -> None:
    with pytest.raises(RefusedError) as refused:
        check_capture_schedule(CaptureSchedule(**given))
    assert_german(refused.value)


def test_a_reducer_that_is_not_there_is_refused_in_german(store: Store) -> None:
    for name in ("add_plamt", "zzz"):
        with pytest.raises(RefusedError) as refused:
            store.call(name, {}, caller=INTERNAL)
        assert_german(refused.value)
