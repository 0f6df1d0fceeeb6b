"""Metrics of flowers."""

from __future__ import annotations

from sproutcast_pi.messages.marking import _
from sproutcast_pi.model import withheld_reasons as why
from sproutcast_pi.model.metrics.metric import REST, Band, Excursion, Metric, Sensor

_WITHHELD = (
    why.TOO_SMALL,
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

FLOWERS = (
    Metric(
        key="bloom_percent",
        name=_("Bloom"),
        pipeline="P5",
        unit="%",
        digits=1,
        csv_unit="% of the canopy",
        high=100.0,
        bands=(
            Band(0.2, _("no flowers"), "info"),
            Band(5.0, _("some flowers"), "info"),
            Band(REST, _("in bloom"), "info"),
        ),
        span=(0.0, 20.0),
        below=Excursion(words=_("Few flowers")),
        above=Excursion(words=_("Flowering")),
        withheld=_WITHHELD,
        sensor=Sensor(icon="mdi:flower", precision=1, unit="%"),
    ),
    Metric(
        key="bloom_count",
        name=_("Flowers"),
        pipeline="P5",
        integer=True,
        below=Excursion(words=_("Few flowers")),
        above=Excursion(words=_("Flowering")),
        withheld=_WITHHELD,
        sensor=Sensor(icon="mdi:flower", precision=0),
    ),
)
