"""Every screen at 800 by 480 against its reference picture."""

import os
import time

import cv2
import pytest

from tests.ui import screen_fixtures as scene
from tests.ui.reference_images import ALLOWED, REFERENCES, check, different
from tests.ui.screen_list import SCREENS

RENEW = bool(os.environ.get("RENEW_PICTURES"))


@pytest.fixture(scope="module")
def still(drawable):
    """One panel for all pictures."""
    from tests.ui.screen_harness import Panel

    made = Panel()
    yield made
    made.close()


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_looks_as_it_should(still, name):
    page, arguments = SCREENS[name]
    still.app.go(page, **arguments)
    still.settle()
    check(still.pixels(), name, renew=RENEW)


def test_away_looks_as_it_should(still):
    still.app.go("home")
    still.app.row_cache.set_link("away", "gone")
    still.app.row_cache.notify()
    still.settle()
    check(still.pixels(), "away", renew=RENEW)
    still.app.row_cache.set_link("live")
    still.app.row_cache.notify()


def test_the_photo_frame_looks_as_it_should(still):
    still.app.go("home")
    still.app.screensaver._last -= 901
    still.app.screensaver.check()
    still.settle()
    check(still.pixels(), "frame", renew=RENEW)
    still.tap((400, 200))


def test_a_keyboard_looks_as_it_should(still):
    still.app.go("plant", plant_id=1, tab="care")
    still.settle()
    still.press(text="Note")
    still.frame(4)
    still.find("Field").focus = False  # the cursor blinks
    still.frame(2)
    check(still.pixels(), "keyboard", renew=RENEW)
    still.press(text="Cancel")


@pytest.mark.skipif(RENEW, reason="needs finished references")
@pytest.mark.parametrize("kind", ["Sparkline", "StateLine", "Icon"])
def test_a_moved_or_missing_element_is_noticed(still, kind):
    from kivy.graphics import PopMatrix, PushMatrix, Translate

    still.app.go("home")
    still.settle()
    reference = cv2.imread(str(REFERENCES / "home.png"))
    card = still.find("PlantCard", name="Basil") if kind != "Icon" else still.find("NavigationItem", page="light")
    widget = next(part for part in card.walk() if type(part).__name__ == kind)
    assert different(still.pixels(), reference) <= ALLOWED
    with widget.canvas.before:
        PushMatrix()
        Translate(6, 0)
    with widget.canvas.after:
        PopMatrix()
    moved = different(still.pixels(), reference)
    widget.opacity = 0
    missing = different(still.pixels(), reference)
    widget.opacity = 1
    widget.canvas.before.clear()
    widget.canvas.after.clear()
    assert moved > ALLOWED
    assert missing > ALLOWED


def test_nothing_is_drawn_while_nothing_changes(still):
    still.app.go("home")
    still.settle(10)
    flips = []
    still.window.bind(on_flip=lambda *_: flips.append(1))
    # Photographs come from another thread; what they draw when they come is a change. Begin once they have.
    end = time.monotonic() + 20
    quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < 1.5 and time.monotonic() < end:
        still.frame(5)
        if flips:
            flips.clear()
            quiet_since = time.monotonic()
    flips.clear()
    still.frame(60)
    assert flips == []
    still.app.row_cache.diff("light", update=[scene.light()])
    still.app.row_cache.notify()
    still.frame(5)
    assert flips == [], "a difference that changes nothing visible must draw nothing"
