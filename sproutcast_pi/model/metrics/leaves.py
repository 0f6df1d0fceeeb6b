"""Metrics of leaves: count, spots and yellowing."""

from __future__ import annotations

from sproutcast_pi.messages.areas import advice
from sproutcast_pi.messages.marking import _
from sproutcast_pi.model import withheld_reasons as why
from sproutcast_pi.model.metrics.metric import REST, AlertTiming, Band, Excursion, Metric, Sensor

_WITHHELD = (
    why.TOO_SMALL,
    why.TOO_THIN,
    why.BURNT_OUT,
    why.PARTLY_BURNT_OUT,
    why.GREY,
    why.NOT_GREEN,
    why.COLOURED_LIGHT,
    why.SURROUNDINGS_BURNT_OUT,
    why.SURROUNDINGS_BLACK,
    why.FRAME_FILLED,
    why.AREA_JUMP,
)

LEAVES = (
    Metric(
        key="leaf_count",
        name=_("Leaves"),
        pipeline="leaves",
        integer=True,
        species_dependent=True,
        below=Excursion(words=_("Losing leaves"), advice=advice.LEAVES_LOST, cause="pruning"),
        above=Excursion(words=_("More leaves than its limit")),
        withheld=(why.TOO_SMALL, why.COVERED, why.AREA_JUMP),
        sensor=Sensor(icon="mdi:leaf", precision=0),
    ),
    Metric(
        key="lesion_percent",
        name=_("Spots"),
        pipeline="lesions",
        unit="%",
        digits=1,
        csv_unit="% of the canopy",
        high=100.0,
        direction="lower",
        bands=(
            Band(1.0, _("no spots"), "ok"),
            Band(5.0, _("a few spots"), "watch"),
            Band(REST, _("many spots"), "act"),
        ),
        span=(0.0, 10.0),
        below=Excursion(words=_("Fewer spots than its limit")),
        alert=AlertTiming(consecutive=3, hysteresis=1.5, cooldown_h=72),
        limits=("upper",),
        fine_step=0.5,
        above=Excursion(words=_("Spots on the leaves"), advice=advice.SPOTS),
        withheld=_WITHHELD,
        sensor=Sensor(icon="mdi:dots-hexagon", precision=1, unit="%"),
    ),
    Metric(
        key="yellow_percent",
        name=_("Yellow leaf"),
        pipeline="lesions",
        unit="%",
        digits=1,
        csv_unit="% of the canopy",
        high=100.0,
        direction="lower",
        bands=(
            Band(3.0, _("no yellow"), "ok"),
            Band(9.0, _("a little yellow"), "ok"),
            Band(12.0, _("some yellow"), "watch"),
            Band(30.0, _("yellowing"), "act"),
            Band(REST, _("mostly yellow"), "act"),
        ),
        span=(0.0, 40.0),
        below=Excursion(words=_("Less yellow than its limit")),
        alert=AlertTiming(consecutive=3, hysteresis=3.0, cooldown_h=72),
        limits=("upper",),
        fine_step=0.5,
        above=Excursion(words=_("Turning yellow"), advice=advice.YELLOW, cause="hunger"),
        withheld=_WITHHELD,
        sensor=Sensor(icon="mdi:leaf-off", precision=1, unit="%"),
    ),
)
