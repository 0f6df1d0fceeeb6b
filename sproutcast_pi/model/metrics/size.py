"""Metrics of size and growth."""

from __future__ import annotations

from sproutcast_pi.messages.areas import advice
from sproutcast_pi.messages.formatter import WHOLE_AREA_CM2
from sproutcast_pi.messages.marking import _
from sproutcast_pi.model import withheld_reasons as why
from sproutcast_pi.model.metrics.metric import REST, AlertTiming, Band, Excursion, Metric, Sensor

_LESS_AREA = Excursion(words=_("Smaller than it was"), cause="pruning")
_MORE_AREA = Excursion(words=_("Larger than its limit"))
_SHORTER = Excursion(words=_("Shorter than it was"), cause="pruning")
_TALLER = Excursion(words=_("Taller than its limit"))

SIZE = (
    Metric(
        key="growth_rate_percent",
        name=_("Growth"),
        pipeline="P6",
        unit="%/d",
        digits=1,
        csv_unit="% a day",
        low=-100.0,
        high=1000.0,
        direction="higher",
        bands=(
            Band(-3.0, _("losing leaf area"), "act"),
            Band(-1.0, _("shrinking"), "watch"),
            Band(0.5, _("resting"), "info"),
            Band(5.0, _("growing"), "ok"),
            Band(REST, _("growing fast"), "ok"),
        ),
        span=(-5.0, 10.0),
        alert=AlertTiming(consecutive=4, hysteresis=2.0, cooldown_h=168, watched_in=("growth_tracking",)),
        limits=("lower",),
        step=0.5,
        fine_step=0.5,
        below=Excursion(words=_("Shrinking"), advice=advice.SHRINKING, cause="pruning"),
        above=Excursion(words=_("Growing faster than its limit")),
        sensor=Sensor(icon="mdi:trending-up", precision=1, unit="%/d"),
    ),
    Metric(
        key="area_cm2",
        name=_("Leaf area"),
        pipeline="P3b",
        unit="cm2",
        digits=1,
        whole_from=WHOLE_AREA_CM2,
        species_dependent=True,
        below=_LESS_AREA,
        above=_MORE_AREA,
        withheld=(why.POT_UNMARKED, why.AREA_JUMP),
        sensor=Sensor(icon="mdi:leaf", precision=1, unit="cm²", device_class="area"),
    ),
    Metric(
        key="area_percent",
        name=_("Leaf cover"),
        pipeline="P3b",
        unit="%",
        digits=1,
        csv_unit="% of the frame",
        high=100.0,
        species_dependent=True,
        replaced_by="area_cm2",
        below=_LESS_AREA,
        above=_MORE_AREA,
        withheld=(why.AREA_JUMP,),
        sensor=Sensor(icon="mdi:leaf", precision=2, unit="%"),
    ),
    Metric(
        key="area_px",
        name=_("Leaf pixels"),
        pipeline="P3b",
        unit="px",
        integer=True,
        species_dependent=True,
        advanced=True,
        below=_LESS_AREA,
        above=_MORE_AREA,
        withheld=(why.AREA_JUMP,),
        sensor=Sensor(icon="mdi:grid", precision=0, unit="px", enabled=False, diagnostic=True),
    ),
    Metric(
        key="height_cm",
        name=_("Height"),
        pipeline="P3b",
        unit="cm",
        digits=1,
        species_dependent=True,
        below=_SHORTER,
        above=_TALLER,
        withheld=(why.POT_UNMARKED, why.AREA_JUMP),
        sensor=Sensor(icon="mdi:ruler", precision=1, unit="cm", device_class="distance"),
    ),
    Metric(
        key="height_px",
        name=_("Height pixels"),
        pipeline="P3b",
        unit="px",
        integer=True,
        species_dependent=True,
        advanced=True,
        below=_SHORTER,
        above=_TALLER,
        withheld=(why.AREA_JUMP,),
        sensor=Sensor(icon="mdi:grid", precision=0, unit="px", enabled=False, diagnostic=True),
    ),
    Metric(
        key="compactness",
        name=_("Compactness"),
        pipeline="P3b",
        unit="%",
        scale=100.0,
        csv_unit="0 to 1",
        since=9,
        high=1.0,
        species_dependent=True,
        step=0.05,
        fine_step=0.01,
        withheld=(why.TOO_SMALL, why.AREA_JUMP),
        sensor=Sensor(icon="mdi:hexagon-outline", precision=2, enabled=False),
    ),
)
