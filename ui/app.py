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

from sproutcast_pi.messages.message import Message
from sproutcast_pi.messages.preferences import locale_preferences
from ui.alerts.model import pending_prompts
from ui.bridge import DaemonBridge, DaemonConnection, ReplyCallback
from ui.clock import PlantClock
from ui.frame_pacing import FramePacer
from ui.i18n.formatter import LocalePreferences, ScreenFormatter
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
"""Modules whose widgets the layouts name; importing them makes them known."""

HERE = Path(__file__).resolve().parent
MINUTE_S = 60
BADGE_TABLES = frozenset({"notification", "link", "profile", "capture", "software", "plant"})
"""Tables from which the number at the bell follows."""


def load_rules() -> None:
    """Load the layout of every screen and widget, once per process."""
    for path in sorted(HERE.rglob("*.kv"), key=lambda found: (found.name != "widgets.kv", found)):
        if str(path) not in Builder.files:
            Builder.load_file(str(path))


def upload(pixels: Pixels) -> Any:
    """Turn pixels into a texture."""
    texture = Texture.create(size=(pixels.width, pixels.height), colorfmt="rgba")
    texture.blit_buffer(pixels.data, colorfmt="rgba", bufferfmt="ubyte")
    texture.flip_vertical()
    return texture


class ScreenApp(App):
    """The whole screen. `look` and `habits` are where it starts; what the owner set replaces them."""

    def __init__(
        self, *, look: Theme, habits: LocalePreferences, connection: DaemonConnection, source: PhotoSource, **parts: Any
    ) -> None:
        super().__init__()
        self.title = "Sproutcast"
        self.use_kivy_settings = False
        self._start_look, self._start_preferences = look, habits
        self.look = look
        self.say = ScreenFormatter(habits)
        self.clock: PlantClock = parts.get("clock") or PlantClock()
        self.machine: Machine = parts.get("machine") or Machine()
        self._report: dict[str, str] | None = parts.get("report")
        self.live = ScreenRowCache()
        self.garden = ScreenQueries(self.live)
        self._drain_soon = Clock.create_trigger(self._drain, -1)
        self._stop_soon = Clock.create_trigger(lambda _dt: self.stop())
        self._stopped = False
        self._pacer = FramePacer(Clock)
        self.bridge: DaemonBridge = DaemonBridge(connection, self.live, self.clock, self._wake)
        self.source = source
        self.album: TextureCache[Any] = TextureCache(source, upload, self.bridge.post)
        self._listening = self.live.add_listener(self._on_tables_changed)
        self._trail: list[tuple[str, dict[str, Any]]] = []
        self._pages: dict[str, Any] = {}
        self.shell: Shell | None = None
        self.wizard_step = 0
        """Where the wizard stands, over a change of language."""
        self._wizard_opened = False
        self._known: frozenset[str] = frozenset()
        self.holder = FloatLayout()
        self.screensaver: Screensaver | None = None

    def load_kv(self, filename: str | None = None) -> bool:
        """Do not look for a file by the class's name."""
        return filename is not None

    def build(self) -> Any:
        """Make the first page and connect."""
        load_rules()
        self.holder = FloatLayout()
        self._rebuild()
        self.go("home")
        self.bridge.start()
        self.screensaver = Screensaver(self, Window)
        self._minute = Clock.schedule_interval(lambda _dt: self._refresh(), MINUTE_S)
        return self.holder

    def request_stop(self) -> None:
        """Stop between two frames, not amid the making of a page; any thread may call."""
        self._stop_soon()
        self._pacer.wake()

    def on_stop(self) -> None:
        """Disconnect and stop the threads; what they still say is heard no more."""
        self._stopped = True
        if self.screensaver is not None:
            self.screensaver.close()
        self.bridge.stop()
        self.album.close()
        self.machine.close()

    # What layouts use: colours and sizes by name.

    @property
    def root_width(self) -> float:
        """Width of the glass in pixels."""
        return float(self.look.width)

    def tone(self, name: str) -> Rgba:
        """Return a colour by what it is for."""
        palette = self.look.palette
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

    # Where to go.

    @property
    def where(self) -> str:
        """Name of the page in sight."""
        return self._trail[-1][0] if self._trail else ""

    def go(self, name: str, **wish: Any) -> None:
        """Show a page; the five of the navigation begin a new trail."""
        if name not in BARE and name in {"home", "alerts", "light", "camera", "settings"}:
            self._trail.clear()
        self._trail.append((name, wish))
        self._show(name, wish)

    def back(self) -> None:
        """Return to the page before."""
        if len(self._trail) > 1:
            self._trail.pop()
        name, wish = self._trail[-1]
        self._show(name, wish)

    def _show(self, name: str, wish: dict[str, Any]) -> None:
        shell = self.shell
        assert shell is not None
        if shell.page is not None:
            shell.page.hide()
        page = self._pages.get(name)
        if page is None:
            page = self._pages[name] = PAGES[name]()
        shell.close_all_sheets()
        shell.show_page(page, name, bare=name in BARE)
        page.show(**wish)

    # What to do.

    def do(
        self, reducer: str, args: Mapping[str, Any], *, done: str = "", answered: ReplyCallback | None = None
    ) -> None:
        """Call a reducer; say `done` when it is, and the reason when it is refused."""

        def hear(value: Any, refusal: Message | None) -> None:
            if refusal is not None:
                self.toast(self.say.message(refusal), "act")
            elif done:
                self.toast(done)
            if answered is not None:
                answered(value, refusal)

        self.bridge.call(reducer, args, hear)

    def toast(self, words: str, level: str = "ok", action: str = "", act: Any = None) -> None:
        """Say something for a few seconds."""
        if self.shell is not None:
            self.shell.toast(words, level, action, act)

    # Keeping up.

    def _wake(self) -> None:
        """Have what came from another thread taken before the next frame, and that soon; any thread may call."""
        self._drain_soon()
        self._pacer.wake()

    def _drain(self, _dt: float) -> None:
        """Take what came from other threads."""
        if not self._stopped:
            self.bridge.drain()

    def _on_tables_changed(self, names: frozenset[str]) -> None:
        """Hear which tables changed: adopt settings, mark the bell, refresh the page in sight."""
        if "setting" in names:
            self._apply_settings()
            self._apply_brightness()
        shell = self.shell
        if shell is None:
            return
        if "link" in names:
            self._show_link()
            if self.live.link == "live" and self._report:
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
        if not self._wizard_opened and self.live.link == "live" and {"setting", "plant", "health"} <= self._known:
            self._wizard_opened = True
            if needs_setup(self.garden):
                self.go("wizard")

    def _refresh(self) -> None:
        """Keep what tells time true, and draw even if nothing changed: a panel plugged in again shows nothing else."""
        if self.shell is not None and self.shell.page is not None:
            self.shell.page.refresh()
        Window.canvas.ask_update()

    def _show_link(self) -> None:
        shell = self.shell
        assert shell is not None
        if self.live.link == "away":
            shell.show_offline(
                self.say("Sproutcast is not answering"),
                self.say("Last known state. Trying again by itself."),
            )
        else:
            shell.show_offline("", "")

    def _apply_settings(self) -> None:
        """Take on what the owner set; a change of looks or language builds the widgets anew."""
        look = theme_from(self._start_look, self.garden.setting, self.clock.now())
        habits = locale_preferences(self.garden.setting, self._start_preferences)
        if look == self.look and habits == self.say.preferences:
            return
        self.look, self.say = look, ScreenFormatter(habits)
        self._rebuild()
        if self._trail:
            self._show(*self._trail[-1])

    def _apply_brightness(self) -> None:
        """Set the panel's brightness, and when it rests, as the owner wants it."""
        self.machine.backlight.level(float(self.garden.setting("screen_brightness", 1.0)))
        if self.screensaver is not None:
            self.screensaver.check()

    def _rebuild(self) -> None:
        """Build the frame anew in the present look and language."""
        self._pages.clear()
        self.holder.clear_widgets()
        self.shell = Shell(self, pos_hint={"x": 0, "y": 0})
        self.holder.add_widget(self.shell)
        if self.screensaver is not None:
            self.screensaver.raise_cover()
        Window.clearcolor = self.tone("ground")
        if self.live.link == "away":
            self._show_link()
        self._update_badge()

    def _update_badge(self) -> None:
        """Show how much waits for somebody."""
        assert self.shell is not None
        waiting = self.garden.unread() + len(pending_prompts(self.garden, self.say))
        self.shell.navigation.badge("alerts", str(min(waiting, 99)) if waiting else "")
