"""Metric of overall health: the health score."""

from __future__ import annotations

from sproutcast_pi.messages.areas import advice
from sproutcast_pi.messages.marking import _
from sproutcast_pi.model import withheld_reasons as why
from sproutcast_pi.model.metrics.metric import REST, AlertTiming, Band, Excursion, Metric, Sensor

OVERALL = (
    Metric(
        key="health_score",
        name=_("Health"),
        pipeline="",
        integer=True,
        csv_unit="0 to 100",
        high=100.0,
        direction="higher",
        bands=(
            Band(50, _("poor"), "act"),
            Band(75, _("fair"), "watch"),
            Band(90, _("good"), "ok"),
            Band(REST, _("excellent"), "ok"),
        ),
        span=(0, 100),
        alert=AlertTiming(consecutive=3, hysteresis=8.0, cooldown_h=72),
        limits=("lower",),
        step=5.0,
        below=Excursion(
            words=_("Not doing well"),
            advice=advice.HEALTH,
        ),
        above=Excursion(words=_("Better than its limit")),
        withheld=(why.NO_INPUTS, why.AREA_JUMP),
        sensor=Sensor(icon="mdi:heart-pulse", precision=0, unit="%"),
    ),
)
