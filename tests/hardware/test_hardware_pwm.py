"""A lamp on a hardware PWM channel, against sysfs as a Pi 4 and a Pi 5 show it."""

from __future__ import annotations

import itertools
import math
import shutil

import pytest

from sproutcast_pi.errors import LightError
from sproutcast_pi.hardware.hardware_pwm_light import HardwarePwmLight
from sproutcast_pi.hardware.pwm_channel import find_channel
from tests.hardware.kernel_pwm import BCM, RP1, KernelPwm

PI_4 = {"device": "fe20c000.pwm", "compatible": BCM}
PI_5 = {"device": "1f00098000.pwm", "compatible": RP1, "channels": 4}


@pytest.mark.parametrize(
    ("board", "overlay", "pin", "channel"),
    [
        (PI_4, [18], 18, 0),
        (PI_4, [12, 13], 13, 1),
        (PI_4, [18], 19, None),
        (PI_4, [18], 12, None),
        (PI_4, [], 18, None),
        (PI_5, [18], 18, 2),
        (PI_5, [12], 12, 0),
        (PI_5, [18, 19], 19, 3),
        (PI_5, [18], 17, None),
        ({"device": "fan.pwm", "compatible": "pwm-fan"}, [18], 18, None),
    ],
)
def test_the_channel_is_the_one_whose_pin_the_overlay_set(tmp_path, board, overlay, pin, channel):
    KernelPwm(tmp_path, pins=overlay, number=3, **board)
    found = find_channel(pin, tmp_path)
    assert (found.channel if found else None) == channel
    if found:
        assert str(found) == f"{board['device']} channel {channel}"


def test_the_chips_number_does_not_matter(tmp_path):
    KernelPwm(tmp_path, device="1f0009c000.pwm", compatible=RP1, pins=[45], number=0, channels=4)
    KernelPwm(tmp_path, pins=[18], number=6, **PI_5)
    assert find_channel(18, tmp_path).chip.name == "pwmchip6"


def test_a_computer_without_such_chips_has_no_channel(tmp_path):
    assert find_channel(18, tmp_path) is None


@pytest.fixture(params=[PI_4, PI_5], ids=["pi4", "pi5"])
def kernel(request, tmp_path):
    return KernelPwm(tmp_path, pins=[18], **request.param)


def light(kernel, tmp_path, **how):
    channel = find_channel(18, tmp_path)
    return HardwarePwmLight(channel, write=kernel.write, **how), channel.channel


@pytest.mark.parametrize("active_high", [True, False])
def test_it_begins_dark_shines_as_asked_and_stays_dark_when_closed(kernel, tmp_path, active_high):
    lamp, channel = light(kernel, tmp_path, active_high=active_high)

    def shines():
        return kernel.high(channel) if active_high else 1.0 - kernel.high(channel)

    assert shines() == 0.0
    for level in (0.001, 0.29, 0.575, 1.0, 0.0):
        lamp.set_level(level)
        assert shines() == pytest.approx(level, abs=1e-6)
    lamp.set_level(1.0)
    lamp.close()
    assert shines() == 0.0
    lamp.close()
    with pytest.raises(LightError):
        lamp.set_level(1.0)


@pytest.mark.parametrize("level", [-0.1, 1.1, math.nan])
def test_a_level_outside_its_range_is_refused(kernel, tmp_path, level):
    lamp, channel = light(kernel, tmp_path)
    lamp.set_level(0.5)
    with pytest.raises(ValueError, match="not within 0 to 1"):
        lamp.set_level(level)
    assert kernel.high(channel) == 0.5


def test_a_sunrise_of_a_thousand_levels_has_a_thousand_steps(kernel, tmp_path):
    lamp, _channel = light(kernel, tmp_path)
    begin = len(kernel.history)
    for thousandth in range(1, 1001):
        lamp.set_level(thousandth / 1000)
    duties = [value for name, value in kernel.history[begin:] if name == "duty_cycle"]
    steps = {later - earlier for earlier, later in itertools.pairwise(duties)}
    assert steps == {1250}


@pytest.mark.parametrize("active_high", [True, False])
@pytest.mark.parametrize(("before", "after"), [(100, 4000), (4000, 100), (800, 800)])
def test_a_channel_that_runs_from_before_is_taken_over_dark(kernel, tmp_path, active_high, before, after):
    """As after `kill -9`: the channel goes on at its last level until somebody takes it."""
    lamp, channel = light(kernel, tmp_path, active_high=active_high, pwm_hz=before)
    lamp.set_level(0.7)
    light(kernel, tmp_path, active_high=active_high, pwm_hz=after)
    assert kernel.high(channel) == (0.0 if active_high else 1.0)
    assert ("enable", 0) not in kernel.history


def test_a_channel_that_cannot_be_opened_or_goes_away_is_named(kernel, tmp_path):
    channel = find_channel(18, tmp_path)

    def refused(_path, _value):
        raise PermissionError(13, "Permission denied")

    with pytest.raises(LightError, match=r"pwm channel \d can't be used.*Permission denied"):
        HardwarePwmLight(channel, write=refused)
    lamp, _ = light(kernel, tmp_path)
    shutil.rmtree(kernel.chip)
    with pytest.raises(LightError, match="No such file"):
        lamp.set_level(0.5)
