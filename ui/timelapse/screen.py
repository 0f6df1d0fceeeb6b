"""The time-lapse page: play, scrub, and the metric's curve below."""

from __future__ import annotations

from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty

from sproutcast_pi.messages.message import Message
from ui.fonts.coverage import drawable
from ui.page import Page
from ui.plant.screen import RESULTS
from ui.timelapse.model import INTERVALS, PLAY_FPS, PlaybackFrame, common_crop, frames, interval_words
from ui.widgets.basic import Surface
from ui.widgets.sheet import ChoiceSheet, ConfirmSheet

CAPTURES = "SELECT id, file, thumb, width, height FROM capture WHERE state = 'done' ORDER BY id DESC LIMIT 1000"


class Stamp(Surface):
    """Timestamp drawn on a photo."""

    text = StringProperty("")


class TimelapseScreen(Page):
    """The time-lapse page of a plant."""

    tables = frozenset({"plant", "history", "film", "timelapse"})
    plant_id = NumericProperty(0)
    name = StringProperty("")
    photo = StringProperty("")
    crop = ObjectProperty(None, allownone=True)
    stamp = StringProperty("")
    words = StringProperty("")
    values = ListProperty()
    index = NumericProperty(0)
    last = NumericProperty(0)
    cursor = NumericProperty(-1)
    playing = BooleanProperty(False)
    comparing = BooleanProperty(False)
    first_photo = StringProperty("")
    first_stamp = StringProperty("")
    filming = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._watching: list[Any] = []
        self._frames: list[PlaybackFrame] = []
        self._event: Any = None

    def show(self, plant_id: int = 0, **_request: Any) -> None:
        """Open a plant's time-lapse at its last frame."""
        self.hide()
        self.plant_id, self.comparing = int(plant_id), False
        watch = self.app.bridge.watch
        self._watching = [watch("history", RESULTS.format(plant_id=self.plant_id)), watch("film", CAPTURES)]
        self._frames = []
        self.refresh()

    def hide(self) -> None:
        """Stop the playback."""
        self.play(False)
        for watched in self._watching:
            watched.close()
        self._watching = []

    def refresh(self) -> None:
        """Add new photos; a player at the last frame advances to the new one."""
        app = self.app
        plant = app.queries.plant(self.plant_id)
        if plant is None:
            app.go("home")
            return
        self.name = app.queries.name(plant, app.tr)
        results = [row for row in app.row_cache.table("history") if row["plant_id"] == self.plant_id]
        results = results or app.queries.results(self.plant_id)
        captures = list(app.row_cache.table("film")) or app.queries.captures()
        found = frames(results, captures)
        at_end = self.index >= len(self._frames) - 1
        if found == self._frames:
            return
        self._frames = found
        self.crop = common_crop(results, captures)
        self.values = [frame.area for frame in found if frame.area is not None]
        self.last = max(0, len(found) - 1)
        self.words = "" if found else app.tr("There are no photographs of it yet.")
        self.first_photo, self.first_stamp = (found[0].file, self._stamp_text(found[0])) if found else ("", "")
        self.seek(self.last if at_end else min(self.index, self.last))

    def seek(self, index: float) -> None:
        """Display one frame."""
        if not self._frames:
            return
        self.index = min(self.last, max(0, round(index)))
        frame = self._frames[self.index]
        self.photo = frame.file
        self.cursor = self.index / self.last if self.last else 1.0
        self.stamp = self._stamp_text(frame)

    def _stamp_text(self, frame: PlaybackFrame) -> str:
        tr = self.app.tr
        local = tr.local(frame.at)
        return f"{tr.day(local.date())}  {tr.clock(local.hour, local.minute)}"

    def compare(self) -> None:
        """Toggle the comparison with the first photo."""
        self.play(False)
        self.comparing = not self.comparing

    def export_video(self) -> None:
        """Export the video to a USB stick."""
        app, tr = self.app, self.app.tr
        self.filming = True
        app.toast(tr("The film is being made. Leave the stick in until it is done."), "info")
        plant_id, name = int(self.plant_id), str(self.name)
        language = tr.preferences.language
        app.machine.later(
            lambda: app.machine.export_video(plant_id, name, app.clock.now(), language),
            app.bridge.post,
            self._on_video_exported,
        )

    def _on_video_exported(self, file: Any, fault: Message | None) -> None:
        tr = self.app.tr
        self.filming = False
        self.app.toast(
            tr.message(fault) if fault is not None else tr("The film is done: {file}", file=file),
            "act" if fault else "ok",
        )

    def play(self, wanted: bool) -> None:
        """Play or pause; at the end, restart."""
        self.playing = wanted and self.last > 0
        self.comparing = self.comparing and not self.playing
        if self._event is not None:
            self._event.cancel()
            self._event = None
        if self.playing:
            if self.index >= self.last:
                self.seek(0)
            self._event = Clock.schedule_interval(self._step, 1 / PLAY_FPS)

    def _step(self, _dt: float) -> None:
        if self.app.textures.waiting:
            return  # the next photo is not decoded yet: delay instead of skipping
        if self.index >= self.last:
            self.play(False)
        else:
            self.seek(self.index + 1)

    def series(self) -> None:
        """Start a named series with its own interval, or end the running one."""
        app, tr = self.app, self.app.tr
        own = (row for row in app.row_cache.table("timelapse") if row["plant_id"] == self.plant_id)
        running = next((row for row in own if not row.get("ended_at")), None)
        if running:
            often = interval_words(running["interval_s"], tr)
            ConfirmSheet(
                lambda: app.do("end_timelapse", {"timelapse_id": running["id"]}, done=tr("The series has ended")),
                title=drawable(running["name"]) or self.name,
                words=tr("{n} photographs so far. {often}.", n=running["frames"], often=often),
                yes=tr("End the series"),
            ).open()
            return
        options = [(seconds, interval_words(seconds, tr)) for seconds in INTERVALS]
        ChoiceSheet(options, None, self._start, title=tr("A photograph for the film")).open()

    def _start(self, seconds: int) -> None:
        app = self.app
        plant = app.queries.plant(self.plant_id)
        if plant is not None:
            args = {"plant_id": self.plant_id, "name": plant["name"], "interval_s": seconds}
            app.do("start_timelapse", args, done=app.tr("The series has begun"))
