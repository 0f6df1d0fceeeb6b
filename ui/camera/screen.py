"""The camera screen and the editor of plant regions."""

from __future__ import annotations

from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from sproutcast_pi.messages.areas import screen
from ui.camera.model import camera_page, preview_page, region_of
from ui.camera.preview import DecodedPreview, PreviewReader
from ui.camera.region import Region, propose_region
from ui.page import Page
from ui.widgets.basic import Press
from ui.widgets.sheet import TextSheet

PREVIEW_S = 120.0
"""Time limit of aiming, which keeps the camera busy and the lamp on."""


class Meter(BoxLayout):
    """A bar with a label."""

    name = StringProperty("")
    words = StringProperty("")
    level = StringProperty("none")
    share = NumericProperty(0)
    mark = NumericProperty(0)
    """Best value so far, drawn as a line across the bar; 0: none."""


class CameraScreen(Page):
    """The newest photo with focus and brightness; the live preview while aiming."""

    tables = frozenset({"capture", "plant"})
    photo = StringProperty("")
    taken = StringProperty("")
    busy = BooleanProperty(False)
    aiming = BooleanProperty(False)
    fault = StringProperty("")
    hint = StringProperty("")
    focus = NumericProperty(0)
    best = NumericProperty(0)
    """Highest sharpness since aiming began."""
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
        """Update from the row cache; while aiming, the preview takes precedence over the last photo."""
        app = self.app
        page = camera_page(app.queries, app.clock.now(), app.tr)
        self.photo, self.busy = page.photo, page.busy
        editor = self.ids.editor
        editor.regions = {p["id"]: region for p in app.queries.plants() if (region := region_of(p))}
        editor.names = {p["id"]: app.queries.name(p, app.tr) for p in app.queries.plants()}
        if self.aiming:
            return
        self.taken, self.fault, self.hint = page.taken, page.fault, page.hint
        self.focus, self.focus_words, self.focus_level = page.focus, page.focus_words, page.focus_level
        self.light, self.light_words, self.light_level = page.light, page.light_words, page.light_level

    def hide(self) -> None:
        """End aiming when the page is left."""
        self.aim(False)

    def take(self) -> None:
        """Request a photo."""
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
        self.best, self.taken, self.fault = 0, self.app.tr("Live"), ""
        self._end = Clock.schedule_once(lambda _dt: self.aim(False), PREVIEW_S)
        self._light_lamp(True)
        self._finder.start(int(self.ids.finder.width), int(self.ids.finder.height))

    def _light_lamp(self, wanted: bool) -> None:
        """Switch the lamp on for aiming if it is off, and undo only that override."""
        app = self.app
        if wanted and not float((app.queries.light() or {}).get("now_level") or 0):
            self._lit = True
            app.do("override_light", {"level": 1.0, "minutes": PREVIEW_S / 60})
        elif not wanted and self._lit:
            self._lit = False
            app.do("clear_light_override", {})

    def _show_preview(self, seen: DecodedPreview) -> None:
        """Show one image."""
        tr, image = self.app.tr, seen.image
        if image is None or seen.pixels is None:
            self.fault = tr.message(seen.fault or screen.NO_PREVIEW())
            return
        self.ids.finder.show(seen.pixels)
        self.best = max(self.best, image.sharpness)
        page = preview_page(image.sharpness, image.exposure, image.burnt, self.best, tr)
        self.fault, self.hint = "", page.hint
        self.focus, self.focus_words, self.focus_level = image.sharpness, page.focus_words, page.focus_level
        self.light, self.light_words, self.light_level = image.exposure, page.light_words, page.light_level


class RegionsScreen(Page):
    """Page to draw and drag plant regions."""

    tables = frozenset({"capture", "plant"})
    photo = StringProperty("")
    hint = StringProperty("")
    has_region = BooleanProperty(False)
    pots = BooleanProperty(False)
    """Whether pot widths are drawn instead of plant regions."""

    def show(self, plant_id: int = 0, **_request: Any) -> None:
        """Open the page, optionally with a plant selected."""
        self.refresh()
        self.pick(int(plant_id) or next((p["id"] for p in self.app.queries.plants()), 0))

    def refresh(self) -> None:
        """Update from the row cache, except a region that is being dragged."""
        app = self.app
        photo = app.queries.newest_photo() or {}
        self.photo = photo.get("file") or ""
        plants = app.queries.plants()
        editor = self.ids.editor
        editor.names = {p["id"]: app.queries.name(p, app.tr) for p in plants}
        if not editor.held:
            column = self._column
            editor.regions = {p["id"]: region for p in plants if (region := region_of(p, column))}
        self._list(plants)

    @property
    def _column(self) -> str:
        return "pot_region" if self.pots else "region"

    def turn(self) -> None:
        """Toggle between pot widths and plant regions."""
        self.pots = not self.pots
        self.refresh()

    def pick(self, plant_id: int) -> None:
        """Select a plant."""
        self.ids.editor.selected = plant_id
        self._list(self.app.queries.plants())

    def _list(self, plants: list[Any]) -> None:
        tr, editor = self.app.tr, self.ids.editor
        wanted = [(p["id"], self.app.queries.name(p, tr), p["id"] == editor.selected) for p in plants]
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
            self.hint = tr("Add a plant, then draw a frame around it.")
        elif self.pots:
            self.hint = tr("Draw a frame exactly as wide as the rim of the pot.")
        elif self.has_region:
            self.hint = tr("Drag the frame or its corners.")
        else:
            self.hint = tr("It is found by itself. Draw a frame to help.")

    def changed(self, plant_id: int, region: Region) -> None:
        """Save a region; a refusal restores the old one."""
        self._save(plant_id, [[round(x, 4), round(y, 4)] for x, y in region])

    def clear(self) -> None:
        """Clear the plant's region, or its pot's width."""
        self._save(self.ids.editor.selected, None)

    def _save(self, plant_id: int, region: list[list[float]] | None) -> None:
        self.app.do(
            "update_plant",
            {"plant_id": plant_id, self._column: region},
            done=self.app.tr("Saved"),
            answered=lambda *_: self.refresh(),
        )

    def ask_name(self) -> None:
        """Ask for the new plant's name."""
        tr = self.app.tr
        TextSheet(self._add, title=tr("What is the plant called?"), hint=tr("Basil"), save_word=tr("Add")).open()

    def _add(self, name: str) -> str | None:
        if not name:
            return str(self.app.tr("Give it a name first."))
        taken = list(self.ids.editor.regions.values())
        region = [list(point) for point in propose_region(taken)] if self.photo else None

        def added(plant_id: Any, refusal: str | None) -> None:
            if refusal is None and isinstance(plant_id, int):
                self.pick(plant_id)

        self.app.do("create_plant", {"name": name, "region": region}, done=self.app.tr("Added"), answered=added)
        return None
