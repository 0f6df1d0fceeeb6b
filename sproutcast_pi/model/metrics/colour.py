"""Metrics of leaf colour."""

from __future__ import annotations

from sproutcast_pi.messages.areas import advice
from sproutcast_pi.messages.marking import _
from sproutcast_pi.model import withheld_reasons as why
from sproutcast_pi.model.metrics.metric import REST, AlertTiming, Band, Excursion, Metric, Sensor

_WITHHELD = (
    why.TOO_SMALL,
    why.TOO_THIN,
    why.BURNT_OUT,
    why.GREY,
    why.NOT_GREEN,
    why.COLOURED_LIGHT,
    why.SURROUNDINGS_BURNT_OUT,
    why.SURROUNDINGS_BLACK,
    why.FRAME_FILLED,
    why.AREA_JUMP,
)
_PALE = Excursion(words=_("Pale leaves"), advice=advice.FEED, cause="hunger")
_GREENER = Excursion(words=_("Greener than its limit"))

COLOUR = (
    Metric(
        key="chlorophyll_index",
        name=_("Leaf green"),
        pipeline="P4",
        unit="%",
        scale=100.0,
        csv_unit="0 to 1",
        high=1.0,
        direction="higher",
        species_dependent=True,
        relative_bands=(
            Band(0.75, _("paler than usual"), "act"),
            Band(0.90, _("a little paler than usual"), "watch"),
            Band(REST, _("as green as usual"), "ok"),
        ),
        alert=AlertTiming(consecutive=3, hysteresis=0.02, cooldown_h=72),
        limits=("lower",),
        step=0.05,
        fine_step=0.01,
        below=_PALE,
        above=_GREENER,
        withheld=_WITHHELD,
        sensor=Sensor(icon="mdi:palette", precision=2),
    ),
    Metric(
        key="excess_green",
        name=_("Excess green"),
        pipeline="P4",
        digits=2,
        csv_unit="-1 to 2",
        low=-1.0,
        high=2.0,
        direction="higher",
        species_dependent=True,
        advanced=True,
        fine_step=0.01,
        step=0.05,
        below=_PALE,
        above=_GREENER,
        withheld=_WITHHELD,
        sensor=Sensor(icon="mdi:palette-outline", precision=2, enabled=False, diagnostic=True),
    ),
    Metric(
        key="hue_deg",
        name=_("Leaf colour"),
        pipeline="P3a",
        unit="deg",
        high=360.0,
        circular=True,
        direction="middle",
        bands=(
            Band(40, _("browning"), "act"),
            Band(55, _("yellowing"), "act"),
            Band(59, _("yellowish green"), "watch"),
            Band(80, _("light green"), "ok"),
            Band(175, _("green"), "ok"),
            Band(295, _("unusual colour"), "act"),
            # Nearer to brown than to any green, in the other direction of the circle.
            Band(REST, _("browning"), "act"),
        ),
        span=(30, 190),
        shown_as_word=True,
        alert=AlertTiming(consecutive=3, hysteresis=4.0, cooldown_h=72),
        limits=("lower", "upper"),
        step=5.0,
        below=Excursion(words=_("Turning yellow"), advice=advice.YELLOW_LEAVES, cause="hunger"),
        above=Excursion(words=_("Unusual colour"), advice=advice.UNUSUAL_COLOUR),
        withheld=_WITHHELD,
        sensor=Sensor(icon="mdi:palette", precision=0, unit="°"),
    ),
    Metric(
        key="hue_sd_deg",
        name=_("Colour spread"),
        pipeline="P3a",
        unit="deg",
        high=180.0,
        direction="lower",
        bands=(
            Band(12, _("even"), "ok"),
            Band(29, _("varied"), "ok"),
            Band(32, _("a little patchy"), "watch"),
            Band(REST, _("patchy"), "act"),
        ),
        span=(0, 45),
        shown_as_word=True,
        alert=AlertTiming(consecutive=3, hysteresis=3.0, cooldown_h=72, watched_in=("flower_health",)),
        limits=("upper",),
        step=2.0,
        below=Excursion(words=_("More even than its limit")),
        above=Excursion(words=_("Patchy leaves"), advice=advice.PATCHY),
        withheld=_WITHHELD,
        sensor=Sensor(icon="mdi:palette-outline", precision=0, unit="°", enabled=False, diagnostic=True),
    ),
)
