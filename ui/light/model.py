"""View model of the light screen. Pure."""

from __future__ import annotations

import msgspec

from sproutcast_pi.messages.formatter import Formatter
from sproutcast_pi.protocol.row_cache import Row
from ui.light.schedule_curve import ScheduleCurve

SECONDS_PER_HOUR = 3600
MICRO = 1e6
# Daily light that plants want, mol/m2: shade plants below 6, leaf crops to 17, fruit above (Faust & Logan 2018).
SHADE_MOL, LEAFY_MOL = 6.0, 17.0


class LightPage(msgspec.Struct, frozen=True, kw_only=True):
    """Texts and levels of the light screen."""

    plan_words: str
    today: str
    dose: str
    dose_words: str


def light_page(light: Row, plan: ScheduleCurve, tr: Formatter) -> LightPage:
    """Describe the schedule and today's dose."""
    end = (plan.start + plan.length) % 1440
    words = tr(
        "{start} to {end}, {span}",
        start=tr.clock(plan.start // 60, plan.start % 60),
        end=tr.clock(end // 60, end % 60),
        span=tr.span(plan.length * 60),
    )
    planned = planned_dose(light, plan)
    given = light.get("dli_today")
    if planned is None:
        dose, dose_words = "", tr("Touch to set it up")
    else:
        dose = tr("{given} of {planned} mol", given=tr.number(float(given or 0), 1), planned=tr.number(planned, 1))
        dose_words = _plant_group(planned, tr)
    return LightPage(
        plan_words=words,
        today=tr.span(float(light.get("on_seconds_today") or 0)),
        dose=dose,
        dose_words=dose_words,
    )


def planned_dose(light: Row, plan: ScheduleCurve) -> float | None:
    """Return the planned daily light integral in mol/m2; None if the lamp's PPFD is unknown."""
    if not light.get("ppfd_full"):
        return None
    return float(light["ppfd_full"]) * plan.full_hours() * SECONDS_PER_HOUR / MICRO


def _plant_group(dose: float, tr: Formatter) -> str:
    """Return the group of plants that a daily light integral suits."""
    if dose < SHADE_MOL:
        return tr("For shade plants")
    if dose < LEAFY_MOL:
        return tr("For herbs and salad")
    return tr("For fruiting plants")


def overridden(light: Row) -> bool:
    """Whether an override is active."""
    return light.get("now_reason") == "override" or bool(light.get("override_until_at"))
