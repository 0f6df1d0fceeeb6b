"""The light screen."""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, StringProperty

from sproutcast_pi.messages.message import Message
from ui.home.model import light_line
from ui.light.model import light_page, overridden
from ui.light.schedule_curve import DAY_MIN, ScheduleCurve, change_for, schedule_of
from ui.page import Page
from ui.widgets.sheet import TextSheet

OVERRIDE_MIN = 30


class LightScreen(Page):
    """The light screen: state, editable schedule, and a thirty-minute override."""

    tables = frozenset({"light", "setting"})
    on = BooleanProperty(False)
    enabled = BooleanProperty(True)
    by_hand = BooleanProperty(False)
    words = StringProperty("")
    detail = StringProperty("")
    plan_words = StringProperty("")
    drag_words = StringProperty("")
    today = StringProperty("")
    dose = StringProperty("")
    dose_words = StringProperty("")

    def refresh(self) -> None:
        """Update from the row cache, except a curve that is being dragged."""
        app = self.app
        light, now = app.queries.light(), app.clock.now()
        if light is None:
            self.words = app.tr("The light is not known yet")
            return
        line = light_line(light, now, app.tr)
        self.on, self.words, self.detail = line.on, line.words, line.detail
        self.enabled, self.by_hand = bool(light.get("enabled")), overridden(light)
        curve = self.ids.curve
        local = app.tr.local(now)
        curve.now_minute = local.hour * 60 + local.minute
        curve.longest = min(DAY_MIN, round(float(light.get("max_hours_per_day") or 24) * 60))
        if not curve.held:
            curve.plan = schedule_of(light)
        self._show_plan(curve.plan)
        self.drag_words = app.tr("Drag the dots")

    def _show_plan(self, plan: ScheduleCurve) -> None:
        app = self.app
        page = light_page(app.queries.light(), plan, app.tr)
        self.plan_words, self.today = page.plan_words, page.today
        self.dose, self.dose_words = page.dose, page.dose_words

    def dragging(self) -> None:
        """Describe the schedule while it is dragged."""
        plan = self.ids.curve.plan
        self._show_plan(plan)
        tr = self.app.tr
        self.drag_words = tr(
            "{percent}, rises {up} min, falls {down} min",
            percent=tr.percent(plan.level * 100),
            up=plan.sunrise,
            down=plan.sunset,
        )

    def changed(self, before: ScheduleCurve, after: ScheduleCurve) -> None:
        """Save the new schedule; a refusal restores the old curve."""
        changes = change_for(before, after)
        if changes:
            self.app.do(
                "set_light_schedule",
                changes,
                done=self.app.tr("The light follows the new plan"),
                answered=self._on_reply,
            )

    def _on_reply(self, _value: Any, refusal: Message | None) -> None:
        if refusal is not None:
            self.refresh()

    def enable(self, wanted: bool) -> None:
        """Switch the schedule on or off."""
        self.app.do("set_light_schedule", {"enabled": wanted})

    def by_hand_now(self, level: float) -> None:
        """Override the light for half an hour, or clear the override."""
        if self.by_hand:
            self.app.do("clear_light_override", {})
        else:
            self.app.do("override_light", {"level": level, "minutes": float(OVERRIDE_MIN)})

    def ask_brightness(self) -> None:
        """Ask how bright the lamp is at the leaves."""
        tr = self.app.tr
        known = (self.app.queries.light() or {}).get("ppfd_full")
        TextSheet(
            self._brightness,
            title=tr("How bright is your lamp at the leaves?"),
            hint="260",
            value=f"{known:g}" if known else "",
            words=tr("In µmol/m²/s, from the lamp's data sheet for your distance."),
            numeric=True,
        ).open()

    def _brightness(self, text: str) -> str | None:
        tr = self.app.tr
        try:
            value = float(text.replace(",", "."))
        except ValueError:
            return str(tr("Write a number, for example 260."))
        self.app.do("set_light_schedule", {"ppfd_full": value}, done=tr("Saved"))
        return None
