"""Types of the registry of metrics."""

from __future__ import annotations

import math
from typing import Literal

import msgspec

from sproutcast_pi.messages.areas import advice
from sproutcast_pi.messages.marking import _
from sproutcast_pi.messages.message import Template

Level = Literal["ok", "watch", "act", "info"]
"""Level of a value: fine, worth a look, do something; `info` is neutral."""
Direction = Literal["higher", "lower", "middle", "none"]
"""Which values are better; `none`: unrelated to health."""
Unit = Literal["", "%", "%/d", "cm2", "cm", "px", "deg"]
Cause = Literal["", "thirst", "hunger", "pruning"]
"""Kinds of care searched for in the log when the metric is out of bounds."""
Side = Literal["lower", "upper"]

SEVERITY: dict[Level, int] = {"ok": 0, "info": 0, "watch": 1, "act": 2}
REST = math.inf


class Band(msgspec.Struct, frozen=True):
    """A range of a metric's values: those up to `top` above the previous band."""

    top: float
    word: str
    """English, lower case (a screen capitalises it)."""
    level: Level


class Excursion(msgspec.Struct, frozen=True, kw_only=True):
    """Meaning of a metric beyond its bound on one side."""

    words: str
    """The plant's state, to follow its name and a colon: "Basil: Thirsty"."""
    advice: Template = advice.DEFAULT
    cause: Cause = ""


class AlertTiming(msgspec.Struct, frozen=True, kw_only=True):
    """Timing of the default alert rule; its bounds are the edges of the `act` bands."""

    consecutive: int
    hysteresis: float
    """In the metric's stored unit."""
    cooldown_h: float
    watched_in: tuple[str, ...] = ("flower_health", "growth_tracking")
    """Presets of monitor plans that include the rule."""


class Sensor(msgspec.Struct, frozen=True, kw_only=True):
    """Home Assistant sensor of the metric, in its stored unit."""

    icon: str
    precision: int
    unit: str | None = None
    device_class: str | None = None
    state_class: str = "measurement"
    enabled: bool = True
    """Whether the entity is enabled by default."""
    diagnostic: bool = False


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """A metric of a plant; `key` is its column in `analysis_result`, its field in `PlantMeasurement` and its id."""

    key: str
    name: str
    """English; unique, as Home Assistant makes entity ids of it."""
    pipeline: str
    """The pipeline that computes it; empty: derived from other metrics."""
    sensor: Sensor
    unit: Unit = ""
    """Displayed unit, after `scale`."""
    scale: float = 1.0
    """Factor from the stored to the displayed value."""
    digits: int = 0
    """Displayed digits after the point."""
    whole_from: float | None = None
    """Displayed value from which digits after the point are omitted."""
    since: int = 1
    """The version of the store's tables its column came with; a column of a later version is appended."""
    integer: bool = False
    """Whether the stored value is a whole number."""
    csv_unit: str = ""
    """Unit of the stored value in exports, where the column's name does not end with it."""
    low: float = 0.0
    """Lowest possible value in the stored unit; thresholds lie within."""
    high: float = 1e9
    circular: bool = False
    """Whether it is an angle, compared on the circle."""
    direction: Direction = "none"
    species_dependent: bool = False
    """Whether healthy plants of different species differ too much for fixed edges."""
    bands: tuple[Band, ...] = ()
    """Rising, the last without a top; edges in the stored unit."""
    relative_bands: tuple[Band, ...] = ()
    """Instead of `bands`: edges as shares of the plant's baseline (`model.baseline`)."""
    span: tuple[float, float] | None = None
    """Range of the gauge in the stored unit."""
    shown_as_word: bool = False
    """Whether the band's word is displayed instead of a number."""
    advanced: bool = False
    """Whether it is for experts: omitted in overviews of plants."""
    replaced_by: str = ""
    """A metric that supersedes it: this one is not displayed beside it."""
    alert: AlertTiming | None = None
    """The default alert rule; None: there is none."""
    urgent: bool = False
    """Whether its alerts are urgent."""
    limits: tuple[Side, ...] = ()
    """Bounds an owner can set as numbers."""
    step: float = 1.0
    """Step of a limit per touch."""
    fine_step: float = 1.0
    """Smallest step of a typed limit."""
    below: Excursion | None = None
    above: Excursion | None = None
    withheld: tuple[str, ...] = ()
    """Reasons for which it may be withheld."""

    @property
    def act_below(self) -> float | None:
        """Upper edge of the low `act` bands; None: no low value is at level `act`."""
        return _low_edge(self.bands)

    @property
    def act_above(self) -> float | None:
        """Lower edge of the high `act` band; None: no high value is at level `act`."""
        best = max((i for i, band in enumerate(self.bands) if band.level != "act"), default=len(self.bands) - 1)
        return self.bands[best].top if self.bands[best + 1 :] else None

    @property
    def act_drop_percent(self) -> float | None:
        """Drop below the plant's baseline in percent from which it is at level `act`."""
        share = _low_edge(self.relative_bands)
        return None if share is None else (1.0 - share) * 100.0

    @property
    def signed(self) -> bool:
        """Whether values can be negative, so that a drop in percent is meaningless."""
        return self.low < 0 or self.circular

    def excursion(self, side: Side) -> Excursion:
        """Return the meaning of a value beyond the bound on this side."""
        known = self.below if side == "lower" else self.above
        return known or (BELOW_LIMIT if side == "lower" else ABOVE_LIMIT)


BELOW_LIMIT = Excursion(words=_("Too low"))
ABOVE_LIMIT = Excursion(words=_("Too high"))


def _low_edge(bands: tuple[Band, ...]) -> float | None:
    """The top of the `act` bands a metric's values begin with."""
    edge = None
    for band in bands:
        if band.level != "act":
            break
        edge = band.top
    return edge
