"""The settings screen and the pages behind it."""

from __future__ import annotations

from typing import Any

from kivy.properties import StringProperty

from sproutcast_pi.messages.message import Message
from ui.page import Page
from ui.settings.hours import HoursSheet
from ui.settings.model import HOURS, PartLine, SettingGroup, SettingLine, choices, chosen, groups, hours, part_lines
from ui.widgets.basic import Bar, Press, Surface, TapSurface, Text
from ui.widgets.sheet import ChoiceSheet, ConfirmSheet

PAGES = frozenset({"wifi", "phones", "diagnostics", "wizard", "software"})
"""Settings that open a page of the same name."""


class GroupTitle(Text):
    """Title of a group."""


class SubBar(Bar):
    """Title bar of a subpage: back button, title, actions."""

    title = StringProperty("")


class SettingRow(TapSurface):
    """Row of one setting."""

    icon = StringProperty("")
    name = StringProperty("")
    value = StringProperty("")


class PartRow(Surface):
    """Row of one part's health."""

    name = StringProperty("")
    level = StringProperty("none")
    icon = StringProperty("circle-dashed")
    message = StringProperty("")
    advice = StringProperty("")
    since = StringProperty("")


class SettingsPage(Page):
    """The settings screen."""

    tables = frozenset({"setting", "health", "software"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._shown: list[SettingGroup] = []

    def refresh(self) -> None:
        """Update from the row cache."""
        app = self.app
        version = app.machine.versions().get("sproutcast-pi", "")
        found = groups(app.queries, app.tr, dimmable=app.machine.backlight.present, version=version)
        if found == self._shown:
            return
        self._shown = found
        box = self.ids.rows
        box.clear_widgets()
        for group in found:
            box.add_widget(GroupTitle(text=group.title))
            for line in group.lines:
                row = SettingRow(icon=line.icon, name=line.name, value=line.value)
                row.bind(on_release=lambda _row, line=line: self._open(line))
                box.add_widget(row)

    def _open(self, line: SettingLine) -> None:
        app, tr = self.app, self.app.tr
        options = choices(line.key, tr)
        if options:
            ChoiceSheet(
                options, chosen(app.queries, line.key, tr), lambda value: self._set(line.key, value), title=line.name
            ).open()
        elif line.key in HOURS:
            self._ask_hours(line)
        elif line.key in PAGES:
            app.go(line.key)
        elif line.key == "backup":
            app.toast(tr("Writing the backup. Leave the stick in until it is done."), "info")
            language = app.tr.preferences.language
            app.machine.later(lambda: app.machine.backup(app.clock.now(), language), app.bridge.post, self._on_backup)
        elif line.key == "reset":
            self._ask_reset()
        elif line.key == "restart":
            self._confirm(
                tr("Restart?"),
                tr("The light goes on as planned in about a minute."),
                tr("Restart"),
                "restart_device",
            )
        elif line.key == "shut_down":
            self._confirm(
                tr("Shut down?"),
                tr("The light goes out and the plants are not watched until the power is switched off and on again."),
                tr("Shut down"),
                "shut_down_device",
            )

    def _ask_hours(self, line: SettingLine) -> None:
        tr = self.app.tr
        first, until, proposed = HOURS[line.key]
        words = {
            "quiet": tr("No photograph is taken in these hours, so the lamp does not flash beside a sleeper."),
            "night": tr("Between these hours the screen is dark instead of a photo frame."),
        }

        def act(begin: str | None, end: str | None) -> None:
            self._set(first, begin)
            self._set(until, end)

        span = hours(self.app.queries, line.key) or proposed
        HoursSheet(span, act, title=line.name, words=words[line.key]).open()

    def _confirm(self, title: str, words: str, yes: str, deed: str, **args: Any) -> None:
        ConfirmSheet(lambda: self.app.do(deed, args), title=title, words=words, yes=yes).open()

    def _ask_reset(self) -> None:
        tr = self.app.tr
        options = [
            (True, tr("Keep plants, photographs and numbers")),
            (False, tr("Erase everything")),
        ]
        ChoiceSheet(options, None, self._reset, title=tr("Reset to how it came")).open()

    def _reset(self, keep: bool) -> None:
        tr = self.app.tr
        kept = tr("Settings, network and paired phones are erased. Plants, photographs and numbers stay.")
        gone = tr("Everything on this device is erased: plants, photographs, numbers, settings. This can't be undone.")
        self._confirm(
            tr("Reset to how it came?"),
            kept if keep else gone,
            tr("Erase and restart"),
            "factory_reset",
            keep_pictures=keep,
        )

    def _set(self, key: str, value: Any) -> None:
        self.app.do("set_setting", {"name": key, "value": value})

    def _on_backup(self, file: Any, fault: Message | None) -> None:
        if fault is not None:
            self.app.toast(self.app.tr.message(fault), "act")
        else:
            self.app.toast(self.app.tr("The backup is done: {file}", file=file))


class DiagnosticsScreen(Page):
    """The diagnostics page: health of each part, the worst first."""

    tables = frozenset({"health"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._shown: list[PartLine] = []

    def refresh(self) -> None:
        """Update from the row cache."""
        app = self.app
        found = part_lines(app.queries, app.clock.now(), app.tr)
        if found == self._shown:
            return
        self._shown = found
        box = self.ids.rows
        box.clear_widgets()
        for line in found:
            row = PartRow(name=line.name, level=line.level, icon=line.icon, message=line.message)
            row.advice, row.since = line.advice, line.since
            box.add_widget(row)
            if line.part == "safe_mode":
                again = Press(text=app.tr("Try everything again"), icon="refresh", kind="primary")
                again.bind(on_release=lambda _touched: app.do("leave_safe_mode", {}))
                box.add_widget(again)
        versions = ", ".join(f"{name} {number}" for name, number in app.machine.versions().items())
        box.add_widget(PartRow(name=app.tr("Version"), message=versions, icon="info-circle", level="info"))


class LogPage(Page):
    """The newest lines of the daemon's log."""

    text = StringProperty("")

    def show(self, **_request: Any) -> None:
        """Load the log."""
        self.load()

    def load(self) -> None:
        """Load the log again."""
        app = self.app
        self.text = app.tr("Reading the log")
        app.machine.later(app.machine.log, app.bridge.post, self._on_log)

    def _on_log(self, text: Any, fault: Message | None) -> None:
        self.text = self.app.tr.message(fault) if fault is not None else str(text)
