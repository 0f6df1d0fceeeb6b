"""Plants, care, alerts and films under a finger, through real touch events."""

import pytest


def calls(panel):
    return [name for name, _ in panel.calls]


def test_a_card_opens_its_plant_and_back_comes_home(panel):
    panel.tap("PlantCard", name="Basil")
    assert panel.app.page_name == "plant"
    assert panel.find("PlantScreen").name == "Basil"
    panel.press(icon="chevron-left")
    assert panel.app.page_name == "home"


@pytest.mark.parametrize("page", ["alerts", "light", "camera", "settings", "home"])
def test_the_navigation_leads_everywhere(panel, page):
    panel.tap("NavigationItem", page=page)
    assert panel.app.page_name == page


def test_the_light_line_opens_the_light(panel):
    panel.tap(panel.find("Text", text="until 21:15").parent)
    assert panel.app.page_name == "light"


def test_watered_is_one_tap_and_can_be_undone(panel):
    panel.app.go("plant", plant_id=2)
    panel.settle()
    panel.press(text="Watered")
    assert panel.calls[-1] == ("log_care", {"plant_id": 2, "kind": "water"})
    assert panel.toast == "Watered, noted for Rubber plant"
    panel.press(text="Undo")
    assert panel.calls[-1] == ("delete_care", {"care_id": 1})


def test_a_refusal_is_said_in_its_own_words(panel):
    panel.app.go("plant", plant_id=2)
    panel.settle()
    panel.listeners.refusal = "There is no plant 2."
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
    assert panel.calls[-1] == ("log_care", {"plant_id": 1, "kind": kind})


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
    assert panel.calls[-1] == ("log_care", {"plant_id": 1, "kind": "note", "text": "New buds"})
    assert not panel.there("TextSheet")


def test_feed_may_name_the_food(panel):
    panel.app.go("plant", plant_id=1, tab="care")
    panel.settle()
    panel.press(text="Feed")
    panel.type("npk")
    panel.press(text="Save")
    assert panel.calls[-1] == ("log_care", {"plant_id": 1, "kind": "feed", "product": "npk"})


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
    assert panel.find("PlantScreen").overlay_on
    panel.tap(panel.find("Text", text="Outlines").parent)
    assert not panel.find("PlantScreen").overlay_on


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
    assert panel.calls[-1] == ("mark_notification_read", {"notification_id": 4})
    panel.press(text="Clear read")
    assert panel.calls[-1] == ("clear_read_notifications", {})
    panel.tap("Words", text="Rubber plant: Thirsty")
    assert panel.app.page_name == "plant"


def test_an_alert_is_put_off(panel):
    panel.tap("NavigationItem", page="alerts")
    card = panel.find("NoticeCard", title="Rubber plant: Thirsty")
    panel.tap(next(child for child in card.walk() if getattr(child, "icon", "") == "zzz"))
    panel.press(text="For 8 hours")
    assert panel.calls[-1] == ("snooze_notification", {"notification_id": 4, "hours": 8.0})
    assert panel.toast == "You will hear of it again"


def test_a_ready_made_plan_and_an_own_one(panel):
    panel.app.go("plan", plant_id=1)
    panel.settle()
    panel.tap("PresetCard", name="Growth")
    assert panel.calls[-1] == ("set_monitor_plan", {"plant_id": 1, "preset": "growth_tracking"})
    panel.press(text="Advanced")
    row = panel.find("FrequencyRow", name="Flowers")
    panel.reveal(row)
    panel.tap(next(part for part in row.walk() if getattr(part, "text", "") == "Weekly"))
    args = panel.calls[-1][1]
    assert (args["preset"], args["pipelines"]["P5"]) == ("custom", "weekly")
    limit = panel.find("LimitRow", words="Firmness below")
    panel.reveal(limit)
    panel.tap(next(part for part in limit.walk() if getattr(part, "icon", "") == "plus"))
    rules = {rule["metric"]: rule for rule in panel.calls[-1][1]["rules"]}
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
        assert panel.calls[-1] == ("update_plant", {"plant_id": 1, **expected})
    row = panel.find("SettingRow", name="Stop watching this plant")
    panel.reveal(row)
    panel.tap(row)
    panel.press(text="Stop watching")
    assert panel.calls[-1] == ("archive_plant", {"plant_id": 1})


def test_the_film_plays_pauses_and_is_scrubbed(panel):
    panel.app.go("timelapse", plant_id=2)
    panel.settle()
    film = panel.find("TimelapseScreen")
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
    assert panel.calls[-1] == ("start_timelapse", {"plant_id": 2, "name": "Rubber plant", "interval_s": 3600})


def test_before_and_after_is_drawn_along(panel):
    panel.app.go("timelapse", plant_id=2)
    panel.settle()
    before_after = panel.find("BeforeAfter")
    panel.press(icon="layout-columns")
    panel.settle()
    half = panel.pixels().copy()
    panel.drag(before_after.center, (before_after.x + before_after.width * 0.1, before_after.center_y))
    assert before_after.share == pytest.approx(0.1, abs=0.02)
    assert (panel.pixels() != half).any()
    panel.press(icon="layout-columns")
    assert not panel.find("TimelapseScreen").comparing


def test_while_the_daemon_is_away_nothing_can_be_done_but_looked_at(panel):
    panel.app.go("light")
    panel.app.row_cache.set_link("away", "connection refused")
    panel.app.row_cache.notify()
    panel.settle()
    assert panel.there("Banner", words="Sproutcast is not answering")
    panel.tap(panel.find("Press", text="On for 30 minutes"))
    assert panel.calls == []
    panel.tap("NavigationItem", page="alerts")
    assert panel.app.page_name == "alerts"
    panel.app.row_cache.set_link("live")
    panel.app.row_cache.notify()
    panel.frame(2)
    assert not panel.there("Banner")
