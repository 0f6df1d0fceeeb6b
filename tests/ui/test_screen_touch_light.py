"""Light and camera under a finger, through real touch events."""

import threading

import pytest

from tests.ui import screen_fixtures as scene


def light(panel):
    panel.app.go("light")
    panel.settle()
    return panel.find("LightCurve")


def test_the_end_of_the_day_is_dragged(panel):
    curve = light(panel)
    x, y = curve.handle_at("end")
    width = curve.plot()[2]
    panel.drag((x, y), (x - width / 12, y))
    assert panel.calls[-1] == ("set_light_schedule", {"hours": 14.0})


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
    assert panel.calls[-1] == ("set_light_schedule", expected)


def test_a_refused_plan_brings_the_old_curve_back(panel):
    curve = light(panel)
    before = curve.plan
    panel.listeners.refusal = "hours: at most 18 hours a day"
    x, y = curve.handle_at("end")
    panel.drag((x, y), (x - 80, y))
    assert panel.toast == "hours: at most 18 hours a day"
    assert panel.find("LightCurve").plan == before


def test_the_light_by_hand_and_back(panel):
    light(panel)
    panel.press(text="On for 30 minutes")
    assert panel.calls[-1] == ("override_light", {"level": 1.0, "minutes": 30.0})
    panel.press(text="Off for 30 minutes")
    assert panel.calls[-1] == ("override_light", {"level": 0.0, "minutes": 30.0})
    row = {**scene.light(), "now_reason": "override", "override_until_at": scene.stamp(scene.NOW)}
    panel.app.row_cache.diff("light", update=[row])
    panel.app.row_cache.notify()
    panel.press(text="Back to the plan")
    assert panel.calls[-1] == ("clear_light_override", {})


def test_the_plan_is_switched_off_and_the_lamp_described(panel):
    light(panel)
    panel.tap("Toggle")
    assert panel.calls[-1] == ("set_light_schedule", {"enabled": False})
    panel.tap("Text", text="For herbs and salad")
    panel.find("Field").text = ""
    panel.type("300")
    panel.press(text="Save")
    assert panel.calls[-1] == ("set_light_schedule", {"ppfd_full": 300.0})


def test_a_photograph_on_demand(panel):
    panel.app.go("camera")
    panel.settle()
    panel.press(text="Take a photograph")
    assert panel.calls[-1] == ("request_capture", {"reason": "button"})


def looked(panel, wanted):
    """Draw until the camera's page is as wanted."""
    page = panel.find("CameraScreen")
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
    assert panel.find("CameraScreen").focus != 0.11
    assert panel.calls == [], "the lamp was lit already"


def test_aiming_in_the_dark_lights_the_lamp_and_gives_it_back(panel):
    panel.app.row_cache.diff("light", update=[{**scene.light(), "now_level": 0.0, "now_reason": "off"}])
    panel.app.row_cache.notify()
    panel.app.go("camera")
    panel.settle()
    panel.press(text="Aim the camera")
    assert panel.calls == [("override_light", {"level": 1.0, "minutes": 2.0})]
    panel.tap("NavigationItem", page="home")
    assert panel.calls[-1] == ("clear_light_override", {})
    assert not panel.app._pages["camera"].aiming


def regions(panel, plant_id=5):
    panel.app.go("regions", plant_id=plant_id)
    panel.settle()
    return panel.find("RegionEditor")


def test_a_region_is_dragged_by_its_corner_and_as_a_whole(panel):
    editor = regions(panel)
    corner = editor.image_to_window(editor.regions[5][0])
    panel.drag(corner, (corner[0] + 40, corner[1] - 30))
    name, args = panel.calls[-1]
    assert (name, args["plant_id"]) == ("update_plant", 5)
    assert args["region"][0][0] > 0.23
    assert args["region"][2] == [0.78, 0.9]
    editor = panel.find("RegionEditor")
    inside = editor.image_to_window((0.4, 0.5))
    panel.drag(inside, (inside[0] - 30, inside[1]))
    assert panel.calls[-1][1]["region"][2][0] < 0.78


def test_a_region_is_drawn_for_a_plant_without_one(panel):
    editor = regions(panel, plant_id=1)
    panel.drag(editor.image_to_window((0.82, 0.1)), editor.image_to_window((0.96, 0.3)))
    args = panel.calls[-1][1]
    assert args["plant_id"] == 1
    assert args["region"] == [pytest.approx(p, abs=0.01) for p in ([0.82, 0.1], [0.96, 0.1], [0.96, 0.3], [0.82, 0.3])]


def test_the_width_of_a_pot_is_drawn_as_a_frame_of_its_own(panel):
    regions(panel)
    panel.press(text="Width of the pots")
    editor = panel.find("RegionEditor")
    assert editor.regions == {}
    panel.drag(editor.image_to_window((0.4, 0.7)), editor.image_to_window((0.6, 0.8)))
    name, args = panel.calls[-1]
    assert (name, set(args)) == ("update_plant", {"plant_id", "pot_region"})
    across = [x for x, _ in args["pot_region"]]
    assert max(across) - min(across) == pytest.approx(0.2, abs=0.01)
    panel.press(text="Plants again")
    assert 5 in panel.find("RegionEditor").regions


def test_a_slip_of_the_finger_draws_nothing(panel):
    editor = regions(panel, plant_id=1)
    start = editor.image_to_window((0.9, 0.1))
    panel.drag(start, (start[0] + 2, start[1] + 2))
    assert panel.calls == []


def test_a_plant_is_added_chosen_and_found_by_itself(panel):
    regions(panel)
    panel.press(text="Find it by itself")
    assert panel.calls[-1] == ("update_plant", {"plant_id": 5, "region": None})
    panel.press(text="Add a plant")
    panel.type("mint")
    panel.press(text="Add")
    name, args = panel.calls[-1]
    assert (name, args["name"], len(args["region"])) == ("create_plant", "mint", 4)
    panel.press(text="Chilli pepper")
    assert panel.find("RegionEditor").selected == 4
