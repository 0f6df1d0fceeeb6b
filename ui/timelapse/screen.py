"""The film of a plant: play, scrub, and the curve below it."""

from __future__ import annotations

from typing import Any

from kivy.clock import Clock
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty

from ui.fonts.coverage import drawable
from ui.page import Page
from ui.plant.screen import RESULTS
from ui.timelapse.model import INTERVALS, PLAY_FPS, PlaybackFrame, common_crop, frames, interval_words
from ui.widgets.basic import Surface
from ui.widgets.sheet import ChoiceSheet, ConfirmSheet

CAPTURES = "SELECT id, file, thumb, width, height FROM capture WHERE state = 'done' ORDER BY id DESC LIMIT 1000"


class Stamp(Surface):
    """When a photograph was taken, written on it."""

    text = StringProperty("")


class TimelapseScreen(Page):
    """A plant's photographs as a film."""

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

    def show(self, plant_id: int = 0, **_wish: Any) -> None:
        """Show this plant's film, from its end."""
        self.hide()
        self.plant_id, self.comparing = int(plant_id), False
        watch = self.app.bridge.watch
        self._watching = [watch("history", RESULTS.format(plant_id=self.plant_id)), watch("film", CAPTURES)]
        self._frames = []
        self.refresh()

    def hide(self) -> None:
        """Stop."""
        self.play(False)
        for watched in self._watching:
            watched.close()
        self._watching = []

    def refresh(self) -> None:
        """Take in new photographs; who watches the newest goes on to the newer."""
        app = self.app
        plant = app.garden.plant(self.plant_id)
        if plant is None:
            app.go("home")
            return
        self.name = app.garden.name(plant, app.say)
        results = [row for row in app.live.table("history") if row["plant_id"] == self.plant_id]
        results = results or app.garden.results(self.plant_id)
        captures = list(app.live.table("film")) or app.garden.captures()
        found = frames(results, captures)
        at_end = self.index >= len(self._frames) - 1
        if found == self._frames:
            return
        self._frames = found
        self.crop = common_crop(results, captures)
        self.values = [frame.area for frame in found if frame.area is not None]
        self.last = max(0, len(found) - 1)
        self.words = "" if found else app.say("There are no photographs of it yet.")
        self.first_photo, self.first_stamp = (found[0].file, self._stamp_text(found[0])) if found else ("", "")
        self.seek(self.last if at_end else min(self.index, self.last))

    def seek(self, index: float) -> None:
        """Show one frame."""
        if not self._frames:
            return
        self.index = min(self.last, max(0, round(index)))
        frame = self._frames[self.index]
        self.photo = frame.file
        self.cursor = self.index / self.last if self.last else 1.0
        self.stamp = self._stamp_text(frame)

    def _stamp_text(self, frame: PlaybackFrame) -> str:
        say = self.app.say
        local = say.local(frame.at)
        return f"{say.day(local.date())}  {say.clock(local.hour, local.minute)}"

    def compare(self) -> None:
        """Lay the first photograph over the one in sight, or take it away."""
        self.play(False)
        self.comparing = not self.comparing

    def film(self) -> None:
        """Write the film to a USB stick."""
        app, say = self.app, self.app.say
        self.filming = True
        app.toast(say("The film is being made. Leave the stick in until it is done."), "info")
        plant_id, name = int(self.plant_id), str(self.name)
        app.machine.later(lambda: app.machine.film(plant_id, name, app.clock.now()), app.bridge.post, self._on_film)

    def _on_film(self, file: Any, fault: str) -> None:
        say = self.app.say
        self.filming = False
        self.app.toast(
            say.sentence(fault) if fault else say("The film is done: {file}", file=file), "act" if fault else "ok"
        )

    def play(self, wanted: bool) -> None:
        """Play or pause; at the end it begins anew."""
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
        if self.app.album.waiting:
            return  # the next photograph is not decoded yet: better late than skipped
        if self.index >= self.last:
            self.play(False)
        else:
            self.seek(self.index + 1)

    def series(self) -> None:
        """Start a named series with its own rhythm, or end the running one."""
        app, say = self.app, self.app.say
        own = (row for row in app.live.table("timelapse") if row["plant_id"] == self.plant_id)
        running = next((row for row in own if not row.get("ended_at")), None)
        if running:
            often = interval_words(running["interval_s"], say)
            ConfirmSheet(
                lambda: app.do("end_timelapse", {"timelapse_id": running["id"]}, done=say("The series has ended")),
                title=drawable(running["name"]) or self.name,
                words=say("{n} photographs so far. {often}.", n=running["frames"], often=often),
                yes=say("End the series"),
            ).open()
            return
        options = [(seconds, interval_words(seconds, say)) for seconds in INTERVALS]
        ChoiceSheet(options, None, self._start, title=say("A photograph for the film")).open()

    def _start(self, seconds: int) -> None:
        app = self.app
        plant = app.garden.plant(self.plant_id)
        if plant is not None:
            args = {"plant_id": self.plant_id, "name": plant["name"], "interval_s": seconds}
            app.do("start_timelapse", args, done=app.say("The series has begun"))
