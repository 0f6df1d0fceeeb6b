"""The device itself under a finger: Wi-Fi, phones, sticks, log, updates, restarts; its tools are the simulated ones."""

import pytest

from tests.ui import screen_fixtures as scene
from ui.machine.machine import Machine
from ui.machine.simulated import SimulatedTools


@pytest.fixture
def tools():
    return SimulatedTools()


@pytest.fixture
def panel(make_panel, tools, tmp_path):
    """A panel on a simulated machine with a USB stick in it."""
    stick = tmp_path / "mnt"
    stick.mkdir()
    mounts = tmp_path / "mounts"
    mounts.write_text("")
    machine = Machine(tools, patient=tools, mounts=mounts)
    panel = make_panel(machine=machine)
    panel.mounts, panel.stick = mounts, stick
    return panel


def plug_in(panel, monkeypatch):
    monkeypatch.setattr("ui.machine.usb_drives.PLACES", (str(panel.stick.parent),))
    panel.mounts.write_text(f"/dev/sda1 {panel.stick} vfat rw 0 0\n")


def settle(panel):
    """Let the machine's thread finish, and show what it said."""
    panel.app.machine._thread.submit(int).result(30)
    panel.settle()


def open_page(panel, name):
    panel.app.go(name)
    settle(panel)


def tap_row(panel, name):
    row = panel.find("SettingRow", name=name)
    panel.reveal(row)
    panel.tap(row)
    settle(panel)


def test_a_network_with_a_password_is_joined(panel, tools):
    open_page(panel, "wifi")
    names = [row.name for row in panel.find("WifiPage").ids.rows.children[::-1]]
    assert names == ["Greenhouse", "Balcony", "Café at the corner", "Attic"]
    tap_row(panel, "Balcony")
    panel.type("short")
    panel.press(text="Connect")
    assert panel.find("TextSheet").fault == "A Wi-Fi password has at least 8 letters."
    panel.find("Field").text = ""
    panel.type("wrong")
    panel.type("pass")
    panel.press(text="Connect")
    settle(panel)
    assert panel.toast == "Balcony did not accept the password; check it and try again."
    assert tools.joined == "Greenhouse"
    tap_row(panel, "Balcony")
    panel.type("greenhouse")
    panel.press(text="Connect")
    settle(panel)
    assert panel.toast == "Connected to Balcony"
    settle(panel)
    assert panel.find("SettingRow", name="Balcony").value == "connected"


def test_an_open_network_needs_no_password_and_the_joined_one_nothing(panel, tools):
    open_page(panel, "wifi")
    tap_row(panel, "Greenhouse")
    assert not panel.there("TextSheet")
    tap_row(panel, "Café at the corner")
    assert tools.joined == "Café at the corner"


def test_the_password_can_be_looked_at(panel):
    open_page(panel, "wifi")
    tap_row(panel, "Balcony")
    assert panel.find("Field").password
    panel.press(icon="eye")
    assert not panel.find("Field").password


def test_a_new_code_for_a_phone_voids_itself_with_the_page(panel):
    panel.app.go("phones")
    panel.settle()
    assert panel.find("PhonesPage").code == "482913"
    assert panel.find("QrCode").text == "http://sproutcast.local:9090/#pair=482913"
    panel.press(text="New code")
    assert [name for name, _ in panel.calls] == ["start_pairing", "start_pairing"]
    panel.press(icon="chevron-left")
    assert panel.calls[-1] == ("cancel_pairing", {})


def test_a_code_that_can_not_be_made_is_said(panel):
    panel.listeners.refusal = "No more phones, please."
    panel.app.go("phones")
    panel.settle()
    page = panel.find("PhonesPage")
    assert (page.words, page.detail, page.code) == ("No code could be made.", "No more phones, please.", "")


def test_the_log_is_read_and_read_again(panel):
    open_page(panel, "log")
    assert "read 1 times" in panel.find("LogPage").text
    panel.press(icon="refresh")
    settle(panel)
    assert "read 2 times" in panel.find("LogPage").text


def test_a_backup_goes_to_the_stick_or_says_that_there_is_none(panel, monkeypatch):
    open_page(panel, "settings")
    tap_row(panel, "Back up to a USB stick")
    assert panel.toast.startswith("No USB stick was found.")
    plug_in(panel, monkeypatch)
    tap_row(panel, "Back up to a USB stick")
    assert panel.toast.startswith("The backup is done:")
    assert [file.name for file in panel.stick.iterdir()] == ["sproutcast-2026-06-12-1205.backup"]


def test_a_film_goes_to_the_stick(panel, monkeypatch):
    plug_in(panel, monkeypatch)
    panel.app.go("timelapse", plant_id=2)
    panel.settle()
    panel.press(icon="device-usb")
    settle(panel)
    assert panel.toast.startswith("The film is done:")
    assert [file.name for file in panel.stick.iterdir()] == ["Rubber-plant-2026-06-12.mp4"]


@pytest.mark.parametrize(
    ("row", "yes", "deed"), [("Restart", "Restart", "restart_device"), ("Shut down", "Shut down", "shut_down_device")]
)
def test_restart_and_shut_down_are_asked_first(panel, row, yes, deed):
    open_page(panel, "settings")
    tap_row(panel, row)
    panel.press(text="Cancel")
    assert panel.calls == []
    tap_row(panel, row)
    panel.press(text=yes)
    assert panel.calls == [(deed, {})]


@pytest.mark.parametrize(
    ("option", "keep"), [("Keep plants, photographs and numbers", True), ("Erase everything", False)]
)
def test_a_factory_reset_is_confirmed_twice(panel, option, keep):
    open_page(panel, "settings")
    tap_row(panel, "Reset to how it came")
    panel.press(text=option)
    assert panel.calls == []
    panel.press(text="Erase and restart")
    assert panel.calls == [("factory_reset", {"keep_pictures": keep})]


def set_software(panel, **changed):
    panel.app.row_cache.diff("software", update=[scene.software(**changed)])
    panel.app.row_cache.notify()
    panel.settle()


def test_a_new_version_is_looked_for_reported_and_installed(panel):
    open_page(panel, "software")
    panel.press(text="Look for an update")
    assert panel.calls[-1] == ("check_for_update", {})
    set_software(panel, state="available", available_version="1.0", notes="Films.", message="Version 1.0 is ready.")
    assert panel.find("NavigationItem", page="alerts").badge == "3"
    panel.press(text="Install")
    panel.press(text="Install", kind="primary")
    assert panel.calls[-1] == ("install_update", {})
    set_software(panel, state="installing", progress=40.0, message="Version 1.0 is being written.")
    assert panel.find("SoftwareScreen").progress == 0.4
    assert panel.find("Press", text="Install").disabled
    set_software(panel, state="failed", message="The update did not stay.")
    assert panel.find("SoftwareScreen").level == "watch"
    panel.press(text="The version before")
    panel.press(text="Go back")
    assert panel.calls[-1] == ("roll_back_update", {})


def test_safe_mode_stands_above_all_and_has_a_way_out(panel):
    row = {
        "part": "safe_mode",
        "state": "bad",
        "message": "Three starts failed.",
        "advice": "Try again.",
        "value": None,
    }
    panel.app.row_cache.diff(
        "health", insert=[{**row, "since_at": scene.ago(hours=1), "updated_at": scene.ago(hours=1)}]
    )
    panel.app.row_cache.notify()
    panel.settle()
    panel.tap("Label", text="Three starts failed.")
    assert panel.app.page_name == "diagnostics"
    panel.press(text="Try everything again")
    assert panel.calls[-1] == ("leave_safe_mode", {})


def ask_outline(panel, **profile):
    panel.app.row_cache.diff("profile", update=[{**scene.profiles()[0], "lessons": "[]", **profile}])
    panel.app.row_cache.notify()
    panel.settle()


def test_the_outlines_are_asked_about_and_confirmed(panel):
    ask_outline(panel)
    assert panel.find("NavigationItem", page="alerts").badge == "3"
    panel.tap("NavigationItem", page="alerts")
    panel.tap("Words", text="Look at the outlines")
    assert panel.app.page_name == "outline"
    panel.settle()
    panel.press(text="Yes, that is right")
    assert panel.calls[-1] == ("confirm_outline", {"capture_id": 5, "right": True})
    row = next(row for row in scene.captures() if row["id"] == 5)
    panel.app.row_cache.diff("capture", update=[{**row, "outline": "right"}])
    panel.app.row_cache.notify()
    panel.settle()
    assert panel.find("NavigationItem", page="alerts").badge == "2"
    assert panel.find("Press", text="Yes, that is right").disabled


def test_wrong_outlines_lead_to_drawing_and_to_learning_afresh(panel):
    ask_outline(panel, state="misfit")
    open_page(panel, "outline")
    panel.press(text="No")
    assert panel.calls[-1] == ("confirm_outline", {"capture_id": 5, "right": False})
    row = next(row for row in scene.captures() if row["id"] == 5)
    panel.app.row_cache.diff("capture", update=[{**row, "outline": "wrong"}])
    panel.app.row_cache.notify()
    panel.settle()
    panel.press(text="Take another photograph")
    assert panel.calls[-1] == ("request_capture", {"reason": "button"})
    panel.press(text="Learn afresh")
    panel.press(text="Learn afresh", kind="danger")
    assert panel.calls[-1] == ("relearn_profile", {"lamp_state": "lamp"})
    panel.press(text="Draw where the plants are")
    assert panel.app.page_name == "regions"
