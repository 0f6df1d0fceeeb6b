"""Which thresholds of a plant can be set in Home Assistant, and the fixed words of its selects and events."""

from __future__ import annotations

import msgspec

from sproutcast_pi.messages.formatter import ENGLISH, Formatter
from sproutcast_pi.messages.marking import _
from sproutcast_pi.model.metrics.metric import Metric, Side
from sproutcast_pi.model.metrics.registry import METRICS

UNLIMITED = 1e6
"""The highest threshold of a metric that has no highest value."""


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """One bound of a rule, as a number that can be set; in the metric's stored unit."""

    metric: Metric
    bound: Side

    @property
    def key(self) -> str:
        """`turgor_index_lower`: part of topics and unique ids, so it never changes."""
        return f"{self.metric.key}_{self.bound}"

    @property
    def name(self) -> str:
        """The entity's name in English: "Alert firmness below"."""
        return self.name_in(ENGLISH)

    def name_in(self, formatter: Formatter) -> str:
        """The entity's name in a language."""
        name = formatter(self.metric.name)
        if formatter.preferences.language == "en":
            name = name.lower()
        if self.bound == "lower":
            return formatter(_("Alert {metric} below"), metric=name)
        return formatter(_("Alert {metric} above"), metric=name)

    @property
    def low(self) -> float:
        """The lowest number that can be set."""
        return self.metric.low

    @property
    def high(self) -> float:
        """The highest number that can be set."""
        return min(self.metric.high, UNLIMITED)


THRESHOLDS: dict[str, Threshold] = {
    threshold.key: threshold
    for metric in METRICS.values()
    for threshold in (Threshold(metric=metric, bound=bound) for bound in metric.limits)
}
PRESETS: dict[str, str] = {
    "flower_health": _("Flower health"),
    "growth_tracking": _("Growth tracking"),
    "quick_pulse": _("Quick pulse"),
    "custom": _("Custom"),
}
"""Presets in the words of the select; never "none", which Home Assistant takes for unknown."""
CARE_KINDS = ("water", "feed", "prune", "note", "soil_change", "repot", "move", "temperature_event", "light_change")
CATEGORIES = ("health", "alert", "analysis", "info")
