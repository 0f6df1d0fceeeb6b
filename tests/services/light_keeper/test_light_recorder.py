"""The light's writer: what it saves in the file is the newest there is."""

from datetime import timedelta
from types import SimpleNamespace

import msgspec

from sproutcast_pi.model.light_schedule import LightSchedule
from sproutcast_pi.services.light_keeper import LightRecorder, load_state
from tests.services.light_keeper.helpers import LightKeeperHarness


def closed_keeper(hours):
    harness = LightKeeperHarness()
    harness.run(1)
    harness.keeper.close()
    harness.keeper.set_schedule(LightSchedule(hours=hours), None)
    return harness.keeper


def test_a_report_that_comes_while_the_store_is_busy_is_saved_too(tmp_path):
    recorder = LightRecorder(tmp_path)
    first, second = closed_keeper(16.0).final_report(), closed_keeper(13.0).final_report()
    second = msgspec.structs.replace(second, at=second.at + timedelta(seconds=1))
    recorded = []

    def slow_call(_name, arguments, *, caller):
        del caller
        recorded.append(arguments["at"])
        if len(recorded) == 1:
            recorder.enqueue(second)

    recorder.set_store(SimpleNamespace(call=slow_call, query=lambda *_: []))
    recorder.enqueue(first)
    assert recorder.flush()
    assert len(recorded) == 2
    assert load_state(tmp_path).schedule.hours == 13.0


def test_a_schedule_set_after_the_lamp_went_dark_is_in_the_final_report():
    assert closed_keeper(11.0).final_report().memory.schedule.hours == 11.0
