"""Metrics of leaf posture."""

from __future__ import annotations

from sproutcast_pi.messages.marking import _
from sproutcast_pi.model import withheld_reasons as why
from sproutcast_pi.model.metrics.metric import REST, AlertTiming, Band, Excursion, Metric, Sensor

_WITHHELD = (why.TOO_SMALL, why.CLOSE_UP, why.FROM_ABOVE, why.AREA_JUMP)

POSTURE = (
    Metric(
        key="turgor_index",
        name=_("Firmness"),
        pipeline="P3b",
        unit="%",
        scale=100.0,
        csv_unit="0 to 1",
        high=1.0,
        direction="higher",
        bands=(
            Band(0.35, _("hanging"), "act"),
            Band(0.60, _("limp"), "act"),
            Band(0.68, _("a little limp"), "watch"),
            Band(REST, _("firm"), "ok"),
        ),
        span=(0.0, 1.0),
        alert=AlertTiming(
            consecutive=2,
            hysteresis=0.08,
            cooldown_h=24,
            watched_in=("flower_health", "growth_tracking", "quick_pulse"),
        ),
        urgent=True,
        limits=("lower",),
        step=0.05,
        fine_step=0.01,
        below=Excursion(words=_("Thirsty"), cause="thirst"),
        above=Excursion(words=_("Firmer than its limit")),
        withheld=(*_WITHHELD, why.POSTURE_BASELINE_UNKNOWN),
        # Percent here would break the recorded history and every automation that compares with 0.6.
        sensor=Sensor(icon="mdi:sprout", precision=2),
    ),
    Metric(
        key="droop_deg",
        name=_("Leaf droop"),
        pipeline="P3b",
        unit="deg",
        low=-90.0,
        high=180.0,
        direction="lower",
        species_dependent=True,
        advanced=True,
        urgent=True,
        step=5.0,
        below=Excursion(words=_("Leaves higher than its limit")),
        above=Excursion(words=_("Thirsty"), cause="thirst"),
        withheld=_WITHHELD,
        sensor=Sensor(icon="mdi:angle-acute", precision=0, unit="°"),
    ),
)
