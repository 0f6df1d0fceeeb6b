"""Every door to the lamp: what is stored, shown and done are one thing, whoever asks for whatever."""

import contextlib
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sproutcast_pi.config import Settings, check_text
from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas.parts import LIGHT_REASONS
from sproutcast_pi.messages.formatter import Formatter
from sproutcast_pi.model.light_plan import target_level
from sproutcast_pi.model.light_schedule import check_schedule, schedule_from_row
from sproutcast_pi.services.call_pipeline import Principal
from sproutcast_pi.services.home_assistant import state_payloads
from sproutcast_pi.services.home_assistant.command_handler import CommandHandler
from sproutcast_pi.services.home_assistant.topics import Topics
from sproutcast_pi.services.light_keeper import LightKeeper, LightRecorder, LightState
from sproutcast_pi.services.light_keeper.schedule_sync import (
    ScheduleSync,
    initial_schedule,
    override_from_row,
    schedule_arguments,
)
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.simulated.recording_light import RecordingLight
from sproutcast_pi.store.engine import INTERNAL
from tests.services.gateway.helpers import http_request, start_gateway
from tests.services.light_keeper.helpers import FakeBoard
from ui.home.model import light_line
from ui.light.schedule_curve import change_for, schedule_of

BEGIN = datetime(2027, 3, 27, 20, tzinfo=UTC)
SETTINGS = Settings(device=type(Settings().device)(time_zone="Europe/Berlin"))
RAMP_STEP = 0.02


class Transports:
    """A lamp with its keeper, store and gateway; each method is one door to it and says whether it was let in."""

    def __init__(self, gateway, folder):
        self.gateway = gateway
        self.store = gateway.store
        self.clock = gateway.clock
        self.token = gateway.token("owner")
        self.recorder = LightRecorder(folder)
        self.recorder.set_store(self.store)
        self.home_assistant = CommandHandler(
            store=self.store,
            call=lambda reducer, args: gateway.pipeline.submit(
                Principal(name="home assistant", role="carer", transport="mqtt"), reducer, args
            ),
            topics=Topics(base="sproutcast", device="spr-test"),
            override_min=60.0,
            monotonic=self.clock.monotonic,
            report=lambda *_: None,
        )
        self.keeper = None
        self.sync = None

    def begin(self):
        """A new lamp, three dark days later, on the default schedule."""
        if self.sync:
            self.sync.close()
        self.clock.advance(3 * 86400)
        self.light = RecordingLight(self.clock)
        schedule = initial_schedule(SETTINGS)
        self.keeper = LightKeeper(
            light=self.light,
            clock=self.clock,
            board=FakeBoard(),
            memory=LightState(schedule=schedule),
            report=self.recorder.enqueue,
            trouble=self.recorder.set_output_error,
        )
        self.store.call("set_light_schedule", schedule_arguments(schedule), caller=INTERNAL)
        self.store.call("clear_light_override", {}, caller=INTERNAL)
        self.sync = ScheduleSync(self.store, self.keeper, SETTINGS, self.recorder.set_schedule_fault)

    def row(self):
        return self.store.query("SELECT * FROM light")[0]

    def file(self, args):
        """The configuration of a fresh device."""
        given = {name: value for name, value in args.items() if name not in {"enabled", "ppfd_full"}}
        lines = [f"{name} = {msgspec.json.encode(value).decode()}" for name, value in given.items()]
        read, faults = check_text("\n".join(["[light.schedule]", *lines]))
        self.store.call("set_light_schedule", schedule_arguments(initial_schedule(read)), caller=INTERNAL)
        return not faults

    def reducer(self, args):
        with contextlib.suppress(RefusedError):
            self.store.call("set_light_schedule", args, caller=INTERNAL)
            return True
        return False

    def phone(self, args):
        status, _, _ = http_request(self.gateway, "POST", "/v1/call/set_light_schedule", args, token=self.token)
        return status == 200

    def home_assistant_command(self, args):
        payloads = {
            "hours": ("schedule_hours", "{:.6f}"),
            "start": ("schedule_start", "{}"),
            "level": ("schedule_level", None),
            "enabled": ("schedule", None),
        }
        taken = []
        for name in payloads.keys() & args.keys():
            key, form = payloads[name]
            value = args[name]
            text = form.format(value) if form else f"{value * 100:.4f}" if name == "level" else "ON" if value else "OFF"
            taken.append(not self.home_assistant.handle(key, None, text.encode()))
        return all(taken)

    def screen(self, handle, minute, level):
        row = self.row()
        before = schedule_of(row)
        after = before.drag(handle, minute, level, min(1440, round(row["max_hours_per_day"] * 60)))
        asked = change_for(before, after)
        assert not asked or self.reducer(asked), f"the screen's own curve was refused: {asked} on {row}"

    def override(self, via, level, minutes, transition_s):
        args = {"level": level, "minutes": minutes, "transition_s": transition_s}
        if via == "phone":
            assert http_request(self.gateway, "POST", "/v1/call/override_light", args, token=self.token)[0] == 200
        elif via == "home assistant":
            state = {"state": "ON" if level else "OFF", "brightness": level * 255, "transition": transition_s}
            assert not self.home_assistant.handle("light", None, msgspec.json.encode(state))
        else:
            self.store.call("override_light", args, caller=INTERNAL)

    def tick(self):
        """One tick, written down; then lamp, row and words have to agree."""
        target = self.keeper.tick()
        assert self.recorder.flush()
        row, now = self.row(), self.clock.now()
        stored = check_schedule(schedule_from_row(row, zone="Europe/Berlin", dimmable=True))
        assert stored == self.sync.schedule() == self.keeper.schedule_and_override[0]
        budget = target.reason == "budget"
        expected = target_level(stored, now, override=override_from_row(row), budget_spent=budget)
        assert (self.light.level, target.reason) == (expected.level, expected.reason)
        self._check_budget(stored, spent=budget)
        assert row["now_reason"] == target.reason
        tolerance = RAMP_STEP if target.reason in {"sunrise", "sunset", "override"} else 1e-4
        assert row["now_level"] == pytest.approx(self.light.level, abs=tolerance)
        self._check_words(row, now)

    def _check_budget(self, stored, *, spent):
        now, limit_s = self.clock.now(), stored.max_hours_per_day * 3600
        used_s = self.light.lit_seconds(now - timedelta(days=1), now)
        if self.light.level > 0 and limit_s < 86400:
            assert used_s <= limit_s
        if spent:
            assert used_s >= min(limit_s - 3600, limit_s / 2)

    def _check_words(self, row, now):
        lit = self.light.level > 0
        assert row["now_reason"] in LIGHT_REASONS
        assert (state_payloads.light(row)["state"] == "ON") == lit
        line = light_line(row, now, Formatter())
        assert line.on == lit
        if row["now_reason"] == "off":
            assert line.words == "Light off"
        if row["now_reason"] == "override":
            assert line.words.startswith("On by hand" if lit else "Off by hand")


@pytest.fixture(scope="module")
def transports(tmp_path_factory):
    folder = tmp_path_factory.mktemp("doors")
    clock = FakeClock(BEGIN)
    with start_gateway(folder, clock) as gateway:
        yield Transports(gateway, folder)


TIMES = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
SCHEDULES = st.fixed_dictionaries(
    {},
    optional={
        "enabled": st.booleans(),
        "start": TIMES | st.just("24:00"),
        "hours": st.sampled_from([0.0, 0.5, 1.0, 20.0, 24.0]) | st.floats(0, 26).map(lambda hours: round(hours, 3)),
        "sunrise_min": st.sampled_from([0.0, 30.0, 240.0]) | st.floats(0, 250).map(lambda minutes: round(minutes, 2)),
        "sunset_min": st.sampled_from([0.0, 30.0, 240.0]) | st.floats(0, 250).map(lambda minutes: round(minutes, 2)),
        "level": st.floats(0, 1.1).map(lambda level: round(level, 3)),
        "max_hours_per_day": st.sampled_from([0.0, 2.0, 12.0, 24.0]) | st.floats(0, 25),
        "ppfd_full": st.none() | st.floats(1, 6000),
    },
)
ASKED = (
    st.tuples(st.sampled_from(["file", "reducer", "phone", "home_assistant_command"]), SCHEDULES)
    | st.tuples(
        st.just("screen"),
        st.sampled_from(["start", "end", "sunrise", "sunset", "level"]),
        st.floats(0, 1440),
        st.floats(0, 1),
    )
    | st.tuples(
        st.just("override"),
        st.sampled_from(["phone", "home assistant", "socket"]),
        st.sampled_from([0.0, 0.33, 1.0]),
        st.floats(1, 1440),
        st.sampled_from([0.0, 20.0]),
    )
)
WALKS = st.lists(st.tuples(ASKED, st.floats(1, 8 * 3600)), min_size=1, max_size=8)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WALKS)
def test_lamp_row_and_words_agree_at_each_tick_whoever_asks_for_whatever(transports, walk):
    transports.begin()
    transports.tick()
    for (via, *what), seconds in walk:
        getattr(transports, via)(*what)
        transports.tick()
        for _ in range(6):
            transports.clock.advance(seconds / 6)
            transports.tick()


@pytest.mark.parametrize("via", ["reducer", "phone"])
@pytest.mark.parametrize(
    ("args", "taken"),
    [
        ({"max_hours_per_day": 2}, False),
        ({"hours": 0}, True),
        ({"hours": 20}, False),
        ({"hours": 0.5}, False),
        ({"hours": 12, "max_hours_per_day": 12}, True),
        ({"hours": 24, "max_hours_per_day": 24, "sunrise_min": 240}, True),
        ({"ppfd_full": 4000}, True),
    ],
)
def test_what_is_taken_is_followed_and_the_rest_is_refused(transports, via, args, taken):
    transports.begin()
    before = transports.row()
    assert getattr(transports, via)(args) == taken
    transports.tick()
    if taken:
        assert {name: transports.row()[name] for name in args} == args
    else:
        assert {name: transports.row()[name] for name in args} == {name: before[name] for name in args}


@pytest.mark.parametrize("payload", ["20", "0", "24", "0.5"])
def test_home_assistants_slider_can_not_detach_the_lamp(transports, payload):
    transports.begin()
    transports.home_assistant.handle("schedule_hours", None, payload.encode())
    assert not transports.home_assistant.handle("light", None, b'{"state":"OFF"}')
    transports.tick()
    assert transports.light.level == 0.0
    assert not transports.home_assistant.handle("light", None, b'{"state":"ON","brightness":84}')
    transports.tick()
    assert transports.light.level == pytest.approx(84 / 255, abs=1e-4)


OLD_ROWS = [
    ({"hours": 20.0, "max_hours_per_day": 18.0}, "less than the day"),
    ({"max_hours_per_day": 10.0}, "less than the day"),
    ({"hours": 0.5}, "do not fit"),
    ({"ppfd_full": 9000.0}, "ppfd_full"),
    ({"start": "6 o'clock"}, "not a time of day"),
    ({"max_hours_per_day": -3.0}, "max_hours_per_day"),
]


@pytest.mark.parametrize(("values", "words"), OLD_ROWS)
def test_a_row_from_before_the_check_is_told_as_bad_and_overrides_are_followed_all_the_same(transports, values, words):
    transports.begin()
    write_row(transports.store, values)
    transports.keeper.tick()
    assert transports.recorder.flush()
    health = transports.store.query("SELECT * FROM health WHERE part = 'light'")[0]
    assert health["state"] == "bad"
    assert words in health["message"]
    assert health["advice"]
    limit = values.get("max_hours_per_day", 18.0)
    assert transports.sync.schedule().max_hours_per_day == (limit if limit >= 0 else 18.0)
    for level in (0.0, 0.33):
        transports.override("phone", level, 30.0, 0.0)
        transports.keeper.tick()
        assert transports.light.level == level
    assert transports.reducer({"enabled": False}), "what is stored can still be switched off"
    assert transports.reducer(schedule_arguments(initial_schedule(SETTINGS)))
    transports.keeper.tick()
    assert transports.recorder.flush()
    assert transports.store.query("SELECT state FROM health WHERE part = 'light'") == [{"state": "ok"}]


def test_an_override_whose_end_nobody_can_read_is_over(transports):
    transports.begin()
    write_row(transports.store, {"override_until_at": "soon", "override_level": 1.0})
    assert transports.row()["override_until_at"] is None
    transports.tick()


def write_row(store, values):
    """Leave a row as no reducer of today would."""

    def write():
        for name, value in values.items():
            store._connection.execute(f'UPDATE light SET "{name}" = ?', (value,))

    store.run_on_writer(write)
    # A change of the row, so that its listeners read it.
    store.call("record_light", {"level": 0.0, "reason": "starting"}, caller=INTERNAL)
    store.call("record_light", {"level": 0.1, "reason": "starting"}, caller=INTERNAL)
