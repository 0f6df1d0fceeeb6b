"""Board and backlight, read from directory trees as the kernel lays them out."""

import pytest

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.hardware.backlight import find_backlight
from sproutcast_pi.hardware.board import PiBoard
from sproutcast_pi.simulated.board import SimulatedBoard
from tests.hardware import permissions


def lay(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def pi(tmp_path):
    lay(
        tmp_path,
        {
            "sys/class/thermal/thermal_zone0/type": "gpu\n",
            "sys/class/thermal/thermal_zone0/temp": "99000\n",
            "sys/class/thermal/thermal_zone1/type": "cpu-thermal\n",
            "sys/class/thermal/thermal_zone1/temp": "61234\n",
            "sys/class/hwmon/hwmon0/name": "cpu_thermal\n",
            "sys/class/hwmon/hwmon2/name": "rpi_volt\n",
            "sys/class/hwmon/hwmon2/in0_lcrit_alarm": "1\n",
            "proc/device-tree/model": "Raspberry Pi 5 Model B Rev 1.0\0",
            "proc/device-tree/serial-number": "10000000abcdef12\0",
            "sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled": "50005\n",
        },
    )
    return tmp_path


def test_a_pi_says_what_it_is_and_how_it_is(pi):
    board = PiBoard(pi)
    assert board.temperature_c() == pytest.approx(61.234)
    assert board.undervoltage() is True
    assert board.model() == "Raspberry Pi 5 Model B Rev 1.0"
    assert board.serial() == "10000000abcdef12"
    assert board.throttling().throttled
    assert board.throttling().undervoltage_seen
    assert not board.throttling().hot


def test_without_the_sensor_the_firmware_is_asked(pi):
    (pi / "sys/class/hwmon/hwmon2/in0_lcrit_alarm").unlink()
    assert PiBoard(pi).undervoltage() is True
    lay(pi, {"sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled": "50000"})
    assert PiBoard(pi).undervoltage() is False


def test_another_computer_knows_nothing(tmp_path):
    board = PiBoard(tmp_path)
    assert (board.temperature_c(), board.undervoltage(), board.throttling()) == (None, None, None)
    assert (board.model(), board.serial()) == (None, None)


def test_nonsense_is_unknown(pi):
    lay(
        pi,
        {
            "sys/class/thermal/thermal_zone1/temp": "warm",
            "sys/class/hwmon/hwmon2/in0_lcrit_alarm": "?",
            "sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled": "?",
        },
    )
    board = PiBoard(pi)
    assert (board.temperature_c(), board.undervoltage()) == (None, None)


def test_the_simulated_board_is_what_it_is_told():
    board = SimulatedBoard()
    board.set_temperature_c(85.0)
    board.set_undervoltage(True)
    assert (board.temperature_c(), board.undervoltage()) == (85.0, True)


@pytest.mark.parametrize(("name", "most"), [("rpi_backlight", 255), ("10-0045", 31), ("panel", 1000)])
def test_a_backlight_is_found_whatever_its_name_and_scaled(tmp_path, name, most):
    lay(tmp_path, {f"{name}/max_brightness": f"{most}\n", f"{name}/brightness": "0\n", f"{name}/bl_power": "0\n"})
    backlight = find_backlight(tmp_path)
    assert backlight.name == name
    backlight.set_brightness(1.0)
    assert (tmp_path / name / "brightness").read_text() == str(most)
    assert backlight.brightness() == 1.0
    backlight.set_brightness(0.0001)
    assert (tmp_path / name / "brightness").read_text() == "1"
    backlight.set_brightness(0)
    assert backlight.brightness() == 0.0
    backlight.switch(False)
    assert (tmp_path / name / "bl_power").read_text() == "4"
    backlight.switch(True)
    assert (tmp_path / name / "bl_power").read_text() == "0"


def test_a_panel_without_a_switch_is_dimmed(tmp_path):
    lay(tmp_path, {"panel/max_brightness": "9", "panel/brightness": "7"})
    find_backlight(tmp_path).switch(False)
    assert find_backlight(tmp_path).brightness() == 0.0


def test_no_backlight_is_none_and_a_broken_one_a_sentence(tmp_path):
    assert find_backlight(tmp_path) is None
    assert find_backlight(tmp_path / "nowhere") is None
    lay(tmp_path, {"panel/max_brightness": "dim"})
    with pytest.raises(SproutcastError, match="panel can't be read"):
        find_backlight(tmp_path).set_brightness(0.5)
    with pytest.raises(ValueError, match="not within"):
        find_backlight(tmp_path).set_brightness(1.5)


def test_a_backlight_that_may_not_be_written_names_the_remedy(tmp_path):
    lay(tmp_path, {"panel/max_brightness": "9", "panel/brightness": "7"})
    (tmp_path / "panel/brightness").chmod(0o400)
    with permissions.enforced(), pytest.raises(SproutcastError, match="udev"):
        find_backlight(tmp_path).set_brightness(0.5)
