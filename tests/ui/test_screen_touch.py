"""Every action on the glass, through real touch events."""

import json
import threading

import pytest
import screen_scene as scene


def calls(panel):
    return [name for name, _ in panel.said]


def test_a_card_opens_its_plant_and_back_comes_home(panel):
    panel.tap("PlantCard", name="Basil")
    assert panel.app.where == "plant"
    assert panel.find("Plant").name == "Basil"
    panel.press(icon="chevron-left")
    assert panel.app.where == "home"


@pytest.mark.parametrize("page", ["alerts", "light", "camera", "settings", "home"])
def test_the_navigation_leads_everywhere(panel, page):
    panel.tap("NavigationItem", page=page)
    assert panel.app.where == page


def test_the_light_line_opens_the_light(panel):
    panel.tap(panel.find("Text", text="until 21:15").parent)
    assert panel.app.where == "light"


def test_watered_is_one_tap_and_can_be_undone(panel):
    panel.app.go("plant", plant_id=2)
    panel.settle()
    panel.press(text="Watered")
    assert panel.said[-1] == ("log_care", {"plant_id": 2, "kind": "water"})
    assert panel.toast == "Watered, noted for Rubber plant"
    panel.press(text="Undo")
    assert panel.said[-1] == ("delete_care", {"care_id": 1})


def test_a_refusal_is_said_in_its_own_words(panel):
    panel.app.go("plant", plant_id=2)
    panel.settle()
    panel.ears.refusal = "There is no plant 2."
    panel.press(text="Watered")
    assert panel.toast == "There is no plant 2."


@pytest.mark.parametrize(
    ("button", "kind"),
    [
        ("Water", "water"),
        ("Prune", "prune"),
        ("Repot", "repot"),
        ("New soil", "soil_change"),
        ("Light", "light_change"),
        ("Heat, frost", "temperature_event"),
    ],
)
def test_kinds_of_care_are_one_tap(panel, button, kind):
    panel.app.go("plant", plant_id=1, tab="care")
    panel.settle()
    panel.press(text=button)
    assert panel.said[-1] == ("log_care", {"plant_id": 1, "kind": kind})


def test_a_note_is_typed_on_the_docked_keyboard(panel):
    panel.app.go("plant", plant_id=1, tab="care")
    panel.settle()
    panel.press(text="Note")
    field = panel.find("Field")
    keyboard = panel.find("Keyboard")
    assert field.y > keyboard.top, "the field must not lie under the keyboard"
    panel.press(text="Save")
    assert panel.find("TextSheet").fault == "Write a few words first."
    panel.tap("Key", name="shift")
    panel.type("New")
    panel.tap("Key", name="space")
    panel.type("bufs")
    panel.tap("Key", name="back")
    panel.tap("Key", name="back")
    panel.type("ds")
    panel.tap("Key", name="done")
    assert panel.said[-1] == ("log_care", {"plant_id": 1, "kind": "note", "text": "New buds"})
    assert not panel.there("TextSheet")


def test_feed_may_name_the_food(panel):
    panel.app.go("plant", plant_id=1, tab="care")
    panel.settle()
    panel.press(text="Feed")
    panel.type("npk")
    panel.press(text="Save")
    assert panel.said[-1] == ("log_care", {"plant_id": 1, "kind": "feed", "product": "npk"})


def test_a_touch_beside_a_sheet_closes_it(panel):
    panel.app.go("plant", plant_id=1, tab="trend")
    panel.settle()
    panel.press(text="Health")
    assert panel.there("ChoiceSheet")
    panel.tap((4, 470))
    assert not panel.there("ChoiceSheet")


def test_care_can_be_taken_off_the_log(panel):
    panel.app.go("plant", plant_id=1, tab="care")
    panel.settle()
    row = panel.find("CareRow", words="Fed, Tomato feed")
    panel.reveal(row)
    panel.tap(next(child for child in row.children if getattr(child, "icon", "") == "trash"))
    assert calls(panel) == ["delete_care"]


def test_outlines_on_and_off(panel):
    panel.app.go("plant", plant_id=1)
    panel.settle()
    panel.tap(panel.find("Text", text="Outlines").parent)
    assert panel.find("Plant").overlay_on
    panel.tap(panel.find("Text", text="Outlines").parent)
    assert not panel.find("Plant").overlay_on


def test_a_number_opens_its_curve_and_a_finger_reads_it(panel):
    panel.app.go("plant", plant_id=2)
    panel.settle()
    panel.tap("FactRow", metric="turgor_index")
    assert panel.find("TrendTab").metric == "turgor_index"
    curve = panel.find("Curve")
    before = panel.pixels().copy()
    finger = panel.touch(*curve.center)
    finger.touch_down()
    panel.frame(2)
    assert (panel.pixels() != before).any()
    finger.touch_up()
    panel.frame(2)
    for span in ("Day", "Month", "Week"):
        panel.tap("ChoicePart", text=span)
        assert panel.find("TrendTab").span == span.lower()


def test_an_alert_is_marked_read_cleared_and_opens_its_plant(panel):
    panel.tap("NavigationItem", page="alerts")
    card = panel.find("NoticeCard", title="Rubber plant: Thirsty")
    panel.tap(next(child for child in card.walk() if getattr(child, "icon", "") == "check"))
    assert panel.said[-1] == ("mark_notification_read", {"notification_id": 4})
    panel.press(text="Clear read")
    assert panel.said[-1] == ("clear_read_notifications", {})
    panel.tap("Words", text="Rubber plant: Thirsty")
    assert panel.app.where == "plant"


def test_an_alert_is_put_off(panel):
    panel.tap("NavigationItem", page="alerts")
    card = panel.find("NoticeCard", title="Rubber plant: Thirsty")
    panel.tap(next(child for child in card.walk() if getattr(child, "icon", "") == "zzz"))
    panel.press(text="For 8 hours")
    assert panel.said[-1] == ("snooze_notification", {"notification_id": 4, "hours": 8.0})
    assert panel.toast == "You will hear of it again"


def light(panel):
    panel.app.go("light")
    panel.settle()
    return panel.find("LightCurve")


def test_the_end_of_the_day_is_dragged(panel):
    curve = light(panel)
    x, y = curve.handle_at("end")
    width = curve.plot()[2]
    panel.drag((x, y), (x - width / 12, y))
    assert panel.said[-1] == ("set_light_schedule", {"hours": 14.0})


@pytest.mark.parametrize(
    ("handle", "dx", "dy", "expected"),
    [
        ("start", 1 / 24, 0, {"start": "07:00", "hours": 15.0}),
        ("sunrise", 0.25 / 24, 0, {"sunrise_min": 60.0}),
        ("sunset", -0.25 / 24, 0, {"sunset_min": 60.0}),
        ("level", 0, -0.3, {"level": 0.5}),
    ],
)
def test_every_handle_of_the_curve(panel, handle, dx, dy, expected):
    curve = light(panel)
    x, y = curve.handle_at(handle)
    _, _, width, height = curve.plot()
    panel.drag((x, y), (x + dx * width, y + dy * height))
    assert panel.said[-1] == ("set_light_schedule", expected)


def test_a_refused_plan_brings_the_old_curve_back(panel):
    curve = light(panel)
    before = curve.plan
    panel.ears.refusal = "hours: at most 18 hours a day"
    x, y = curve.handle_at("end")
    panel.drag((x, y), (x - 80, y))
    assert panel.toast == "hours: at most 18 hours a day"
    assert panel.find("LightCurve").plan == before


def test_the_light_by_hand_and_back(panel):
    light(panel)
    panel.press(text="On for 30 minutes")
    assert panel.said[-1] == ("override_light", {"level": 1.0, "minutes": 30.0})
    panel.press(text="Off for 30 minutes")
    assert panel.said[-1] == ("override_light", {"level": 0.0, "minutes": 30.0})
    row = {**scene.light(), "now_reason": "override", "override_until_at": scene.stamp(scene.NOW)}
    panel.app.live.diff("light", update=[row])
    panel.app.live.tell()
    panel.press(text="Back to the plan")
    assert panel.said[-1] == ("clear_light_override", {})


def test_the_plan_is_switched_off_and_the_lamp_described(panel):
    light(panel)
    panel.tap("Toggle")
    assert panel.said[-1] == ("set_light_schedule", {"enabled": False})
    panel.tap("Text", text="For herbs and salad")
    panel.find("Field").text = ""
    panel.type("300")
    panel.press(text="Save")
    assert panel.said[-1] == ("set_light_schedule", {"ppfd_full": 300.0})


def test_a_photograph_on_demand(panel):
    panel.app.go("camera")
    panel.settle()
    panel.press(text="Take a photograph")
    assert panel.said[-1] == ("request_capture", {"reason": "button"})


def looked(panel, wanted):
    """Draw until the camera's page is as wanted."""
    page = panel.find("Camera")
    for _ in range(2000):
        panel.frame()
        if wanted(page):
            return page
        threading.Event().wait(0.005)
    raise AssertionError((page.focus, page.fault))


def test_aiming_shows_what_the_camera_sees_and_helps(panel):
    panel.app.go("camera")
    panel.settle()
    still = panel.pixels().copy()
    panel.photographs.see(sharpness=0.2, file="violet.jpg")
    panel.press(text="Aim the camera")
    page = looked(panel, lambda page: page.focus == 0.2)
    assert (page.focus_words, page.taken) == ("Blurred", "Live")
    assert (panel.pixels() != still).mean() > 0.05
    panel.photographs.see(sharpness=0.9)
    looked(panel, lambda page: page.focus == 0.9)
    panel.photographs.see(sharpness=0.6)
    page = looked(panel, lambda page: page.focus == 0.6)
    assert (page.focus_words, page.best) == ("It was sharper", 0.9)
    panel.photographs.see(burnt=0.3)
    page = looked(panel, lambda page: "burnt" in page.light_words)
    assert page.hint == "It was sharper" or "lens" in page.hint
    looked(panel, lambda page: page.fault == "The camera sends no picture.")
    panel.press(text="Stop aiming")
    panel.photographs.see(sharpness=0.11)
    panel.frame(4)
    assert panel.find("Camera").focus != 0.11
    assert panel.said == [], "the lamp was lit already"


def test_aiming_in_the_dark_lights_the_lamp_and_gives_it_back(panel):
    panel.app.live.diff("light", update=[{**scene.light(), "now_level": 0.0, "now_reason": "off"}])
    panel.app.live.tell()
    panel.app.go("camera")
    panel.settle()
    panel.press(text="Aim the camera")
    assert panel.said == [("override_light", {"level": 1.0, "minutes": 2.0})]
    panel.tap("NavigationItem", page="home")
    assert panel.said[-1] == ("clear_light_override", {})
    assert not panel.app._pages["camera"].aiming


def regions(panel, plant_id=5):
    panel.app.go("regions", plant_id=plant_id)
    panel.settle()
    return panel.find("RegionEditor")


def test_a_region_is_dragged_by_its_corner_and_as_a_whole(panel):
    editor = regions(panel)
    corner = editor.to_glass(editor.regions[5][0])
    panel.drag(corner, (corner[0] + 40, corner[1] - 30))
    name, args = panel.said[-1]
    assert (name, args["plant_id"]) == ("update_plant", 5)
    assert args["region"][0][0] > 0.23
    assert args["region"][2] == [0.78, 0.9]
    editor = panel.find("RegionEditor")
    inside = editor.to_glass((0.4, 0.5))
    panel.drag(inside, (inside[0] - 30, inside[1]))
    assert panel.said[-1][1]["region"][2][0] < 0.78


def test_a_region_is_drawn_for_a_plant_without_one(panel):
    editor = regions(panel, plant_id=1)
    panel.drag(editor.to_glass((0.82, 0.1)), editor.to_glass((0.96, 0.3)))
    args = panel.said[-1][1]
    assert args["plant_id"] == 1
    assert args["region"] == [pytest.approx(p, abs=0.01) for p in ([0.82, 0.1], [0.96, 0.1], [0.96, 0.3], [0.82, 0.3])]


def test_a_slip_of_the_finger_draws_nothing(panel):
    editor = regions(panel, plant_id=1)
    start = editor.to_glass((0.9, 0.1))
    panel.drag(start, (start[0] + 2, start[1] + 2))
    assert panel.said == []


def test_a_plant_is_added_chosen_and_found_by_itself(panel):
    regions(panel)
    panel.press(text="Find it by itself")
    assert panel.said[-1] == ("update_plant", {"plant_id": 5, "region": None})
    panel.press(text="Add a plant")
    panel.type("mint")
    panel.press(text="Add")
    name, args = panel.said[-1]
    assert (name, args["name"], len(args["region"])) == ("create_plant", "mint", 4)
    panel.press(text="Chilli pepper")
    assert panel.find("RegionEditor").selected == 4


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
    assert panel.said[-1] == ("set_setting", {"name": name, "value": value})


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
    assert panel.said[-2:] == [
        ("set_setting", {"name": names[0], "value": "22:30"}),
        ("set_setting", {"name": names[1], "value": "07:30"}),
    ]
    kept = [{"name": name, "value": json.dumps(value)} for name, value in zip(names, ("23:00", "06:30"), strict=True)]
    panel.app.live.diff("setting", insert=kept)
    panel.app.live.tell()
    panel.settle()
    assert panel.find("SettingRow", name=row).value == "23:00 to 06:30"
    open_sheet()
    panel.press(text="Never")
    assert panel.said[-2:] == [("set_setting", {"name": name, "value": None}) for name in names]


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
    assert panel.app.where == page
    panel.press(icon="chevron-left")
    assert panel.app.where == "settings"


def test_a_ready_made_plan_and_an_own_one(panel):
    panel.app.go("plan", plant_id=1)
    panel.settle()
    panel.tap("PresetCard", name="Growth")
    assert panel.said[-1] == ("set_monitor_plan", {"plant_id": 1, "preset": "growth_tracking"})
    panel.press(text="Advanced")
    row = panel.find("FrequencyRow", name="Flowers")
    panel.reveal(row)
    panel.tap(next(part for part in row.walk() if getattr(part, "text", "") == "Weekly"))
    args = panel.said[-1][1]
    assert (args["preset"], args["pipelines"]["P5"]) == ("custom", "weekly")
    limit = panel.find("LimitRow", words="Firmness below")
    panel.reveal(limit)
    panel.tap(next(part for part in limit.walk() if getattr(part, "icon", "") == "plus"))
    rules = {rule["metric"]: rule for rule in panel.said[-1][1]["rules"]}
    assert rules["turgor_index"]["lower"] == 0.65


def test_a_plant_is_renamed_and_no_longer_watched(panel):
    panel.app.go("plan", plant_id=1)
    panel.settle()
    for name, text, expected in (
        ("Name", "kale", {"name": "kale"}),
        ("Width of the pot", "14,5", {"pot_diameter_cm": 14.5}),
        ("Planted on", "2026-05-01", {"planted_on": "2026-05-01"}),
    ):
        row = panel.find("SettingRow", name=name)
        panel.reveal(row)
        panel.tap(row)
        panel.find("Field").text = text
        panel.press(text="Save")
        assert panel.said[-1] == ("update_plant", {"plant_id": 1, **expected})
    row = panel.find("SettingRow", name="Stop watching this plant")
    panel.reveal(row)
    panel.tap(row)
    panel.press(text="Stop watching")
    assert panel.said[-1] == ("archive_plant", {"plant_id": 1})


def test_the_film_plays_pauses_and_is_scrubbed(panel):
    panel.app.go("timelapse", plant_id=2)
    panel.settle()
    film = panel.find("Timelapse")
    assert film.index == film.last == 55
    slide = panel.find("Slide")
    panel.drag(slide.center, (slide.x + slide.width * 0.25, slide.center_y))
    assert 5 < film.index < 25
    panel.press(icon="player-play")
    assert film.playing
    panel.press(icon="player-pause")
    assert not film.playing
    panel.press(text="Series")
    panel.press(text="Every hour")
    assert panel.said[-1] == ("start_timelapse", {"plant_id": 2, "name": "Rubber plant", "interval_s": 3600})


def test_before_and_after_is_drawn_along(panel):
    panel.app.go("timelapse", plant_id=2)
    panel.settle()
    curtain = panel.find("Curtain")
    panel.press(icon="layout-columns")
    panel.settle()
    half = panel.pixels().copy()
    panel.drag(curtain.center, (curtain.x + curtain.width * 0.1, curtain.center_y))
    assert curtain.share == pytest.approx(0.1, abs=0.02)
    assert (panel.pixels() != half).any()
    panel.press(icon="layout-columns")
    assert not panel.find("Timelapse").comparing


def test_the_wizard_from_its_first_step_to_the_last(panel):
    panel.app.go("wizard")
    panel.settle()
    panel.press(text="Deutsch")
    assert panel.said[-1] == ("set_setting", {"name": "language", "value": "de"})
    for _ in range(5):
        panel.press(text="Next")
    panel.press(text="Light the lamp for 20 seconds")
    assert panel.said[-1][0] == "override_light"
    panel.press(text="It stayed dark")
    assert panel.find("WizardLight").words.startswith("Check that the lamp has power")
    panel.press(text="Next")
    panel.tap("Toggle")
    assert panel.said[-1] == ("set_setting", {"name": "home_assistant_enabled", "value": True})
    panel.press(text="Next")
    panel.press(text="Next")
    panel.press(text="Back")
    panel.press(text="Next")
    panel.press(text="To my plants")
    assert panel.said[-1] == ("set_setting", {"name": "setup_done", "value": True})
    assert panel.app.where == "home"


def test_a_fresh_device_greets_and_a_used_one_does_not(make_panel):
    fresh = make_panel(rows={"plant": [], "setting": []})
    assert fresh.app.where == "wizard"
    assert make_panel(rows={"plant": scene.plants(1), "setting": []}).app.where == "home"


def test_the_waking_touch_does_nothing_else(panel):
    panel.app.sleeper._last -= 901
    panel.app.sleeper.look()
    panel.settle()
    assert panel.app.sleeper.mode == "frame"
    assert panel.there("PhotoFrame")
    panel.tap((250, 200))
    assert panel.app.sleeper.mode == "awake"
    assert panel.app.where == "home"
    panel.tap("PlantCard", name="Basil")
    assert panel.app.where == "plant"


def test_dark_after_the_frame_and_by_night(panel):
    panel.app.sleeper._last -= 901 * 4
    panel.app.sleeper.look()
    panel.frame(2)
    assert panel.app.sleeper.mode == "dark"
    assert not panel.pixels().any()
    panel.tap((250, 200))
    assert panel.app.sleeper.mode == "awake"


def test_while_the_daemon_is_away_nothing_can_be_done_but_looked_at(panel):
    panel.app.go("light")
    panel.app.live.set_link("away", "connection refused")
    panel.app.live.tell()
    panel.settle()
    assert panel.there("Banner", words="Sproutcast is not answering")
    panel.tap(panel.find("Press", text="On for 30 minutes"))
    assert panel.said == []
    panel.tap("NavigationItem", page="alerts")
    assert panel.app.where == "alerts"
    panel.app.live.set_link("live")
    panel.app.live.tell()
    panel.frame(2)
    assert not panel.there("Banner")


def test_a_change_of_language_or_theme_is_seen_at_once(panel):
    panel.app.go("light")
    rows = [{"name": "language", "value": json.dumps("de")}, {"name": "theme", "value": json.dumps("light")}]
    panel.app.live.diff("setting", insert=rows)
    panel.app.live.tell()
    panel.settle()
    assert panel.there("Press", text="30 Minuten an")
    assert panel.pixels()[3, 400].tolist() == [242, 241, 235]
