"""Every lamp keeps the same promises: simulated, dimmed by PWM, switched by a relay, either polarity."""

import pytest
from gpiozero.pins.mock import MockFactory, MockPWMPin
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.errors import LightError
from sproutcast_pi.hardware.gpio_light import GpioLight
from sproutcast_pi.hardware.pin_factory import header_chip, open_pins
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.simulated.recording_light import RecordingLight

PIN = 18


class MeasuredLight:
    """A light with a way to see what really comes out of it."""

    def __init__(self, kind, dimmable, active_high):
        self.dimmable, self.active_high = dimmable, active_high
        self.factory = None
        if kind == "simulated":
            self.light = RecordingLight(FakeClock(), dimmable=dimmable)
        else:
            self.factory = MockFactory(pin_class=MockPWMPin)
            self.light = GpioLight(PIN, self.factory, dimmable=dimmable, active_high=active_high)

    def shines(self):
        if self.factory is None:
            return self.light.level
        state = float(self.factory.pin(PIN).state)
        return state if self.active_high else 1.0 - state


KINDS = [
    ("simulated", True, True),
    ("simulated", False, True),
    ("gpio", True, True),
    ("gpio", True, False),
    ("gpio", False, True),
    ("gpio", False, False),
]


@pytest.fixture(params=KINDS, ids=lambda k: f"{k[0]}-{'pwm' if k[1] else 'relay'}-{'high' if k[2] else 'low'}")
def lamp(request):
    made = MeasuredLight(*request.param)
    yield made
    made.light.close()


def test_it_begins_dark(lamp):
    assert lamp.shines() == 0.0


@pytest.mark.parametrize("level", [0.0, 0.2, 0.499, 0.5, 0.73, 1.0])
def test_it_shines_as_told(lamp, level):
    lamp.light.set_level(level)
    assert lamp.shines() == pytest.approx(level if lamp.dimmable else float(level >= 0.5))


@pytest.mark.parametrize("level", [-0.01, 1.01, float("nan"), float("inf")])
def test_a_level_that_is_none_is_refused_and_changes_nothing(lamp, level):
    lamp.light.set_level(1.0)
    with pytest.raises(ValueError, match="not within 0 to 1"):
        lamp.light.set_level(level)
    assert lamp.shines() == 1.0


def test_closing_leaves_it_dark_and_further_levels_fail(lamp):
    lamp.light.set_level(1.0)
    before = len(lamp.factory.pin(PIN).states) if lamp.factory else 0
    lamp.light.close()
    if lamp.factory is None:
        assert lamp.shines() == 0.0
    else:
        pin = lamp.factory.pin(PIN)
        assert float(pin.states[before].state) == float(not lamp.active_high), "driven off before it was released"
        assert pin.function == "input"
    with pytest.raises(OSError, match=r"closed|released"):
        lamp.light.set_level(1.0)
    lamp.light.close()


@given(st.lists(st.floats(0, 1), max_size=20))
def test_the_last_word_counts(levels):
    for kind in KINDS:
        lamp = MeasuredLight(*kind)
        for level in levels:
            lamp.light.set_level(level)
        last = levels[-1] if levels else 0.0
        assert lamp.shines() == pytest.approx(last if lamp.dimmable else float(last >= 0.5))
        lamp.light.close()


@pytest.mark.parametrize("percent", range(101))
def test_software_pwm_gets_the_percent_that_was_meant(percent):
    """gpiozero's lgpio pin hands int(value * 100) on."""
    lamp = MeasuredLight("gpio", dimmable=True, active_high=True)
    lamp.light.set_level(percent / 100)
    assert int(lamp.factory.pin(PIN).state * 100) == percent


def test_one_pin_has_one_owner():
    factory = MockFactory(pin_class=MockPWMPin)
    light = GpioLight(PIN, factory)
    with pytest.raises(LightError, match="GPIO 18 can't be used"):
        GpioLight(PIN, factory)
    light.close()
    GpioLight(PIN, factory).close()


def test_a_pin_the_header_has_not_got_is_named():
    with pytest.raises(LightError, match="no GPIO 99"):
        GpioLight(99, MockFactory(pin_class=MockPWMPin))


def test_the_mock_is_used_only_when_told(monkeypatch, tmp_path):
    monkeypatch.setenv("GPIOZERO_PIN_FACTORY", "mock")
    assert isinstance(open_pins(), MockFactory)
    monkeypatch.delenv("GPIOZERO_PIN_FACTORY")
    monkeypatch.chdir("/")
    with pytest.raises(LightError, match=r"lgpio|GPIO header"):
        open_pins(tmp_path)


@pytest.mark.parametrize(
    ("labels", "chip"),
    [
        ({0: "pinctrl-bcm2711", 1: "raspberrypi-exp-gpio"}, 0),
        ({0: "pinctrl-rp1", 10: "gpio-brcmstb@107d508500"}, 0),
        ({0: "gpio-brcmstb@107d508500", 4: "pinctrl-rp1"}, 4),
        ({0: "pinctrl-bcm2712", 4: "pinctrl-rp1"}, 4),
        ({2: "pinctrl-bcm2835", 0: "usb-expander"}, 2),
    ],
)
def test_the_header_is_found_by_name_not_by_number(labels, chip):
    assert header_chip(labels) == chip


@pytest.mark.parametrize("labels", [{}, {0: "INT34C6:00"}])
def test_a_computer_without_a_header_is_told_what_to_do(labels):
    with pytest.raises(LightError, match="simulated"):
        header_chip(labels)


def test_the_simulated_light_remembers_when():
    clock = FakeClock()
    light = RecordingLight(clock)
    begin = clock.now()
    for level in (0.5, 0.5, 1.0, 0.0):
        clock.advance(60)
        light.set_level(level)
    clock.advance(60)
    assert [level for _, level in light.history] == [0.0, 0.5, 1.0, 0.0]
    assert light.lit_seconds(begin, clock.now()) == 180
