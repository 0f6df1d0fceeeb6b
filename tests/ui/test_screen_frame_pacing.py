"""The loop sleeps long while nothing happens, and a message is drawn at once nevertheless."""

import threading
from datetime import datetime

import pytest

from ui.frame_pacing import FramePacer
from ui.screensaver.idle import IDLE_AFTER_S, IdleSettings, mode, next_check_s


class FakeKivyClock:
    """As much of Kivy's clock as a pace needs; its time stands still unless somebody waits for real."""

    def __init__(self, fps):
        self._max_fps = fps
        self._last_tick = 100.0
        self._dt = 0.0
        self.now = 100.0

    def time(self):
        return self.now


def test_a_message_ends_the_sleep():
    clock = FakeKivyClock(0.01)  # it would sleep for 100 s
    pace = FramePacer(clock)
    clock.now += 1
    threading.Timer(0.05, pace.wake).start()
    assert clock.idle() == 101.0
    assert (clock._dt, clock._last_tick) == (1.0, 101.0)


def test_without_a_pace_nothing_sleeps():
    clock = FakeKivyClock(0)
    FramePacer(clock)
    assert clock.idle() == 100.0


def test_a_late_frame_does_not_sleep_at_all():
    clock = FakeKivyClock(15)
    FramePacer(clock)
    clock.now += 5
    assert clock.idle() == 105.0


def test_when_the_loop_calms_down():
    rest = IdleSettings(after_s=900)
    assert next_check_s(rest, 0) == IDLE_AFTER_S
    assert next_check_s(rest, IDLE_AFTER_S) == 900 - IDLE_AFTER_S
    assert next_check_s(IdleSettings(after_s=0), 20) == float("inf")
    assert mode(rest, IDLE_AFTER_S, datetime(2026, 6, 12, 12)) == "awake"  # noqa: DTZ001 - a wall clock


@pytest.mark.parametrize(("quiet", "fps"), [(0, 30), (11, 15), (4000, 4)])
def test_the_screen_looks_as_often_as_somebody_may_need_it(panel, quiet, fps):
    from kivy.clock import Clock as KivyClock

    sleeper = panel.app.screensaver
    sleeper._fps = 30
    sleeper._last = sleeper._monotonic() - quiet
    sleeper.check()
    assert KivyClock._max_fps == fps
    panel.tap((250, 200))
    assert KivyClock._max_fps == 30
    sleeper._fps = KivyClock._max_fps = 0


def test_the_first_frame_is_drawn_twice_even_if_nothing_asks_for_a_second(panel):
    from ui.start import draw_first_frame_twice

    drawn = []

    def see(*_):
        drawn.append(1)

    panel.settle()
    panel.window.bind(on_draw=see)
    panel.frame(5)
    assert drawn == [], "nothing changes, so nothing is drawn"
    draw_first_frame_twice(panel.window)
    panel.window.canvas.ask_update()
    panel.frame(5)
    panel.window.unbind(on_draw=see)
    assert len(drawn) == 2


def test_each_minute_a_frame_is_drawn_even_if_nothing_changed(panel):
    drawn = []

    def see(*_):
        drawn.append(1)

    panel.settle()
    panel.window.bind(on_draw=see)
    assert panel.app._minute.timeout == 60
    panel.app._minute.callback(0.0)
    panel.frame(5)
    panel.window.unbind(on_draw=see)
    assert drawn
