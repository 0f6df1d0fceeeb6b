"""The types of the registry's rows."""

from __future__ import annotations

import math
from typing import Literal

import msgspec

from sproutcast_pi.messages.areas import advice
from sproutcast_pi.messages.marking import _
from sproutcast_pi.messages.message import Template

Level = Literal["ok", "watch", "act", "info"]
"""What a value means: fine, worth a look, do something; `info` says what is so without judging it."""
Direction = Literal["higher", "lower", "middle", "none"]
"""Which values are better; `none`: the number says nothing of health."""
Unit = Literal["", "%", "%/d", "cm2", "cm", "px", "deg"]
Cause = Literal["", "thirst", "hunger", "pruning"]
"""What the care log is searched for when the metric is out of bounds."""
Side = Literal["lower", "upper"]

SEVERITY: dict[Level, int] = {"ok": 0, "info": 0, "watch": 1, "act": 2}
REST = math.inf


class Band(msgspec.Struct, frozen=True):
    """One stretch of a metric's values: those up to `top` that no earlier band holds."""

    top: float
    word: str
    """English, lower case (a screen capitalises it)."""
    level: Level


class Excursion(msgspec.Struct, frozen=True, kw_only=True):
    """What it means that a metric lies beyond its bound on one side."""

    words: str
    """The plant's state, to follow its name and a colon: "Basil: Thirsty"."""
    advice: Template = advice.DEFAULT
    cause: Cause = ""


class AlertTiming(msgspec.Struct, frozen=True, kw_only=True):
    """How patient the default alert rule is; its bounds are the edges of the `act` bands."""

    consecutive: int
    hysteresis: float
    """In the metric's stored unit."""
    cooldown_h: float
    watched_in: tuple[str, ...] = ("flower_health", "growth_tracking")
    """The presets of monitor plans that have the rule."""


class Sensor(msgspec.Struct, frozen=True, kw_only=True):
    """How the metric is announced to Home Assistant, in its stored unit."""

    icon: str
    precision: int
    unit: str | None = None
    device_class: str | None = None
    state_class: str = "measurement"
    enabled: bool = True
    """Whether the entity is enabled by default."""
    diagnostic: bool = False


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """One number of a plant; `key` is its column in `analysis_result`, its field in `PlantMeasurement` and its id."""

    key: str
    name: str
    """English; unique, as Home Assistant makes entity ids of it."""
    pipeline: str
    """The pipeline that yields it; empty: made of other metrics."""
    sensor: Sensor
    unit: Unit = ""
    """The unit people read, after `scale`."""
    scale: float = 1.0
    """Stored value times this is the number people read."""
    digits: int = 0
    """Digits after the point, for people."""
    whole_from: float | None = None
    """From this number on people read no digits after the point."""
    since: int = 1
    """The version of the store's tables its column came with; a column of a later version is appended."""
    integer: bool = False
    """Whether the stored value is a whole number."""
    csv_unit: str = ""
    """Unit of the stored value in exports, where the column's name does not end with it."""
    low: float = 0.0
    """The lowest value possible, in the stored unit; thresholds lie within."""
    high: float = 1e9
    circular: bool = False
    """Whether it is an angle: 359 lies beside 1."""
    direction: Direction = "none"
    species_dependent: bool = False
    """Whether healthy plants of different kinds differ so much that no fixed number judges them."""
    bands: tuple[Band, ...] = ()
    """Rising, the last without a top; edges in the stored unit."""
    relative_bands: tuple[Band, ...] = ()
    """Instead of `bands`: edges as shares of what is usual for the very plant (`model.baseline`)."""
    span: tuple[float, float] | None = None
    """What a gauge of the bands covers, in the stored unit."""
    shown_as_word: bool = False
    """Whether people read the band's word instead of a number that means nothing to a grower."""
    advanced: bool = False
    """Whether it is for experts: left out where plants are shown."""
    replaced_by: str = ""
    """A metric that says the same better: this one is not shown beside it."""
    alert: AlertTiming | None = None
    """The default alert rule; None: there is none."""
    urgent: bool = False
    """Whether its alerts can't wait."""
    limits: tuple[Side, ...] = ()
    """The bounds an owner can set as numbers."""
    step: float = 1.0
    """How far one touch moves a limit."""
    fine_step: float = 1.0
    """The smallest step of a limit that is typed."""
    below: Excursion | None = None
    above: Excursion | None = None
    withheld: tuple[str, ...] = ()
    """Why it may be missing though it was asked for."""

    @property
    def act_below(self) -> float | None:
        """Values below are at level `act`; None: no low value is."""
        return _low_edge(self.bands)

    @property
    def act_above(self) -> float | None:
        """Values above are at level `act`; None: no high value is."""
        best = max((i for i, band in enumerate(self.bands) if band.level != "act"), default=len(self.bands) - 1)
        return self.bands[best].top if self.bands[best + 1 :] else None

    @property
    def act_drop_percent(self) -> float | None:
        """How far in percent it may fall below what is usual for the plant before it is at level `act`."""
        share = _low_edge(self.relative_bands)
        return None if share is None else (1.0 - share) * 100.0

    @property
    def signed(self) -> bool:
        """Whether nought is no floor, so that a fall in percent means nothing."""
        return self.low < 0 or self.circular

    def excursion(self, side: Side) -> Excursion:
        """Return what a value beyond the bound on this side means."""
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
