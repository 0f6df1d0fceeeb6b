"""A plant's alerts from photograph to photograph: gone, unknown, hanging for days, and what the owner answers."""

from datetime import timedelta
from itertools import pairwise

import pytest

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.model import withheld_reasons
from sproutcast_pi.store.engine import INTERNAL
from tests.store.helpers import CARER, VIEWER
from tests.store.reducers.test_captures import photograph

FIRM = {
    "bbox": [1, 1, 5, 5],
    "area_px": 900,
    "area_percent": 9.0,
    "confidence": 0.9,
    "turgor_index": 0.9,
    "health_score": 97,
}
SPECK = {"bbox": [1, 1, 1, 1], "area_px": 4, "area_percent": 0.04, "confidence": 0.17, "turgor_index": 0.9}
NOTHING = {"area_px": 0, "area_percent": 0.0, "confidence": 0.0}


@pytest.fixture
def mint(store):
    return store.call("create_plant", {"name": "Mint"}, caller=CARER).value


@pytest.fixture
def shoot(store, clock, mint):
    def shoot(times=1, after_h=4, **facts):
        for _ in range(times):
            photograph(store, clock, {"plant": mint, **facts}, after_h=after_h)

    shoot(8, **FIRM)
    return shoot


def titles(store):
    return [row["title"] for row in store.query("SELECT title FROM notification ORDER BY id")]


def still_open(store):
    return [r["title"] for r in store.query("SELECT title FROM notification WHERE resolved_at IS NULL ORDER BY id")]


def newest(store):
    return store.query("SELECT * FROM analysis_result ORDER BY id DESC LIMIT 1")[0]


@pytest.mark.parametrize("gone", [SPECK, NOTHING])
def test_a_plant_that_vanished_is_notified_once_and_again_only_after_it_was_back(store, shoot, gone):
    shoot(30, **gone)
    assert titles(store) == ["Mint can't be seen"]
    row = newest(store)
    assert (row["presence"], row["health_score"], row["area_percent"], row["turgor_index"]) == (
        "absent",
        None,
        None,
        None,
    )
    shoot(**FIRM)
    assert still_open(store) == ["Mint can't be seen"]
    shoot(**FIRM)
    assert still_open(store) == []
    shoot(4, **gone)
    assert titles(store) == ["Mint can't be seen"] * 2


def test_a_hand_before_the_lens_is_no_vanished_plant(store, shoot):
    for _ in range(5):
        shoot(2, **NOTHING)
        shoot(**FIRM)
    shoot(20, after_h=0.01, **NOTHING)
    assert titles(store) == []


def test_a_plant_that_was_never_found_is_told_as_such(store, clock):
    plant = store.call("create_plant", {"name": "Fern"}, caller=CARER).value
    for _ in range(5):
        photograph(store, clock, {"plant": plant, **NOTHING})
    assert titles(store) == ["Fern was not found"]


PURPLE = {"bbox": [1, 1, 4, 4], "area_px": 220, "area_percent": 2.2, "confidence": 0.28}
FAINT = {"bbox": [1, 1, 2, 2], "area_px": 3, "area_percent": 0.03, "confidence": 0.2}


@pytest.mark.parametrize("found", [PURPLE, FAINT])
def test_a_plant_that_is_hardly_recognised_from_the_start_is_uncertain_and_never_gone(store, clock, found):
    plant = store.call("create_plant", {"name": "Heuchera"}, caller=CARER).value
    for facts in (found, NOTHING, found, FAINT, *[NOTHING] * 10):
        photograph(store, clock, {"plant": plant, **facts}, after_h=4)
        assert newest(store)["presence"] == "uncertain"
    assert titles(store) == ["Heuchera can't be measured"]


def test_a_plant_first_not_found_and_then_hardly_recognised_is_not_missing(store, clock):
    plant = store.call("create_plant", {"name": "Heuchera"}, caller=CARER).value
    for facts in [NOTHING] * 4 + [PURPLE] * 14:
        photograph(store, clock, {"plant": plant, **facts}, after_h=4)
    assert titles(store) == ["Heuchera was not found", "Heuchera can't be measured"]
    assert still_open(store) == ["Heuchera can't be measured"]


def test_a_plant_that_turns_purple_is_uncertain_and_never_gone(store, shoot):
    shoot(4, **PURPLE)
    shoot(5, **FAINT)
    shoot(5, **NOTHING)
    assert newest(store)["presence"] == "uncertain"
    assert titles(store) == ["Mint can't be measured"]


def test_what_is_uncertain_neither_closes_an_alert_nor_has_a_health_score(store, shoot):
    shoot(2, **FIRM | {"turgor_index": 0.2})
    assert still_open(store) == ["Mint: Thirsty"]
    shoot(3, **FIRM | {"confidence": 0.3, "area_percent": 5.0})
    assert still_open(store) == ["Mint: Thirsty"]
    assert (newest(store)["presence"], newest(store)["health_score"]) == ("uncertain", None)


def test_what_is_withheld_for_days_is_an_alert_and_ends_when_it_is_measured(store, shoot):
    hidden = FIRM | {"turgor_index": None, "left_out": {"turgor_index": withheld_reasons.FROM_ABOVE}}
    shoot(6, **hidden)
    assert titles(store) == []
    shoot(40, **hidden)
    (row,) = store.query("SELECT title, message, category, resolved_at FROM notification")
    assert (row["title"], row["category"]) == ("Mint can't be measured", "health")
    assert withheld_reasons.FROM_ABOVE in row["message"]
    shoot(**FIRM)
    assert still_open(store) == []


def test_a_day_of_refused_photographs_is_one_alert_for_all_plants(store, clock, shoot):
    store.call("create_plant", {"name": "Basil"}, caller=CARER)
    for _ in range(20):
        photograph(store, clock, verdict="refused", after_h=4)
    assert titles(store) == ["No photo can be measured"]
    shoot(**FIRM)
    assert still_open(store) == []


def hang(shoot, days):
    shoot(int(days * 6), **FIRM | {"turgor_index": 0.1, "area_percent": 8.0})


def test_five_days_of_hanging_are_asked_about_once_and_the_alert_shows_the_present_value(store, shoot):
    hang(shoot, 4.8)
    assert titles(store) == ["Mint: Thirsty"]
    shoot(12, **FIRM | {"turgor_index": 0.05, "area_percent": 7.0})
    assert titles(store) == ["Mint: Thirsty", "Mint has been hanging for 5 days"]
    (alert,) = store.query("SELECT value, value_now FROM notification WHERE metric = 'turgor_index'")
    assert alert == {"value": 0.1, "value_now": 0.05}


def question(store):
    return store.query("SELECT * FROM notification WHERE question = 'hanging'")[0]


@pytest.mark.parametrize(("answer", "kind"), [("moved", "move"), ("cut", "prune"), ("normal", "move")])
def test_an_answer_ends_the_alert_and_is_taken_back_with_its_care(store, shoot, answer, kind):
    hang(shoot, 6)
    args = {"notification_id": question(store)["id"], "answer": answer}
    care = store.call("answer_notification", args, caller=CARER).value
    assert still_open(store) == []
    assert store.query("SELECT kind FROM care_event") == [{"kind": kind}]
    with pytest.raises(RefusedError, match="answered already"):
        store.call("answer_notification", args, caller=CARER)
    store.call("delete_care", {"care_id": care}, caller=CARER)
    hang(shoot, 1)
    assert still_open(store) == ["Mint: Thirsty"]


def test_a_dying_plant_keeps_its_alert_and_is_not_asked_about_again(store, shoot):
    hang(shoot, 6)
    args = {"notification_id": question(store)["id"], "answer": "dying"}
    assert store.call("answer_notification", args, caller=CARER).value is None
    store.call("mark_all_notifications_read", {}, caller=CARER)
    store.call("clear_read_notifications", {}, caller=CARER)
    hang(shoot, 6)
    assert titles(store).count("Mint has been hanging for 5 days") == 1
    assert "Mint: Thirsty" in still_open(store)


def test_wrong_answers_are_refused(store, shoot):
    hang(shoot, 6)
    asked = question(store)["id"]
    other = store.query("SELECT id FROM notification WHERE question IS NULL")[0]["id"]
    for notification, answer, words in (
        (asked, "replaced", "is not one of"),
        (other, "cut", "asks nothing"),
        (99, "cut", "there is no"),
    ):
        args = {"notification_id": notification, "answer": answer}
        with pytest.raises(RefusedError, match=words):
            store.call("answer_notification", args, caller=CARER)
    with pytest.raises(RefusedError):
        store.call("answer_notification", {"notification_id": asked, "answer": "cut"}, caller=VIEWER)


def test_watering_stands_beside_the_alert_until_it_is_taken_back(store, shoot, mint):
    hang(shoot, 1)
    care = store.call("log_care", {"plant_id": mint, "kind": "water"}, caller=CARER).value
    (row,) = store.query("SELECT care_kind, resolved_at FROM notification")
    assert row == {"care_kind": "water", "resolved_at": None}
    store.call("delete_care", {"care_id": care}, caller=CARER)
    assert store.query("SELECT care_kind, care_at FROM notification") == [{"care_kind": None, "care_at": None}]


def test_half_of_a_plant_gone_at_once_is_asked_about_unless_the_log_explains_it(store, clock, shoot, mint):
    shoot(2, **FIRM | {"area_percent": 3.0})
    assert titles(store) == ["Mint is suddenly much smaller"]
    store.call("log_care", {"plant_id": mint, "kind": "repot"}, caller=CARER)
    assert store.query("SELECT answer FROM notification") == [{"answer": "replaced"}]
    shoot(8, **FIRM | {"area_percent": 3.0})
    store.call("log_care", {"plant_id": mint, "kind": "prune"}, caller=CARER)
    shoot(8, **FIRM | {"area_percent": 1.0})
    assert still_open(store) == []


def test_growth_starts_anew_with_a_seedling_in_the_same_pot(store, clock):
    plant = store.call("create_plant", {"name": "Chive", "preset": "growth_tracking"}, caller=CARER).value
    for day in range(12):
        photograph(store, clock, {"plant": plant, **FIRM, "area_percent": 9.0 * 1.04**day}, after_h=24)
    store.call("log_care", {"plant_id": plant, "kind": "repot"}, caller=CARER)
    rates = []
    for day in range(10):
        photograph(store, clock, {"plant": plant, **FIRM, "area_percent": 1.2 * 1.06**day}, after_h=24)
        rates.append(newest(store)["growth_rate_percent"])
    assert rates[:2] == [None, None]
    assert rates[2:] == pytest.approx([6.0] * 8, abs=0.1)
    photograph(store, clock, {"plant": plant, **NOTHING}, after_h=24)
    assert newest(store)["growth_rate_percent"] is None
    assert titles(store) == []


def test_the_stage_does_not_flip_with_the_day_bloom_is_measured(store, clock, mint):
    stages = []
    for number in range(40):
        bloom = (1.2 if number // 6 % 2 else 0.7) if number % 6 == 0 else None
        photograph(store, clock, {"plant": mint, **FIRM, "bloom_percent": bloom, "stage": "vegetative"}, after_h=4)
        stages.append(newest(store)["stage"])
    assert sum(one != other for one, other in pairwise(stages)) <= 1


def test_an_alert_that_holds_is_not_pruned_when_it_was_read(store, clock, shoot):
    hang(shoot, 1)
    store.call("mark_all_notifications_read", {}, caller=CARER)
    clock.advance(days=400)
    before = (clock.now() - timedelta(days=90)).isoformat()
    store.call("prune_notifications", {"before": before}, caller=INTERNAL)
    assert still_open(store) == ["Mint: Thirsty"]


def test_a_plant_that_is_smaller_and_hangs_at_once_is_asked_about_one_that_hung_before_is_not(store, clock, shoot):
    shoot(**FIRM | {"area_percent": 3.0, "turgor_index": 0.4})
    assert titles(store) == ["Mint is suddenly much smaller"]
    other = store.call("create_plant", {"name": "Sage"}, caller=CARER).value
    for area, turgor in ((9.0, 0.9), (9.0, 0.2), (9.0, 0.2), (3.0, 0.1)):
        photograph(store, clock, {"plant": other, **FIRM, "area_percent": area, "turgor_index": turgor}, after_h=4)
    assert titles(store)[1:] == ["Sage: Thirsty"]
