import threading
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from sproutcast_pi.messages.formatter import english
from sproutcast_pi.model.light_plan import Override, Ramp
from sproutcast_pi.model.light_schedule import LightSchedule
from sproutcast_pi.services.light_keeper import LightRecorder, load_state
from sproutcast_pi.services.light_keeper.state_file import FILE_NAME, save_state
from sproutcast_pi.services.trusted_clock import TrustedClock
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.simulated.recording_light import RecordingLight
from sproutcast_pi.store.engine import Store
from tests.clocks import AutoAdvancingClock
from tests.services.light_keeper.helpers import LightKeeperHarness

HOUR = 3600.0
MIDNIGHT = datetime(2027, 6, 1, tzinfo=UTC)


def test_a_day_is_as_long_as_planned():
    lamp = LightKeeperHarness(MIDNIGHT, start="06:00", hours=16.0)
    lamp.run(24 * HOUR, step=10)
    assert lamp.lit_hours(MIDNIGHT) == pytest.approx(16.0, abs=20 / HOUR)
    assert lamp.reports[-1].memory.on_seconds == pytest.approx(16 * HOUR, abs=20)


def test_ramps_are_followed_exactly_and_written_in_steps():
    lamp = LightKeeperHarness(start="00:00", hours=16.0, sunrise_min=60.0)
    lamp.run(1800)
    assert lamp.light.level == pytest.approx(0.5, abs=0.001)
    levels = [report.level for report in lamp.reports]
    assert 20 <= len(levels) <= 40
    assert all(round(level * 50) == pytest.approx(level * 50) for level in levels)


def test_an_override_acts_at_once_and_ends_by_itself():
    lamp = LightKeeperHarness(hours=16.0)
    lamp.keeper.set_schedule(LightSchedule(), Override(level=0.7, until_at=MIDNIGHT + timedelta(minutes=30)))
    assert lamp.keeper.changed.is_set()
    assert lamp.keeper.tick().reason == "override"
    assert lamp.light.level == 0.7
    lamp.run(1801)
    assert lamp.light.level == 0.0


def test_a_wish_that_takes_its_time_is_ramped_to_and_written_in_steps():
    lamp = LightKeeperHarness(hours=16.0)
    lamp.keeper.tick()
    lamp.reports.clear()
    ramp = Ramp(from_level=0.2, from_at=MIDNIGHT, to_at=MIDNIGHT + timedelta(seconds=100))
    light_target = Override(level=0.8, until_at=MIDNIGHT + timedelta(hours=1), ramp=ramp)
    lamp.keeper.set_schedule(LightSchedule(), light_target)
    lamp.run(50, step=0.1)
    assert lamp.light.level == pytest.approx(0.5, abs=0.001)
    lamp.run(51, step=0.1)
    assert lamp.light.level == 0.8
    levels = [report.level for report in lamp.reports]
    assert levels == sorted(levels)
    assert 25 <= len(levels) <= 35


def test_while_a_wish_is_on_its_way_the_keeper_ticks_more_often():
    clock = AutoAdvancingClock(MIDNIGHT)
    lamp = LightKeeperHarness(clock=clock, hours=16.0)
    ramp = Ramp(from_level=0.0, from_at=MIDNIGHT, to_at=MIDNIGHT + timedelta(seconds=2))
    lamp.keeper.set_schedule(LightSchedule(), Override(level=1.0, until_at=MIDNIGHT + timedelta(hours=1), ramp=ramp))
    stop = threading.Event()
    levels = []

    def seen(light_target):
        levels.append(light_target.level)
        if light_target.level == 1.0:
            stop.set()

    lamp.keeper.run(stop, seen)
    assert levels == pytest.approx([n / 20 for n in range(21)])


def test_a_hold_lights_the_lamp_for_a_picture_and_lets_go():
    lamp = LightKeeperHarness()
    lamp.keeper.tick()
    with threading_tick(lamp), lamp.keeper.hold(0.9, wait_s=60.0) as held:
        assert held
        assert lamp.light.level == 0.9
    lamp.keeper.tick()
    assert lamp.light.level == 0.0


class SlowLight(RecordingLight):
    """An output that is overtaken: what `meanwhile` does happens while a level is being set."""

    def __init__(self, clock):
        super().__init__(clock)
        self.meanwhile = lambda: None

    def set_level(self, level):
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        super().set_level(level)


def test_a_hold_that_begins_while_another_is_being_set_is_not_said_to_be_set():
    clock = FakeClock(MIDNIGHT)
    light = SlowLight(clock)
    lamp = LightKeeperHarness(clock=clock, light=light)
    lamp.keeper.tick()
    with ExitStack() as holds:
        first = holds.enter_context(ExitStack())
        first.enter_context(lamp.keeper.hold(0.4, wait_s=0.0))
        applied = []

        def another():
            first.close()
            holds.enter_context(lamp.keeper.hold(0.9, wait_s=0.0))

        light.meanwhile = another
        lamp.keeper.tick()
        assert light.level == 0.4
        applied.append(lamp.keeper._hold_applied.is_set())
        lamp.keeper.tick()
        applied.append(lamp.keeper._hold_applied.is_set())
        assert applied == [False, True]


def test_a_forgotten_hold_ends_by_itself():
    lamp = LightKeeperHarness()
    with threading_tick(lamp), lamp.keeper.hold(1.0, wait_s=60.0):
        lamp.run(119)
        assert lamp.light.level == 1.0
        lamp.run(2)
        assert lamp.light.level == 0.0


class threading_tick:  # noqa: N801 - reads as a verb
    """Let the keeper tick in another thread until it was asked once, as the daemon's main loop does."""

    def __init__(self, lamp):
        self._lamp = lamp
        self._thread = threading.Thread(target=self._tick)

    def _tick(self):
        assert self._lamp.keeper.changed.wait(60)
        self._lamp.keeper.tick()

    def __enter__(self):
        self._lamp.keeper.changed.clear()
        self._thread.start()

    def __exit__(self, *_):
        self._thread.join()


def test_the_budget_of_a_day_outlives_any_number_of_crashes(tmp_path):
    clock = FakeClock(MIDNIGHT)
    light = RecordingLight(clock)
    always = {"start": "00:00", "hours": 24.0, "max_hours_per_day": 6.0, "sunrise_min": 0.0, "sunset_min": 0.0}
    memory = None
    for _ in range(30):
        lamp = LightKeeperHarness(memory=memory, clock=clock, light=light, **always)
        lamp.run(HOUR, step=30)
        if lamp.reports:
            save_state(lamp.reports[-1].memory, tmp_path)
        memory = load_state(tmp_path)
    for hour in range(7):
        assert lamp.lit_hours(MIDNIGHT + timedelta(hours=hour)) <= 6.0
    assert lamp.lit_hours(MIDNIGHT) > 4.0


def test_a_clean_stop_promises_nothing():
    lamp = LightKeeperHarness(start="00:00")
    lamp.run(HOUR, step=30)
    lamp.keeper.close()
    report = lamp.keeper.final_report()
    assert lamp.light.level == 0.0
    assert (report.level, report.memory.ledger.promised_s) == (0.0, 0.0)
    assert lamp.reports[-1].memory.ledger.promised_s > 300


def test_heat_dims_the_lamp_and_says_so():
    lamp = LightKeeperHarness(start="00:00", sunrise_min=0.0)
    lamp.run(10)
    lamp.board.celsius = 85.0
    light_target = lamp.run(10)
    assert (lamp.light.level, light_target.reason) == (0.5, "derate")
    lamp.board.celsius = 60.0
    assert lamp.run(10).reason == "day"


def test_without_a_known_time_the_lamp_goes_on_from_where_it_was():
    lamp = LightKeeperHarness(MIDNIGHT + timedelta(hours=8))
    lamp.run(60)
    memory = lamp.reports[-1].memory
    clock = FakeClock(datetime(1970, 1, 1, tzinfo=UTC), trusted=False)
    again = LightKeeperHarness(clock=believed(clock, memory.at), light=RecordingLight(clock), memory=memory)
    again.clock_under = clock
    light_target = again.keeper.tick()
    assert (light_target.reason, again.light.level) == ("untrusted_time", 1.0)
    clock.advance(15 * HOUR)
    assert again.keeper.tick().level == 0.0
    clock.jump(MIDNIGHT + timedelta(hours=36))
    clock.set_trusted(True)
    assert again.keeper.tick().reason == "day"


def believed(clock, last_known_at):
    return TrustedClock(clock, last_known_at)


@pytest.mark.parametrize("to", [datetime(2028, 6, 1, 3, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)])
def test_a_clock_jump_is_over_one_tick_after_time_is_right_again(to):
    clock = FakeClock(MIDNIGHT + timedelta(hours=12))
    lamp = LightKeeperHarness(clock=believed(clock, None), light=RecordingLight(clock))
    assert lamp.keeper.tick().reason == "day"
    clock.jump(to)
    lamp.keeper.tick()
    clock.jump(MIDNIGHT + timedelta(hours=12, minutes=5))
    clock.advance(1)
    assert lamp.keeper.tick().reason == "day"
    assert lamp.light.level == 1.0


class BrokenLight:
    """An output that fails until it is mended."""

    def __init__(self):
        self.broken = True
        self.level = 0.0

    def set_level(self, level):
        if self.broken:
            raise OSError("pin 18 is in use")
        self.level = level

    def close(self):
        self.level = 0.0


def test_a_failing_output_is_told_once_and_tried_again():
    lamp = LightKeeperHarness(MIDNIGHT + timedelta(hours=12), light=BrokenLight())
    lamp.run(5)
    assert len(lamp.troubles) == 1
    assert "pin 18" in english(lamp.troubles[0])
    lamp.light.broken = False
    lamp.run(1)
    assert lamp.troubles[1:] == [None]
    assert lamp.light.level == 1.0


def test_a_damaged_memory_is_begun_anew(tmp_path):
    assert load_state(tmp_path) is None
    for content in (b"", b"{", b"\xff", b'{"schedule": 5}', b"[" * 100_000):
        (tmp_path / FILE_NAME).write_bytes(content)
        assert load_state(tmp_path) is None


class SlowStore(Store):
    """A store that is overtaken: what `meanwhile` does happens while a row is being written."""

    meanwhile = staticmethod(lambda: None)

    def call(self, name, args, *, caller):
        result = super().call(name, args, caller=caller)
        self.meanwhile()
        return result


def test_two_who_write_at_once_write_each_report_once(tmp_path):
    lamp = LightKeeperHarness(start="00:00", sunrise_min=0.0)
    recorder = LightRecorder(tmp_path)
    lamp.run(60)
    store = SlowStore(tmp_path / "s.sqlite3", clock=lamp.clock, device="spr-x")
    recorder.set_store(store)
    recorder.enqueue(lamp.reports[-1])
    other = threading.Thread(target=recorder.flush)

    def meanwhile():
        store.meanwhile = lambda: None
        other.start()
        # Far more than it needs when nothing holds it.
        other.join(0.5)

    store.meanwhile = meanwhile
    assert recorder.flush()
    other.join()
    assert store.query("SELECT count(*) AS n FROM light_change") == [{"n": 1}]
    store.close()


def test_the_clerk_keeps_the_file_even_without_a_store(tmp_path):
    lamp = LightKeeperHarness(start="00:00")
    recorder = LightRecorder(tmp_path)
    lamp.run(60)
    for report in lamp.reports:
        recorder.enqueue(report)
    assert recorder.flush()
    assert load_state(tmp_path) == lamp.reports[-1].memory
