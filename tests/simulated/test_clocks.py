"""Clocks: monotonic never jumps, a wait ends by its own time or by its event."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from sproutcast_pi.simulated.clocks import FakeClock, SpeedClock

NOON = datetime(2026, 6, 10, 12, tzinfo=UTC)


def test_a_turned_clock_moves_both_times_a_jump_only_the_wall():
    clock = FakeClock(NOON)
    clock.advance(90)
    assert (clock.now(), clock.monotonic()) == (NOON + timedelta(seconds=90), 90)
    clock.jump(datetime(1970, 1, 1, tzinfo=UTC))
    assert (clock.now().year, clock.monotonic()) == (1970, 90)
    with pytest.raises(ValueError, match="backwards"):
        clock.advance(-1)


def test_trust_is_what_was_said():
    clock = FakeClock(NOON, trusted=False)
    assert not clock.trusted()
    clock.set_trusted(True)
    assert clock.trusted()


def test_a_turn_ends_a_wait():
    clock, ended = FakeClock(NOON), threading.Event()

    def wait():
        assert not clock.wait(threading.Event(), 3600)
        ended.set()

    waiter = threading.Thread(target=wait)
    waiter.start()
    assert clock.waited_for.wait(60)
    clock.advance(3599)
    assert not ended.wait(0.05)
    clock.advance(1)
    assert ended.wait(60)
    waiter.join()


@pytest.mark.parametrize("clock", [FakeClock(NOON), SpeedClock(1, NOON)])
def test_an_event_ends_a_wait(clock):
    event = threading.Event()
    event.set()
    assert clock.wait(event, 3600)


def test_a_fast_clock_waits_its_own_time():
    clock = SpeedClock(3600, NOON)
    began = time.monotonic()
    assert not clock.wait(threading.Event(), 360)
    assert 0.09 <= time.monotonic() - began < 60
    assert clock.now() - NOON >= timedelta(seconds=360)
    assert clock.now().tzinfo is UTC


def test_a_fast_clock_may_begin_wrong_and_untrusted():
    real = 0.0
    days = timedelta(days=-400)
    clock = SpeedClock(1e6, NOON, trusted_after_s=50_000, wrong_by=days, real_monotonic=lambda: real)
    assert not clock.trusted()
    assert clock.now() < NOON - timedelta(days=300)
    real = 0.06
    assert clock.trusted()
    assert clock.now() > NOON


def test_a_clock_that_stands_still_is_refused():
    with pytest.raises(ValueError, match="above 0"):
        SpeedClock(0)
