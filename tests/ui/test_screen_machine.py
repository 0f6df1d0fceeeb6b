from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.messages.areas import screen
from sproutcast_pi.messages.areas.text import verbatim
from ui.machine.backlight import PanelBacklight
from ui.machine.machine import Machine
from ui.machine.tools import MachineError, NoToolError, ToolFailedError, run
from ui.machine.usb_drives import mounted_usb_drives
from ui.machine.wifi import WifiManager, parse

LISTED = "*:Greenhouse:81:WPA2\n:Kitchen\\: guests:44:--\n:Greenhouse:30:WPA2\n::70:WPA2\n:Far:9:WPA1 WPA2\n"


def answers(text):
    return lambda command: text


def refuses(text, status=1):
    def command(_):
        raise ToolFailedError(verbatim(text), status)

    return command


def test_networks_strongest_first_each_once():
    found = parse(LISTED)
    assert [(n.name, n.strength, n.secured, n.active) for n in found] == [
        ("Greenhouse", 81, True, True),
        ("Kitchen: guests", 44, False, False),
        ("Far", 9, True, False),
    ]


@given(st.text(max_size=80))
def test_garbage_is_no_network_and_no_crash(text):
    for network in parse(text):
        assert network.name


def test_a_machine_without_network_manager_says_so():
    def missing(_):
        raise NoToolError(screen.NO_TOOL(program="nmcli"))

    with pytest.raises(MachineError) as refused:
        WifiManager(missing).networks()
    assert refused.value.message == screen.NO_WIFI()


def test_a_wrong_password_is_said_in_words():
    with pytest.raises(MachineError, match="did not accept the password"):
        WifiManager(refuses("Error: Secrets were required, but not provided.", 4)).join("Greenhouse", "wrong pass")


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (3, screen.WIFI_SILENT(name="Attic")),
        (4, screen.NOT_ACCEPTED(name="Attic")),
        (8, screen.NO_NETWORK_MANAGER()),
        (10, screen.WIFI_GONE(name="Attic")),
    ],
)
def test_nmclis_other_failures_have_messages_of_their_own(status, message):
    with pytest.raises(MachineError) as refused:
        WifiManager(refuses("Error: something in the system's language.", status)).join("Attic", "whatever it is")
    assert refused.value.message == message


def test_the_password_goes_to_nmcli_whole():
    commands = []
    WifiManager(lambda command: commands.append(command) or "").join("A B", 'q"; rm -rf')
    assert commands[0][-4:] == ["connect", "A B", "password", 'q"; rm -rf']


def test_a_missing_program_is_named():
    with pytest.raises(MachineError, match="no-such-program is not installed"):
        run(["no-such-program"])
    with pytest.raises(MachineError, match="failed"):
        run(["false"])


def test_the_backlight_whatever_it_is_called(tmp_path):
    panel = tmp_path / "10-0045"
    panel.mkdir()
    (panel / "max_brightness").write_text("31\n")
    light = PanelBacklight(tmp_path)
    light.level(0.5)
    light.power(on=False)
    assert (panel / "brightness").read_text() == "16"
    assert (panel / "bl_power").read_text() == "4"
    light.level(0.0)
    assert int((panel / "brightness").read_text()) >= 1


def test_a_panel_without_backlight_is_left_alone(tmp_path):
    light = PanelBacklight(tmp_path)
    assert not light.present
    light.level(0.5)
    light.power(on=True)


def test_a_backlight_that_does_not_obey_is_said_once(tmp_path, caplog):
    (tmp_path / "panel").mkdir()
    light = PanelBacklight(tmp_path)
    light.level(0.5)
    light.level(0.7)
    assert len(caplog.records) == 1


def test_only_writable_sticks_count():
    mounts = (
        "/dev/mmcblk0p2 / ext4 rw 0 0\n/dev/sda1 /media/pi/MY\\040STICK vfat rw,nosuid 0 0\n"
        "/dev/sdb1 /media/pi/readonly vfat ro 0 0\ntmpfs /media/x tmpfs rw 0 0\n"
    )
    assert [str(path) for path in mounted_usb_drives(mounts)] == ["/media/pi/MY STICK"]


def test_a_backup_goes_to_the_stick_under_its_day(tmp_path):
    mounts, commands = tmp_path / "mounts", []
    mounts.write_text("/dev/sda1 /media/pi/STICK vfat rw 0 0\n")
    machine = Machine(lambda command: commands.append(command) or "", mounts=mounts)
    assert (
        machine.backup(datetime(2026, 6, 12, 9, 5, tzinfo=UTC), "de")
        == "/media/pi/STICK/sproutcast-2026-06-12-0905.backup"
    )
    assert commands[0][-4:-1] == ["--language", "de", "backup"]
    assert commands[0][-2:] == ["backup", "/media/pi/STICK/sproutcast-2026-06-12-0905.backup"]
    mounts.write_text("")
    with pytest.raises(MachineError, match="Plug one in"):
        machine.backup(datetime(2026, 6, 12, tzinfo=UTC), "de")
    machine.close()
