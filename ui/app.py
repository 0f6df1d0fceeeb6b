"""The touchscreen's application: builds every part once and shows one page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics.texture import Texture
from kivy.lang import Builder
from kivy.uix.floatlayout import FloatLayout

from sproutcast_pi.messages.formatter import Formatter, LocalePreferences
from sproutcast_pi.messages.message import Message
from sproutcast_pi.messages.preferences import locale_preferences
from ui.alerts.model import pending_prompts
from ui.bridge import DaemonBridge, DaemonConnection, ReplyCallback
from ui.clock import PlantClock
from ui.frame_pacing import FramePacer
from ui.machine.machine import Machine
from ui.pages import BARE, PAGES
from ui.photos.decode import Pixels
from ui.photos.source import PhotoSource
from ui.photos.texture_cache import TextureCache
from ui.preferences import theme_from
from ui.queries import ScreenQueries
from ui.row_cache import ScreenRowCache
from ui.screensaver.screen import Screensaver
from ui.shell import Shell
from ui.theme import Rgba, Theme, dimmed
from ui.widgets import (
    basic,
    before_after,
    curve,
    keyboard,
    light_curve,
    photo,
    qr_code,
    range_bar,
    region_editor,
    sheet,
    sparkline,
    viewfinder,
)
from ui.wizard.model import needs_setup

WIDGET_MODULES = (
    basic,
    before_after,
    curve,
    keyboard,
    light_curve,
    photo,
    qr_code,
    region_editor,
    sheet,
    range_bar,
    sparkline,
    viewfinder,
)
"""Modules whose widgets the layouts name; importing them registers them."""

HERE = Path(__file__).resolve().parent
MINUTE_S = 60
BADGE_TABLES = frozenset({"notification", "link", "profile", "capture", "software", "plant"})
"""Tables that determine the badge of the alerts button."""


def load_rules() -> None:
    """Load the layout of every screen and widget, once per process."""
    for path in sorted(HERE.rglob("*.kv"), key=lambda found: (found.name != "widgets.kv", found)):
        if str(path) not in Builder.files:
            Builder.load_file(str(path))


def upload(pixels: Pixels) -> Any:
    """Create a texture from pixels."""
    texture = Texture.create(size=(pixels.width, pixels.height), colorfmt="rgba")
    texture.blit_buffer(pixels.data, colorfmt="rgba", bufferfmt="ubyte")
    texture.flip_vertical()
    return texture


class ScreenApp(App):
    """The Kivy application. `theme` and `preferences` are the defaults until the owner's settings arrive."""

    def __init__(
        self,
        *,
        theme: Theme,
        preferences: LocalePreferences,
        connection: DaemonConnection,
        source: PhotoSource,
        **parts: Any,
    ) -> None:
        super().__init__()
        self.title = "Sproutcast"
        self.use_kivy_settings = False
        self._start_theme, self._start_preferences = theme, preferences
        self.theme = theme
        self.tr = Formatter(preferences)
        self.clock: PlantClock = parts.get("clock") or PlantClock()
        self.machine: Machine = parts.get("machine") or Machine()
        self._report: dict[str, Any] | None = parts.get("report")
        self.row_cache = ScreenRowCache()
        self.queries = ScreenQueries(self.row_cache)
        self._drain_soon = Clock.create_trigger(self._drain, -1)
        self._stop_soon = Clock.create_trigger(lambda _dt: self.stop())
        self._stopped = False
        self._pacer = FramePacer(Clock)
        self.bridge: DaemonBridge = DaemonBridge(connection, self.row_cache, self.clock, self._wake)
        self.source = source
        self.textures: TextureCache[Any] = TextureCache(source, upload, self.bridge.post)
        self._listening = self.row_cache.add_listener(self._on_tables_changed)
        self._trail: list[tuple[str, dict[str, Any]]] = []
        self._pages: dict[str, Any] = {}
        self.shell: Shell | None = None
        self.wizard_step = 0
        """Current wizard step; survives a rebuild of the widgets."""
        self._wizard_opened = False
        self._known: frozenset[str] = frozenset()
        self.holder = FloatLayout()
        self.screensaver: Screensaver | None = None

    def load_kv(self, filename: str | None = None) -> bool:
        """Disable Kivy's automatic loading of a layout by class name."""
        return filename is not None

    def build(self) -> Any:
        """Build the first page and connect to the daemon."""
        load_rules()
        self.holder = FloatLayout()
        self._rebuild()
        self.go("home")
        self.bridge.start()
        self.screensaver = Screensaver(self, Window)
        self._minute = Clock.schedule_interval(lambda _dt: self._refresh(), MINUTE_S)
        return self.holder

    def request_stop(self) -> None:
        """Stop the application between two frames; thread-safe."""
        self._stop_soon()
        self._pacer.wake()

    def on_stop(self) -> None:
        """Disconnect and stop the threads; later callbacks are dropped."""
        self._stopped = True
        if self.screensaver is not None:
            self.screensaver.close()
        self.bridge.stop()
        self.textures.close()
        self.machine.close()

    # Colours and sizes by name, for the layouts.

    @property
    def root_width(self) -> float:
        """Width of the display in pixels."""
        return float(self.theme.width)

    def tone(self, name: str) -> Rgba:
        """Return a palette colour by its role."""
        palette = self.theme.palette
        if name in {"on_act", "on_watch"}:
            return (1.0, 1.0, 1.0, 1.0) if name == "on_act" else (0.09, 0.07, 0.0, 1.0)
        found: Rgba = getattr(palette, name, palette.none)
        return found

    def press_fill(self, kind: str, state: str) -> Rgba:
        """Return the colour of a button."""
        fill = {
            "primary": self.tone("brand"),
            "danger": self.tone("act"),
            "ghost": dimmed(self.tone("raised"), 0),
        }.get(kind, self.tone("raised"))
        if state == "down":
            return dimmed(self.tone("faint"), 0.5) if kind == "ghost" else dimmed(fill, 0.6)
        return fill

    # Navigation.

    @property
    def page_name(self) -> str:
        """Name of the current page."""
        return self._trail[-1][0] if self._trail else ""

    def go(self, name: str, **arguments: Any) -> None:
        """Open a page; the five of the navigation bar reset the history."""
        if name not in BARE and name in {"home", "alerts", "light", "camera", "settings"}:
            self._trail.clear()
        self._trail.append((name, arguments))
        self._show(name, arguments)

    def back(self) -> None:
        """Return to the previous page."""
        if len(self._trail) > 1:
            self._trail.pop()
        name, arguments = self._trail[-1]
        self._show(name, arguments)

    def _show(self, name: str, arguments: dict[str, Any]) -> None:
        shell = self.shell
        assert shell is not None
        if shell.page is not None:
            shell.page.hide()
        page = self._pages.get(name)
        if page is None:
            page = self._pages[name] = PAGES[name]()
        shell.close_all_sheets()
        shell.show_page(page, name, bare=name in BARE)
        page.show(**arguments)

    # Calls.

    def do(
        self, reducer: str, args: Mapping[str, Any], *, done: str = "", answered: ReplyCallback | None = None
    ) -> None:
        """Call a reducer; show `done` on success and the error message on refusal."""

        def on_reply(value: Any, refusal: Message | None) -> None:
            if refusal is not None:
                self.toast(self.tr.message(refusal), "act")
            elif done:
                self.toast(done)
            if answered is not None:
                answered(value, refusal)

        self.bridge.call(reducer, args, on_reply)

    def toast(self, words: str, level: str = "ok", action: str = "", act: Any = None) -> None:
        """Show a toast for a few seconds."""
        if self.shell is not None:
            self.shell.toast(words, level, action, act)

    # Updates from the daemon.

    def _wake(self) -> None:
        """Schedule `_drain` before the next frame and wake the loop; thread-safe."""
        self._drain_soon()
        self._pacer.wake()

    def _drain(self, _dt: float) -> None:
        """Apply the messages of other threads."""
        if not self._stopped:
            self.bridge.drain()

    def _on_tables_changed(self, names: frozenset[str]) -> None:
        """Listener of the row cache: apply settings, update the badge, refresh the current page."""
        if "setting" in names:
            self._apply_settings()
            self._apply_brightness()
        shell = self.shell
        if shell is None:
            return
        if "link" in names:
            self._show_link()
            if self.row_cache.link == "live" and self._report:
                self.bridge.call("report_screen", self._report)
        if names & BADGE_TABLES:
            self._update_badge()
        self._open_wizard_once(names)
        page = shell.page
        if page is not None and ("link" in names or names & page.tables):
            page.refresh()

    def _open_wizard_once(self, names: frozenset[str]) -> None:
        """Open the wizard on a fresh device, once its settings, plants and health are known."""
        self._known |= names
        if not self._wizard_opened and self.row_cache.link == "live" and {"setting", "plant", "health"} <= self._known:
            self._wizard_opened = True
            if needs_setup(self.queries):
                self.go("wizard")

    def _refresh(self) -> None:
        """Refresh relative times, and redraw even if nothing changed: a replugged panel stays blank otherwise."""
        if self.shell is not None and self.shell.page is not None:
            self.shell.page.refresh()
        Window.canvas.ask_update()

    def _show_link(self) -> None:
        shell = self.shell
        assert shell is not None
        if self.row_cache.link == "away":
            shell.show_offline(
                self.tr("Sproutcast is not answering"),
                self.tr("Last known state. Trying again by itself."),
            )
        else:
            shell.show_offline("", "")

    def _apply_settings(self) -> None:
        """Apply the owner's settings; a change of theme or language rebuilds the widgets."""
        theme = theme_from(self._start_theme, self.queries.setting, self.clock.now())
        preferences = locale_preferences(self.queries.setting, self._start_preferences)
        if theme == self.theme and preferences == self.tr.preferences:
            return
        self.theme, self.tr = theme, Formatter(preferences)
        self._rebuild()
        if self._trail:
            self._show(*self._trail[-1])

    def _apply_brightness(self) -> None:
        """Apply the brightness and screensaver settings."""
        self.machine.backlight.level(float(self.queries.setting("screen_brightness", 1.0)))
        if self.screensaver is not None:
            self.screensaver.check()

    def _rebuild(self) -> None:
        """Rebuild the shell in the current theme and language."""
        self._pages.clear()
        self.holder.clear_widgets()
        self.shell = Shell(self, pos_hint={"x": 0, "y": 0})
        self.holder.add_widget(self.shell)
        if self.screensaver is not None:
            self.screensaver.raise_cover()
        Window.clearcolor = self.tone("ground")
        if self.row_cache.link == "away":
            self._show_link()
        self._update_badge()

    def _update_badge(self) -> None:
        """Set the badge of the alerts button."""
        assert self.shell is not None
        waiting = self.queries.unread() + len(pending_prompts(self.queries, self.tr))
        self.shell.navigation.badge("alerts", str(min(waiting, 99)) if waiting else "")
