"""A capture from the request to everything that follows, each step once."""

import json

import apsw
import pytest

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import photo_notes
from sproutcast_pi.messages.rows import row_message_list
from sproutcast_pi.store.engine import INTERNAL
from sproutcast_pi.store.messages import QueryDiff
from sproutcast_pi.store.migrations.withheld_reasons import add_withheld_reasons
from sproutcast_pi.store.opening import open_database
from sproutcast_pi.store.schema import VERSION
from tests.store.helpers import CARER, OWNER


@pytest.fixture
def plant(store):
    return store.call("create_plant", {"name": "Basil", "preset": "growth_tracking"}, caller=OWNER).value


def internal(store, name, **args):
    return store.call(name, args, caller=INTERNAL).value


def answer(capture, *plants, verdict="ok", **fields):
    quality = {"verdict": verdict, "sharpness": 0.5, "exposure": 0.4, "reasons": [] if verdict == "ok" else ["blurred"]}
    quality["messages"] = [{"code": "photo_notes.blurred", "values": {}} for _ in quality["reasons"]]
    return {
        "capture": capture,
        "file": f"{capture}.jpg",
        "width": 8,
        "height": 8,
        "quality": quality,
        "plants": plants,
    } | fields


def photograph(store, clock, *plants, **how):
    clock.advance(hours=how.pop("after_h", 1))
    capture = store.call("request_capture", {"reason": "schedule"}, caller=CARER).value
    internal(store, "begin_capture", capture_id=capture, light_level=0.8)
    internal(store, "finish_capture", capture_id=capture, answer=answer(capture, *plants, **how))
    return capture


def test_everything_that_follows_is_one_transaction(store, clock, plant):
    received = []
    for table in ("capture", "analysis_result", "plant", "alert", "notification", "monitor_plan"):
        store.subscribe(f"SELECT * FROM {table}", received.append, caller=OWNER)
    for turgor in (0.9, 0.3, 0.3):
        photograph(store, clock, {"plant": plant, "turgor_index": turgor, "bloom_percent": 2.0})
    last = [message for message in received if isinstance(message, QueryDiff) and message.seq == store.seq]
    assert len(last) == 5
    (notification,) = store.query("SELECT plant_id, capture_id, category, metric, bound, value FROM notification")
    assert notification == {
        "plant_id": plant,
        "capture_id": 3,
        "category": "alert",
        "metric": "turgor_index",
        "bound": "lower",
        "value": 0.3,
    }
    assert store.query("SELECT photo_capture_id FROM plant") == [{"photo_capture_id": 3}]
    (plan,) = store.query("SELECT ran FROM monitor_plan")
    assert json.loads(plan["ran"]) == {"P5": "2026-05-01T09:00:00.000000Z"}


def test_one_alert_an_episode_and_it_resolves(store, clock, plant):
    for turgor in (0.9, 0.3, 0.3, 0.3, 0.9, 0.9, 0.3, 0.3):
        photograph(store, clock, {"plant": plant, "turgor_index": turgor}, after_h=30)
    notifications = store.query("SELECT created_at, resolved_at FROM notification ORDER BY id")
    assert [row["resolved_at"] is None for row in notifications] == [False, True]


def test_what_is_not_told_is_kept_with_its_reason(store, clock, plant):
    photograph(store, clock, {"plant": plant, "area_px": 9, "left_out": {"hue_deg": "the picture has no colours"}})
    (row,) = store.query("SELECT hue_deg, left_out FROM analysis_result")
    assert (row["hue_deg"], json.loads(row["left_out"])) == (None, {"hue_deg": "the picture has no colours"})


def test_a_database_from_before_reasons_goes_forward(store, clock, tmp_path, plant):
    photograph(store, clock, {"plant": plant, "area_px": 9})
    old = tmp_path / "old.db"
    store.close()
    connection = apsw.Connection(str(store.path))
    connection.execute(f"VACUUM INTO '{old}'")
    connection.close()
    connection = apsw.Connection(str(old))
    for column in ("left_out", "scale"):
        connection.execute(f"ALTER TABLE analysis_result DROP COLUMN {column}")
    connection.execute("ALTER TABLE plant DROP COLUMN pot_region")
    connection.close()
    open_database(old, "spr-test", clock, steps={VERSION: add_withheld_reasons}, version=VERSION + 1)
    connection = apsw.Connection(str(old))
    connection.pragma("user_version", VERSION)
    connection.close()
    again = type(store)(old, clock=clock, device="spr-test")
    assert again.query("SELECT area_px, left_out, scale FROM analysis_result") == [
        {"area_px": 9, "left_out": "{}", "scale": None}
    ]
    again.close()


def test_growth_over_days(store, clock, plant):
    for day in range(6):
        photograph(store, clock, {"plant": plant, "area_percent": 2.0 * 1.1**day}, after_h=24)
    (row,) = store.query("SELECT growth_rate_percent AS r FROM analysis_result ORDER BY id DESC LIMIT 1")
    assert row["r"] == pytest.approx(10.0)


def test_a_refused_picture_has_reasons_and_no_results(store, clock, plant):
    photograph(store, clock, {"plant": plant, "turgor_index": 0.1}, verdict="refused")
    (row,) = store.query("SELECT state, quality, quality_reasons, file, data FROM capture")
    assert row_message_list(row, "quality_reasons") == (photo_notes.BLURRED(),)
    del row["data"]
    assert row == {"state": "done", "quality": "refused", "quality_reasons": '["blurred"]', "file": "1.jpg"}
    assert store.query("SELECT id FROM analysis_result") == []


def test_a_repeated_answer_changes_nothing(store, clock, plant):
    capture = photograph(store, clock, {"plant": plant, "turgor_index": 0.3})
    before = store.seq
    for name, args in (
        ("finish_capture", {"answer": answer(capture, {"plant": plant})}),
        ("fail_capture", {"error": "late"}),
        ("begin_capture", {}),
    ):
        with pytest.raises(RefusedError) as caught:
            internal(store, name, capture_id=capture, **args)
        assert caught.value.code == "conflict"
    assert store.seq == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"capture": 9}, "is about capture 9"),
        ({"error": "no camera"}, "call fail_capture"),
        ({"file": None}, "no picture"),
        ({"quality": {"verdict": "fine"}}, "quality"),
        ({"plants": [{"plant": "one"}]}, "plant"),
        ({"plants": [{"plant": 1, "turgor_index": float("nan")}]}, "finite"),
    ],
)
def test_a_wrong_answer_is_refused_and_the_capture_still_waits(store, plant, change, words):
    capture = store.call("request_capture", {}, caller=CARER).value
    internal(store, "begin_capture", capture_id=capture)
    with pytest.raises(RefusedError, match=words):
        internal(store, "finish_capture", capture_id=capture, answer=answer(capture, {"plant": plant}) | change)
    assert store.query("SELECT state FROM capture") == [{"state": "taking"}]


def test_plants_deleted_meanwhile_are_passed_over(store, clock, plant):
    photograph(store, clock, {"plant": plant, "turgor_index": 0.9}, {"plant": 77, "turgor_index": 0.1})
    assert store.query("SELECT plant_id FROM analysis_result") == [{"plant_id": plant}]


def test_failing_with_a_next_try_and_power_cuts(store):
    first = store.call("request_capture", {}, caller=CARER).value
    assert store.call("request_capture", {}, caller=CARER).value == first
    internal(store, "begin_capture", capture_id=first)
    second = internal(store, "fail_capture", capture_id=first, error="The camera did not answer.", retry=True)
    internal(store, "begin_capture", capture_id=second)
    assert internal(store, "fail_stale_captures") == 1
    assert store.query("SELECT state, attempt, error FROM capture ORDER BY id") == [
        {"state": "failed", "attempt": 0, "error": "The camera did not answer."},
        {"state": "failed", "attempt": 1, "error": "Power was lost while the photo was taken."},
    ]


def test_a_timelapse_counts_the_pictures_it_was_due_for(store, clock, plant):
    args = {"plant_id": plant, "name": "spring", "interval_s": 7200}
    number = store.call("start_timelapse", args, caller=CARER).value
    with pytest.raises(RefusedError, match="running"):
        store.call("start_timelapse", args, caller=CARER)
    for _ in range(5):
        photograph(store, clock, {"plant": plant, "area_px": 5})
    assert store.query("SELECT frames FROM timelapse") == [{"frames": 3}]
    store.call("end_timelapse", {"timelapse_id": number}, caller=CARER)
    photograph(store, clock, {"plant": plant, "area_px": 5}, after_h=9)
    assert store.query("SELECT frames FROM timelapse") == [{"frames": 3}]


def test_rules_that_go_take_their_alerts_along(store, clock, plant):
    for _ in range(2):
        photograph(store, clock, {"plant": plant, "turgor_index": 0.3})
    store.call("set_monitor_plan", {"plant_id": plant, "preset": "custom"}, caller=CARER)
    assert store.query("SELECT id FROM alert") == []
    assert store.query("SELECT resolved_at FROM notification")[0]["resolved_at"] is not None
