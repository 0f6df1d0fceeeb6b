"""A signal that comes while its own event is being waited for, or set, ends the wait and stops nothing."""

import os
import signal
import threading

import pytest

from sproutcast_pi.signals import handle_signals

PATIENCE_S = 60


@pytest.fixture(autouse=True)
def as_before():
    numbers = (signal.SIGUSR1, signal.SIGUSR2)
    before = [signal.getsignal(number) for number in numbers]
    yield
    signal.set_wakeup_fd(-1)
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def test_it_is_told_though_the_main_thread_holds_the_event_s_lock():
    wanted, signalled = threading.Event(), threading.Event()

    def on_signal():
        wanted.set()
        signalled.set()

    handle_signals({signal.SIGUSR1: on_signal})
    with wanted._cond:  # as amid `wait` and `set`
        os.kill(os.getpid(), signal.SIGUSR1)
        os.kill(os.getpid(), signal.SIGUSR1)
        assert not signalled.wait(0.05)
    assert signalled.wait(PATIENCE_S)


def test_each_number_has_its_own_and_one_that_fails_ends_nothing(caplog):
    signalled = threading.Event()

    def fail():
        raise ZeroDivisionError

    handle_signals({signal.SIGUSR1: fail, signal.SIGUSR2: signalled.set})
    os.kill(os.getpid(), signal.SIGUSR1)
    os.kill(os.getpid(), signal.SIGUSR2)
    assert signalled.wait(PATIENCE_S)
    assert "SIGUSR1 could not be obeyed" in caplog.text
