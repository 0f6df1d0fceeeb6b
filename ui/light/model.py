"""What the light screen says in words. Pure."""

from __future__ import annotations

import msgspec

from sproutcast_pi.protocol.row_cache import Row
from ui.i18n.formatter import ScreenFormatter
from ui.light.schedule_curve import ScheduleCurve

SECONDS_PER_HOUR = 3600
MICRO = 1e6
# Daily light that plants want, mol/m2: shade plants below 6, leaf crops to 17, fruit above (Faust & Logan 2018).
SHADE_MOL, LEAFY_MOL = 6.0, 17.0


class LightPage(msgspec.Struct, frozen=True, kw_only=True):
    """The light in words."""

    plan_words: str
    today: str
    dose: str
    dose_words: str


def light_page(light: Row, plan: ScheduleCurve, tell: ScreenFormatter) -> LightPage:
    """Say what the plan means and what was given today."""
    end = (plan.start + plan.length) % 1440
    words = tell(
        "{start} to {end}, {span}",
        start=tell.clock(plan.start // 60, plan.start % 60),
        end=tell.clock(end // 60, end % 60),
        span=tell.span(plan.length * 60),
    )
    planned = planned_dose(light, plan)
    given = light.get("dli_today")
    if planned is None:
        dose, dose_words = "", tell("Touch to set it up")
    else:
        dose = tell(
            "{given} of {planned} mol", given=tell.number(float(given or 0), 1), planned=tell.number(planned, 1)
        )
        dose_words = _plant_group(planned, tell)
    return LightPage(
        plan_words=words,
        today=tell.span(float(light.get("on_seconds_today") or 0)),
        dose=dose,
        dose_words=dose_words,
    )


def planned_dose(light: Row, plan: ScheduleCurve) -> float | None:
    """Return the light of a whole day in mol/m2; None where the lamp's brightness is unknown."""
    if not light.get("ppfd_full"):
        return None
    return float(light["ppfd_full"]) * plan.full_hours() * SECONDS_PER_HOUR / MICRO


def _plant_group(dose: float, tell: ScreenFormatter) -> str:
    """Say which plants like this much light."""
    if dose < SHADE_MOL:
        return tell("For shade plants")
    if dose < LEAFY_MOL:
        return tell("For herbs and salad")
    return tell("For fruiting plants")


def overridden(light: Row) -> bool:
    """Whether the light is on or off by hand now."""
    return light.get("now_reason") == "override" or bool(light.get("override_until_at"))
