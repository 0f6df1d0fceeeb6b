"""How the lamp's pin is judged: by whole cycles, so a stall says nothing; by all samples, so that a lag shows."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

CHECKS = Path(__file__).parents[2] / "image-build" / "checks"
PERIOD_S, STEP_S = 0.02, 0.0005


@pytest.fixture
def lamp(monkeypatch):
    monkeypatch.syspath_prepend(str(CHECKS))
    import lamp  # noqa: PLC0415 - the checks find each other as siblings

    return lamp


@pytest.fixture
def pin(lamp):
    import pin  # noqa: PLC0415 - as above

    return pin


def looks(pin, duty, seconds, stall=None):
    """What is seen of a pin at this duty; during a stall it stays high."""
    seen = []
    for step in range(int(seconds / STEP_S)):
        at_s = step * STEP_S
        stalled = stall is not None and stall[0] <= at_s < stall[1]
        seen.append(pin.PinSample(at_s, stalled or at_s % PERIOD_S < duty * PERIOD_S))
    return seen


@pytest.mark.parametrize("duty", [0.1, 0.5, 0.9])
def test_each_cycle_tells_its_share(pin, duty):
    found = list(pin.cycles(looks(pin, duty, 1.0)))
    assert len(found) == pytest.approx(1.0 / PERIOD_S, abs=2)
    assert [one.duty for one in found] == pytest.approx([duty] * len(found), abs=0.06)


def test_a_stall_spoils_one_cycle_and_not_the_rest(pin):
    found = sorted(one.duty for one in pin.cycles(looks(pin, 0.2, 1.0, stall=(0.3, 0.6))))
    assert found[len(found) // 2] == pytest.approx(0.2, abs=0.06)
    assert found[-1] > 0.9


def test_a_pin_that_stands_still_has_no_cycles(pin):
    steady = looks(pin, 1.0, 0.5)
    assert pin.is_constant(steady)
    assert not list(pin.cycles(steady))


def samples(lamp, off_by):
    at = datetime(2027, 6, 1, tzinfo=UTC)
    return [
        lamp.Sample(at=at, planned=0.5, off_by=off, phase=phase, reads=100)
        for phase, offs in off_by.items()
        for off in offs
    ]


def test_scatter_passes_and_lag_does_not(lamp):
    scattered = {"still": [0.0, 0.0], "sunrise": [0.2, -0.1, 0.01], "sunset": [-0.2, 0.1, -0.02]}
    assert lamp.within_limits(lamp.deviations(samples(lamp, scattered)))
    late = scattered | {"sunrise": [-0.06, -0.07, 0.1], "sunset": [0.06, 0.07, 0.2]}
    assert not lamp.within_limits(lamp.deviations(samples(lamp, late)))
    blinked = scattered | {"still": [0.0, 0.003]}
    assert not lamp.within_limits(lamp.deviations(samples(lamp, blinked)))
