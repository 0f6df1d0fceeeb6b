"""The camera screen and the editor of the plants' places."""

from __future__ import annotations

from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from ui.camera.model import camera_page, preview_page, region_of
from ui.camera.preview import DecodedPreview, PreviewReader
from ui.camera.region import Region, propose_region
from ui.page import Page
from ui.widgets.basic import Press
from ui.widgets.sheet import TextSheet

PREVIEW_S = 120.0
"""Aiming ends by itself: it keeps the camera busy, and the lamp lit."""


class Meter(BoxLayout):
    """A bar with its meaning in words."""

    name = StringProperty("")
    words = StringProperty("")
    level = StringProperty("none")
    share = NumericProperty(0)
    mark = NumericProperty(0)
    """The best so far, a line across the bar; 0: none."""


class CameraScreen(Page):
    """The newest photograph with how sharp and bright it is; while aiming, what the camera sees now."""

    tables = frozenset({"capture", "plant"})
    photo = StringProperty("")
    taken = StringProperty("")
    busy = BooleanProperty(False)
    aiming = BooleanProperty(False)
    fault = StringProperty("")
    hint = StringProperty("")
    focus = NumericProperty(0)
    best = NumericProperty(0)
    """The sharpest look since aiming began."""
    focus_words = StringProperty("")
    focus_level = StringProperty("none")
    light = NumericProperty(0)
    light_words = StringProperty("")
    light_level = StringProperty("none")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._finder = PreviewReader(self.app.source, self.app.bridge.post, self._show_preview)
        self._end: Any = None
        self._lit = False

    def refresh(self) -> None:
        """Show what is known now; while aiming the view says more than the last photograph."""
        app = self.app
        page = camera_page(app.garden, app.clock.now(), app.say)
        self.photo, self.busy = page.photo, page.busy
        editor = self.ids.editor
        editor.regions = {p["id"]: region for p in app.garden.plants() if (region := region_of(p))}
        editor.names = {p["id"]: app.garden.name(p, app.say) for p in app.garden.plants()}
        if self.aiming:
            return
        self.taken, self.fault, self.hint = page.taken, page.fault, page.hint
        self.focus, self.focus_words, self.focus_level = page.focus, page.focus_words, page.focus_level
        self.light, self.light_words, self.light_level = page.light, page.light_words, page.light_level

    def hide(self) -> None:
        """Aiming ends with the page."""
        self.aim(False)

    def take(self) -> None:
        """Take one photograph."""
        self.app.do("request_capture", {"reason": "button"})

    def aim(self, wanted: bool) -> None:
        """Start or stop aiming."""
        if wanted == self.aiming:
            return
        self.aiming = wanted
        if self._end is not None:
            self._end.cancel()
        if not wanted:
            self._finder.stop()
            self.ids.finder.clear()
            self._light_lamp(False)
            self.refresh()
            return
        self.best, self.taken, self.fault = 0, self.app.say("Live"), ""
        self._end = Clock.schedule_once(lambda _dt: self.aim(False), PREVIEW_S)
        self._light_lamp(True)
        self._finder.start(int(self.ids.finder.width), int(self.ids.finder.height))

    def _light_lamp(self, wanted: bool) -> None:
        """Light the lamp where it is dark, and only take back what was done for aiming."""
        app = self.app
        if wanted and not float((app.garden.light() or {}).get("now_level") or 0):
            self._lit = True
            app.do("override_light", {"level": 1.0, "minutes": PREVIEW_S / 60})
        elif not wanted and self._lit:
            self._lit = False
            app.do("clear_light_override", {})

    def _show_preview(self, seen: DecodedPreview) -> None:
        """Show one look."""
        say, look = self.app.say, seen.look
        if look is None or seen.pixels is None:
            self.fault = say.sentence(seen.fault)
            return
        self.ids.finder.show(seen.pixels)
        self.best = max(self.best, look.sharpness)
        page = preview_page(look.sharpness, look.exposure, look.burnt, self.best, say)
        self.fault, self.hint = "", page.hint
        self.focus, self.focus_words, self.focus_level = look.sharpness, page.focus_words, page.focus_level
        self.light, self.light_words, self.light_level = look.exposure, page.light_words, page.light_level


class RegionsScreen(Page):
    """Draw and drag where each plant stands."""

    tables = frozenset({"capture", "plant"})
    photo = StringProperty("")
    hint = StringProperty("")
    has_region = BooleanProperty(False)
    pots = BooleanProperty(False)
    """Whether the pots' widths are drawn instead of the plants' places."""

    def show(self, plant_id: int = 0, **_wish: Any) -> None:
        """Show, with a plant chosen if asked."""
        self.refresh()
        self.pick(int(plant_id) or next((p["id"] for p in self.app.garden.plants()), 0))

    def refresh(self) -> None:
        """Show what is known now; a region under a finger is left to the finger."""
        app = self.app
        photo = app.garden.newest_photo() or {}
        self.photo = photo.get("file") or ""
        plants = app.garden.plants()
        editor = self.ids.editor
        editor.names = {p["id"]: app.garden.name(p, app.say) for p in plants}
        if not editor.held:
            column = self._column
            editor.regions = {p["id"]: region for p in plants if (region := region_of(p, column))}
        self._list(plants)

    @property
    def _column(self) -> str:
        return "pot_region" if self.pots else "region"

    def turn(self) -> None:
        """Draw the pots' widths, or the plants' places again."""
        self.pots = not self.pots
        self.refresh()

    def pick(self, plant_id: int) -> None:
        """Choose a plant."""
        self.ids.editor.selected = plant_id
        self._list(self.app.garden.plants())

    def _list(self, plants: list[Any]) -> None:
        say, editor = self.app.say, self.ids.editor
        wanted = [(p["id"], self.app.garden.name(p, say), p["id"] == editor.selected) for p in plants]
        if wanted != getattr(self, "_listed", None):
            self._listed = wanted
            box = self.ids.plants
            box.clear_widgets()
            for plant_id, name, chosen in wanted:
                row = Press(text=name, kind="primary" if chosen else "plain", centred=False, icon="leaf")
                row.bind(on_release=lambda _row, plant_id=plant_id: self.pick(plant_id))
                box.add_widget(row)
        self.has_region = editor.selected in editor.regions
        if not plants:
            self.hint = say("Add a plant, then draw a frame around it.")
        elif self.pots:
            self.hint = say("Draw a frame exactly as wide as the rim of the pot.")
        elif self.has_region:
            self.hint = say("Drag the frame or its corners.")
        else:
            self.hint = say("It is found by itself. Draw a frame to help.")

    def changed(self, plant_id: int, region: Region) -> None:
        """Keep a region; a refusal brings the old one back."""
        self._save(plant_id, [[round(x, 4), round(y, 4)] for x, y in region])

    def clear(self) -> None:
        """Let the plant be found by itself; forget how wide its pot is."""
        self._save(self.ids.editor.selected, None)

    def _save(self, plant_id: int, region: list[list[float]] | None) -> None:
        self.app.do(
            "update_plant",
            {"plant_id": plant_id, self._column: region},
            done=self.app.say("Saved"),
            answered=lambda *_: self.refresh(),
        )

    def ask_name(self) -> None:
        """Ask how the new plant is called."""
        say = self.app.say
        TextSheet(self._add, title=say("What is the plant called?"), hint=say("Basil"), save_word=say("Add")).open()

    def _add(self, name: str) -> str | None:
        if not name:
            return str(self.app.say("Give it a name first."))
        taken = list(self.ids.editor.regions.values())
        region = [list(point) for point in propose_region(taken)] if self.photo else None

        def added(plant_id: Any, refusal: str | None) -> None:
            if refusal is None and isinstance(plant_id, int):
                self.pick(plant_id)

        self.app.do("create_plant", {"name": name, "region": region}, done=self.app.say("Added"), answered=added)
        return None
