import threading
from datetime import UTC, datetime

from sproutcast_pi.simulated.event_driven_clock import EventDrivenClock

START = datetime(2027, 1, 1, tzinfo=UTC)


def test_two_threads_see_each_others_moments_in_order():
    clock = EventDrivenClock(START, users=2)
    seen = []

    def live(name, every_s, times):
        for _ in range(times):
            clock.wait(threading.Event(), every_s)
            seen.append((clock.monotonic(), name))
        clock.leave()

    threads = [threading.Thread(target=live, args=(name, s, n)) for name, s, n in (("a", 10, 300), ("b", 25, 120))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [moment for moment, name in seen if name == "a"] == [10.0 * n for n in range(1, 301)]
    assert [moment for moment, name in seen if name == "b"] == [25.0 * n for n in range(1, 121)]
    assert [moment for moment, _ in seen] == sorted(moment for moment, _ in seen)


def test_an_event_ends_the_wait_before_its_time():
    clock = EventDrivenClock(START, users=2)
    event = threading.Event()
    woken = []
    thread = threading.Thread(target=lambda: (woken.append(clock.wait(event, 1000)), clock.leave()))
    thread.start()
    event.set()
    thread.join(60)
    assert woken == [True]
    assert clock.monotonic() == 0.0


def test_time_stands_still_while_somebody_works():
    clock = EventDrivenClock(START, users=2)
    thread = threading.Thread(target=lambda: clock.wait(threading.Event(), 60))
    thread.start()
    thread.join(0.05)
    assert thread.is_alive()
    assert clock.now() == START
    clock.leave()
    thread.join(60)
    assert clock.monotonic() == 60.0
