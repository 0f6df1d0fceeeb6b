"""The system's clock: trusted once a time server, a battery clock or a person has set it, never before its birth."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from sproutcast_pi.hardware.system_clock import BUILT_AT, SystemClock, kernel_synchronized


@pytest.fixture
def root(tmp_path):
    (tmp_path / "run/systemd/timesync").mkdir(parents=True)
    (tmp_path / "sys/class/rtc/rtc0").mkdir(parents=True)
    return tmp_path


def clock(root, *, newest=None, kernel=None):
    return SystemClock(newest, root=root, kernel=lambda: kernel)


def battery(root, shown):
    (root / "sys/class/rtc/rtc0/since_epoch").write_text(f"{int(shown.timestamp())}\n")


def test_it_tells_the_time_and_never_runs_back(root):
    here = clock(root)
    before = datetime.now(UTC)
    assert before <= here.now() <= datetime.now(UTC)
    assert here.monotonic() <= here.monotonic()
    assert not here.wait(threading.Event(), 0.0)


def test_nobody_set_it(root):
    assert not clock(root).trusted()
    assert clock(root).source() == "nobody yet"


def test_a_time_server_set_it(root):
    (root / "run/systemd/timesync/synchronized").touch()
    assert clock(root).trusted()
    assert clock(root).source() == "a time server"


@pytest.mark.parametrize(("kernel", "trusted"), [(True, True), (False, False), (None, False)])
def test_the_kernel_says_whether_a_service_disciplines_it(root, kernel, trusted):
    assert clock(root, kernel=kernel).trusted() is trusted


def test_a_person_said_it_is_right(root):
    here = clock(root)
    assert not here.trusted()
    here.trust_user()
    assert here.trusted()
    assert here.source() == "a person"


def test_a_battery_clock_that_agrees_counts(root):
    battery(root, datetime.now(UTC))
    assert clock(root).trusted()
    assert clock(root).source() == "the battery clock"


@pytest.mark.parametrize("shown", [datetime(1970, 1, 1, tzinfo=UTC), datetime.now(UTC) - timedelta(hours=3)])
def test_an_empty_battery_clock_does_not(root, shown):
    battery(root, shown)
    assert not clock(root).trusted()


def test_a_battery_clock_behind_what_the_store_saw_does_not(root):
    battery(root, datetime.now(UTC))
    assert not clock(root, newest=datetime.now(UTC) + timedelta(days=2)).trusted()


def test_a_battery_clock_full_of_nonsense_does_not(root):
    (root / "sys/class/rtc/rtc0/since_epoch").write_text("soon")
    assert not clock(root).trusted()


def test_this_program_was_built_before_now():
    assert datetime.now(UTC) > BUILT_AT


def test_the_kernel_can_be_asked():
    assert kernel_synchronized() in {True, False, None}
