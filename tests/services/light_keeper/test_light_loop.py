"""The light loop survives whatever its neighbours do, or ends with the lamp released."""

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest

from sproutcast_pi.model.light_plan import Override
from sproutcast_pi.model.light_schedule import LightSchedule
from sproutcast_pi.services.light_keeper import LightRecorder, load_state
from sproutcast_pi.services.light_keeper.keeper import MAX_FAILED_TICKS
from sproutcast_pi.services.light_keeper.state_file import FILE_NAME, save_state
from sproutcast_pi.store.engine import Store
from tests.clocks import AutoAdvancingClock
from tests.services.light_keeper.helpers import LightKeeperHarness

NOON = datetime(2027, 6, 1, 12, tzinfo=UTC)


def run_loop(lamp, ticks, after_tick=lambda _: None):
    """Run the loop for so many rounds of `after_tick`."""
    stop = threading.Event()
    rounds = iter(range(ticks))

    def after(target):
        if next(rounds, None) is None:
            stop.set()
        after_tick(target)

    lamp.keeper.run(stop, after)


@pytest.mark.parametrize("error", [OSError(24, "Too many open files"), ValueError("nonsense"), MemoryError()])
def test_a_board_that_can_not_be_read_leaves_the_lamp_as_it_is_wanted(error):
    lamp = LightKeeperHarness(clock=AutoAdvancingClock(NOON))

    def fail():
        raise error

    lamp.board.temperature_c = fail
    run_loop(lamp, 20)
    assert lamp.light.level == 1.0
    lamp.keeper.set_schedule(LightSchedule(), Override(level=0.2, until_at=NOON + timedelta(hours=1)))
    run_loop(lamp, 20)
    assert lamp.light.level == 0.2


def test_heat_that_can_no_longer_be_read_keeps_the_lamp_dimmed():
    lamp = LightKeeperHarness(clock=AutoAdvancingClock(NOON))
    lamp.board.celsius = 85.0
    run_loop(lamp, 10)
    lamp.board.temperature_c = lambda: 1 / 0
    run_loop(lamp, 20)
    assert lamp.light.level == 0.5


def test_what_follows_a_tick_may_fail_as_often_as_it_likes(tmp_path):
    lamp = LightKeeperHarness(clock=AutoAdvancingClock(NOON))
    store = Store(tmp_path / "s.sqlite3", clock=lamp.clock, device="spr-x")
    store.close()
    run_loop(lamp, 3 * MAX_FAILED_TICKS, lambda _: store.submit("clear_health", {"part": "none"}, caller=None))
    assert lamp.light.level == 1.0


def test_a_tick_that_fails_now_and_then_is_tried_again():
    clock = AutoAdvancingClock(NOON)
    lamp = LightKeeperHarness(clock=clock)
    failing = iter([True, True, False] * 40)
    tick = lamp.keeper.tick

    def sometimes():
        clock.broken = next(failing)
        return tick()

    lamp.keeper.tick = sometimes
    run_loop(lamp, 30)
    assert lamp.light.level == 1.0


def test_a_loop_that_can_not_go_on_ends_and_the_lamp_is_released():
    clock = AutoAdvancingClock(NOON)
    lamp = LightKeeperHarness(clock=clock)
    run_loop(lamp, 3)
    assert lamp.light.level == 1.0
    clock.broken = True
    with pytest.raises(OSError, match="Too many open files"):
        lamp.keeper.run(threading.Event(), lambda _: None)
    clock.broken = False
    lamp.keeper.release()
    assert lamp.light.level == 0.0


def test_a_stop_releases_the_lamp_though_the_last_tick_fails():
    clock = AutoAdvancingClock(NOON)
    lamp = LightKeeperHarness(clock=clock)
    run_loop(lamp, 3)
    lamp.keeper.tick = lambda: 1 / 0
    lamp.keeper.close()
    assert lamp.light.level == 0.0


def test_seconds_of_ticks_that_failed_count_as_burned():
    clock = AutoAdvancingClock(NOON)
    lamp = LightKeeperHarness(clock=clock)
    lamp.run(1)
    lamp.keeper.close()
    before = lamp.keeper.final_report().memory.on_seconds
    clock = AutoAdvancingClock(NOON)
    lamp = LightKeeperHarness(clock=clock)
    lamp.run(1)
    clock.broken = True
    clock.advance(600)
    with pytest.raises(OSError, match="Too many"):
        lamp.keeper.tick()
    clock.broken = False
    lamp.run(1)
    lamp.keeper.close()
    assert lamp.keeper.final_report().memory.on_seconds == pytest.approx(before + 601)


@pytest.mark.parametrize(
    "change",
    [
        {"schedule": {"start": "6 o'clock"}},
        {"schedule": {"zone": "Mars/Olympus"}},
        {"schedule": {"hours": 40.0}},
        {"schedule": {"hours": 20.0, "max_hours_per_day": 10.0}},
        {"override": {"level": 1.0, "until_at": "2027-06-01T12:00:00"}},
        {"at": "2027-06-01T12:00:00"},
        {"ledger": {"known_at": "2027-06-01T12:00:00"}},
    ],
)
def test_a_state_file_that_reads_well_and_makes_no_sense_keeps_no_lamp_dark(tmp_path, change):
    lamp = LightKeeperHarness(NOON)
    lamp.run(60)
    save_state(lamp.reports[-1].memory, tmp_path)
    state = json.loads((tmp_path / FILE_NAME).read_bytes())
    for name, value in change.items():
        state[name] = {**(state[name] or {}), **value} if isinstance(value, dict) else value
    (tmp_path / FILE_NAME).write_text(json.dumps(state))
    again = LightKeeperHarness(NOON, memory=load_state(tmp_path))
    again.run(60)
    assert again.light.level == 1.0
    limit = change.get("schedule", {}).get("max_hours_per_day")
    assert limit is None or again.keeper.schedule_and_override[0].max_hours_per_day == limit


def test_the_recorder_outlives_a_store_that_was_closed_under_it(tmp_path):
    lamp = LightKeeperHarness(NOON)
    lamp.run(60)
    recorder = LightRecorder(tmp_path)
    store = Store(tmp_path / "s.sqlite3", clock=lamp.clock, device="spr-x")
    recorder.set_store(store)
    store.close()
    recorder.enqueue(lamp.reports[-1])
    assert not recorder.flush()
    store = Store(tmp_path / "s.sqlite3", clock=lamp.clock, device="spr-x")
    recorder.set_store(store)
    assert recorder.flush()
    assert store.query("SELECT now_level FROM light") == [{"now_level": 1.0}]
    store.close()
