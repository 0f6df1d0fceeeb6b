"""The application shell: navigation, page area, banner, toast, sheets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kivy.animation import Animation
from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout

from ui.page import Page
from ui.widgets.basic import Surface

TOAST_S = 5.0
NAVIGATION_ITEMS = (
    ("home", "plant-2"),
    ("alerts", "bell"),
    ("light", "bulb"),
    ("camera", "camera"),
    ("settings", "settings"),
)
PARENT_ITEMS = {
    "plant": "home",
    "plan": "home",
    "care": "home",
    "timelapse": "home",
    "plant_edit": "home",
    "regions": "camera",
    "outline": "camera",
}
PARENT_ITEMS |= dict.fromkeys(("diagnostics", "log", "wifi", "phones", "software"), "settings")
"""Pages that belong to another page's navigation button."""


class NavigationItem(ButtonBehavior, BoxLayout):
    """Button of the navigation bar."""

    page = StringProperty("")
    icon = StringProperty("")
    word = StringProperty("")
    badge = StringProperty("")
    chosen = BooleanProperty(False)


class Navigation(BoxLayout):
    """The navigation bar with its five buttons."""

    def __init__(self, app: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        words = {
            "home": app.tr("Plants"),
            "alerts": app.tr("Alerts"),
            "light": app.tr("Light"),
            "camera": app.tr("Camera"),
            "settings": app.tr("Settings"),
        }
        for page, icon in NAVIGATION_ITEMS:
            item = NavigationItem(page=page, icon=icon, word=words[page])
            item.bind(on_release=lambda touched: app.go(touched.page))
            self.add_widget(item)

    def choose(self, page: str) -> None:
        """Highlight the button of the current page."""
        for item in self.children:
            item.chosen = item.page == PARENT_ITEMS.get(page, page)

    def badge(self, page: str, text: str) -> None:
        """Set the badge of a button."""
        for item in self.children:
            if item.page == page:
                item.badge = text


class Banner(BoxLayout):
    """Banner shown while the daemon is unreachable."""

    words = StringProperty("")
    detail = StringProperty("")


class Toast(Surface):
    """Short-lived message with an optional action."""

    words = StringProperty("")
    icon = StringProperty("circle-check")
    level = StringProperty("ok")
    action = StringProperty("")

    def __init__(self, act: Callable[[], None] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._act = act

    def act(self) -> None:
        """Run the action once."""
        act, self._act = self._act, None
        if act is not None:
            act()


class DimOverlay(FloatLayout):
    """Overlay that greys out and disables a page with outdated content."""

    def __init__(self, colour: tuple[float, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.canvas:
            Color(*colour)
            self._rectangle = Rectangle()
        self.bind(pos=self._place, size=self._place)

    def _place(self, *_: Any) -> None:
        self._rectangle.pos, self._rectangle.size = self.pos, self.size

    def on_touch_down(self, touch: Any) -> bool:
        """Swallow the touch."""
        return bool(self.collide_point(*touch.pos))


class Shell(FloatLayout):
    """Root widget: navigation beside (or below) the current page."""

    def __init__(self, app: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._app = app
        self.page: Page | None = None
        self.navigation = Navigation(app)
        self.banner = Banner()
        self.stage = FloatLayout()
        self._veil: DimOverlay | None = None
        self._toast: Toast | None = None
        self._sheets: list[FloatLayout] = []
        for widget in (self.stage, self.navigation) if app.theme.portrait else (self.navigation, self.stage):
            self.ids.body.add_widget(widget)

    def show_page(self, page: Page, name: str, *, bare: bool) -> None:
        """Display a page; `bare` hides the navigation."""
        if self.page is not None:
            self.stage.remove_widget(self.page)
        self.page = page
        page.size_hint, page.pos_hint = (1, 1), {"x": 0, "y": 0}
        self.stage.add_widget(page, index=len(self.stage.children))
        self.navigation.choose(name)
        hidden = self.navigation.parent is None
        if bare and not hidden:
            self.ids.body.remove_widget(self.navigation)
        elif not bare and hidden:
            self.ids.body.add_widget(
                self.navigation, index=0 if self._app.theme.portrait else len(self.ids.body.children)
            )

    def show_offline(self, words: str, detail: str) -> None:
        """Show the offline banner and grey out the page; empty words remove both."""
        self.banner.words, self.banner.detail = words, detail
        if words and self._veil is None:
            ground = self._app.tone("ground")
            self._veil = DimOverlay((*ground[:3], 0.62), pos_hint={"x": 0, "y": 0})
            self.stage.add_widget(self._veil)
            self.stage.add_widget(self.banner)
        elif not words and self._veil is not None:
            self.stage.remove_widget(self._veil)
            self.stage.remove_widget(self.banner)
            self._veil = None

    def open_sheet(self, sheet: FloatLayout) -> None:
        """Open a sheet."""
        self._sheets.append(sheet)
        self.add_widget(sheet)

    def close_sheet(self, sheet: FloatLayout) -> None:
        """Close a sheet."""
        if sheet in self._sheets:
            self._sheets.remove(sheet)
            self.remove_widget(sheet)

    def close_all_sheets(self) -> None:
        """Close all sheets."""
        for sheet in list(self._sheets):
            self.close_sheet(sheet)

    def toast(self, words: str, level: str, action: str, act: Callable[[], None] | None) -> None:
        """Show a toast at the bottom for a few seconds."""
        self.dismiss_toast()
        icon = {"ok": "circle-check", "watch": "alert-triangle", "act": "alert-octagon"}.get(level, "info-circle")
        toast = Toast(act=act, words=words, level=level, icon=icon, action=action)
        toast.bind(size=self._place_toast)
        self._toast = toast
        self.add_widget(toast)
        self._place_toast()
        Clock.schedule_once(lambda _dt: self.dismiss_toast(toast), TOAST_S * (2 if level == "act" else 1))

    def dismiss_toast(self, toast: Toast | None = None) -> None:
        """Hide the toast."""
        if self._toast is not None and toast in {None, self._toast}:
            Animation.cancel_all(self._toast)
            self.remove_widget(self._toast)
            self._toast = None

    def _place_toast(self, *_: Any) -> None:
        if self._toast is not None:
            bottom = self._app.theme.mm(3)
            if self._app.theme.portrait:
                bottom += self._app.theme.mm(14)
            self._toast.pos = (self.center_x - self._toast.width / 2, bottom)
