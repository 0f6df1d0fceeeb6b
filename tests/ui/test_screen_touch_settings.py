"""Settings, set-up and rest under a finger, through real touch events."""

import json

import pytest

from tests.ui import screen_fixtures as scene


@pytest.mark.parametrize(
    ("row", "option", "name", "value"),
    [
        ("Language", "Deutsch", "language", "de"),
        ("Colours", "Light", "theme", "light"),
        ("Text size", "Large", "text_size", 1.25),
        ("Photo frame", "5 minutes", "screen_off_after_s", 300),
        ("Units", "inch, °F", "units", "imperial"),
        ("Time of day", "2:05 pm", "hour_format", "12"),
        ("Time zone", "Europe/London", "time_zone", "Europe/London"),
        ("How often", "Every 15 minutes", "capture_interval_min", 15),
        ("When", "Day and night", "captures_only_when_lit", False),
        ("Home Assistant", "On", "home_assistant_enabled", True),
    ],
)
def test_every_setting_is_chosen(panel, row, option, name, value):
    panel.app.go("settings")
    panel.settle()
    line = panel.find("SettingRow", name=row)
    panel.reveal(line)
    panel.tap(line)
    panel.press(text=option)
    assert panel.calls[-1] == ("set_setting", {"name": name, "value": value})


@pytest.mark.parametrize(
    ("row", "names"),
    [("Quiet hours", ("quiet_from", "quiet_until")), ("Dark at night", ("screen_off_from", "screen_off_until"))],
)
def test_hours_of_the_day_are_moved_kept_and_given_up(panel, row, names):
    panel.app.go("settings")
    panel.settle()

    def open_sheet():
        line = panel.find("SettingRow", name=row)
        panel.reveal(line)
        panel.tap(line)
        return panel.find("HoursSheet")

    sheet = open_sheet()
    pluses = [w for w in sheet.walk() if getattr(w, "icon", "") == "plus" and type(w).__name__ == "Press"]
    for plus in pluses:
        panel.tap(plus)
    panel.press(text="Save")
    assert panel.calls[-2:] == [
        ("set_setting", {"name": names[0], "value": "22:30"}),
        ("set_setting", {"name": names[1], "value": "07:30"}),
    ]
    kept = [{"name": name, "value": json.dumps(value)} for name, value in zip(names, ("23:00", "06:30"), strict=True)]
    panel.app.row_cache.diff("setting", insert=kept)
    panel.app.row_cache.notify()
    panel.settle()
    assert panel.find("SettingRow", name=row).value == "23:00 to 06:30"
    open_sheet()
    panel.press(text="Never")
    assert panel.calls[-2:] == [("set_setting", {"name": name, "value": None}) for name in names]


def test_what_can_not_be_undone_is_asked_first(panel):
    panel.app.go("settings")
    panel.settle()
    row = panel.find("SettingRow", name="Shut down")
    panel.reveal(row)
    panel.tap(row)
    assert panel.find("ConfirmSheet").title == "Shut down?"
    panel.press(text="Cancel")
    assert not panel.there("ConfirmSheet")


@pytest.mark.parametrize(
    ("row", "page"), [("How the device is", "diagnostics"), ("Wi-Fi", "wifi"), ("Connect a phone", "phones")]
)
def test_the_pages_behind_the_settings(panel, row, page):
    panel.app.go("settings")
    panel.settle()
    line = panel.find("SettingRow", name=row)
    panel.reveal(line)
    panel.tap(line)
    assert panel.app.page_name == page
    panel.press(icon="chevron-left")
    assert panel.app.page_name == "settings"


def test_the_wizard_from_its_first_step_to_the_last(panel):
    panel.app.go("wizard")
    panel.settle()
    panel.press(text="Deutsch")
    assert panel.calls[-1] == ("set_setting", {"name": "language", "value": "de"})
    for _ in range(5):
        panel.press(text="Next")
    panel.press(text="Light the lamp for 20 seconds")
    assert panel.calls[-1][0] == "override_light"
    panel.press(text="It stayed dark")
    assert panel.find("WizardLight").words.startswith("Check that the lamp has power")
    panel.press(text="Next")
    panel.tap("Toggle")
    assert panel.calls[-1] == ("set_setting", {"name": "home_assistant_enabled", "value": True})
    panel.press(text="Next")
    panel.press(text="Next")
    panel.press(text="Back")
    panel.press(text="Next")
    panel.press(text="To my plants")
    assert panel.calls[-1] == ("set_setting", {"name": "setup_done", "value": True})
    assert panel.app.page_name == "home"


def test_a_fresh_device_greets_and_a_used_one_does_not(make_panel):
    fresh = make_panel(rows={"plant": [], "setting": [], "health": []})
    assert fresh.app.page_name == "wizard"
    assert make_panel(rows={"plant": scene.plants(1), "setting": []}).app.page_name == "home"


def test_a_device_that_lost_its_memory_says_so_and_does_not_greet(make_panel):
    words = "Only light and screen run: the disk is full."
    row = {"part": "store", "state": "bad", "message": words, "advice": "Make room on the card.", "value": None}
    reported = {**row, "since_at": scene.ago(hours=1), "updated_at": scene.ago(hours=1)}
    panel = make_panel(rows={"plant": [], "setting": [], "health": [reported]})
    assert panel.app.page_name == "home"
    assert not panel.app.shell.page.empty
    panel.tap("Label", text=words)
    assert panel.app.page_name == "diagnostics"


def test_the_waking_touch_does_nothing_else(panel):
    panel.app.screensaver._last -= 901
    panel.app.screensaver.check()
    panel.settle()
    assert panel.app.screensaver.mode == "frame"
    assert panel.there("PhotoFrame")
    panel.tap((250, 200))
    assert panel.app.screensaver.mode == "awake"
    assert panel.app.page_name == "home"
    panel.tap("PlantCard", name="Basil")
    assert panel.app.page_name == "plant"


def test_dark_after_the_frame_and_by_night(panel):
    panel.app.screensaver._last -= 901 * 4
    panel.app.screensaver.check()
    panel.frame(2)
    assert panel.app.screensaver.mode == "dark"
    assert not panel.pixels().any()
    panel.tap((250, 200))
    assert panel.app.screensaver.mode == "awake"


def test_a_change_of_language_or_theme_is_seen_at_once(panel):
    panel.app.go("light")
    rows = [{"name": "language", "value": json.dumps("de")}, {"name": "theme", "value": json.dumps("light")}]
    panel.app.row_cache.diff("setting", insert=rows)
    panel.app.row_cache.notify()
    panel.settle()
    assert panel.there("Press", text="30 Minuten an")
    assert panel.pixels()[3, 400].tolist() == [242, 241, 235]
