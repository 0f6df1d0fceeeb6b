"""How each metric of a plant shows in Home Assistant: name, unit, class, precision; and which thresholds can be set."""

from __future__ import annotations

import msgspec


class MetricSensor(msgspec.Struct, frozen=True, kw_only=True):
    """One metric as a sensor; the name is unique within the plant, for entity ids are made of it."""

    metric: str
    name: str
    unit: str | None = None
    device_class: str | None = None
    precision: int
    icon: str
    shown: bool = True
    """Whether it is enabled without anybody asking for it."""
    diagnostic: bool = False


METRIC_SENSORS: tuple[MetricSensor, ...] = (
    MetricSensor(metric="health_score", name="Health", unit="%", precision=0, icon="mdi:heart-pulse"),
    MetricSensor(metric="area_cm2", name="Leaf area", unit="cm²", device_class="area", precision=1, icon="mdi:leaf"),
    MetricSensor(metric="area_percent", name="Leaf cover", unit="%", precision=2, icon="mdi:leaf"),
    MetricSensor(metric="height_cm", name="Height", unit="cm", device_class="distance", precision=1, icon="mdi:ruler"),
    MetricSensor(metric="growth_rate_percent", name="Growth", unit="%/d", precision=1, icon="mdi:trending-up"),
    MetricSensor(metric="turgor_index", name="Firmness", precision=2, icon="mdi:sprout"),
    MetricSensor(metric="droop_deg", name="Leaf droop", unit="°", precision=0, icon="mdi:angle-acute"),
    MetricSensor(metric="chlorophyll_index", name="Leaf green", precision=2, icon="mdi:palette"),
    MetricSensor(metric="hue_deg", name="Leaf colour", unit="°", precision=0, icon="mdi:palette"),
    MetricSensor(metric="leaf_count", name="Leaves", precision=0, icon="mdi:leaf"),
    MetricSensor(metric="bloom_percent", name="Bloom", unit="%", precision=1, icon="mdi:flower"),
    MetricSensor(metric="bloom_count", name="Flowers", precision=0, icon="mdi:flower"),
    MetricSensor(metric="yellow_percent", name="Yellow leaf", unit="%", precision=1, icon="mdi:leaf-off"),
    MetricSensor(metric="lesion_percent", name="Spots", unit="%", precision=1, icon="mdi:dots-hexagon"),
    MetricSensor(
        metric="hue_sd_deg",
        name="Colour spread",
        unit="°",
        precision=0,
        icon="mdi:palette-outline",
        shown=False,
        diagnostic=True,
    ),
    MetricSensor(
        metric="excess_green",
        name="Excess green",
        precision=2,
        icon="mdi:palette-outline",
        shown=False,
        diagnostic=True,
    ),
    MetricSensor(
        metric="area_px", name="Leaf pixels", unit="px", precision=0, icon="mdi:grid", shown=False, diagnostic=True
    ),
    MetricSensor(
        metric="height_px", name="Height pixels", unit="px", precision=0, icon="mdi:grid", shown=False, diagnostic=True
    ),
)
"""Every metric of `analysis_result`, in the order people ask for them."""


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """One bound of a rule, as a number that can be set."""

    metric: str
    bound: str
    """`lower` or `upper`."""
    name: str
    low: float
    high: float
    step: float
    unit: str | None = None

    @property
    def key(self) -> str:
        """`turgor_index_lower`: part of topics and unique ids, so it never changes."""
        return f"{self.metric}_{self.bound}"


THRESHOLDS: dict[str, Threshold] = {
    threshold.key: threshold
    for threshold in (
        Threshold(metric="health_score", bound="lower", name="Alert health below", low=0, high=100, step=1, unit="%"),
        Threshold(metric="turgor_index", bound="lower", name="Alert firmness below", low=0, high=1, step=0.01),
        Threshold(metric="chlorophyll_index", bound="lower", name="Alert leaf green below", low=0, high=1, step=0.01),
        Threshold(metric="hue_deg", bound="lower", name="Alert leaf colour below", low=0, high=360, step=1, unit="°"),
        Threshold(metric="hue_deg", bound="upper", name="Alert leaf colour above", low=0, high=360, step=1, unit="°"),
        Threshold(
            metric="hue_sd_deg", bound="upper", name="Alert colour spread above", low=0, high=180, step=1, unit="°"
        ),
        Threshold(
            metric="yellow_percent", bound="upper", name="Alert yellow leaf above", low=0, high=100, step=0.5, unit="%"
        ),
        Threshold(
            metric="lesion_percent", bound="upper", name="Alert spots above", low=0, high=100, step=0.5, unit="%"
        ),
        Threshold(
            metric="growth_rate_percent",
            bound="lower",
            name="Alert growth below",
            low=-100,
            high=100,
            step=0.5,
            unit="%/d",
        ),
    )
}
PRESETS: dict[str, str] = {
    "flower_health": "Flower health",
    "growth_tracking": "Growth tracking",
    "quick_pulse": "Quick pulse",
    "custom": "Custom",
}
"""Presets in the words of the select; never "none", which Home Assistant takes for unknown."""
CARE_KINDS = ("water", "feed", "prune", "note", "soil_change", "repot", "temperature_event", "light_change")
CATEGORIES = ("health", "alert", "analysis", "info")
LIGHT_REASONS = (
    "off",
    "sunrise",
    "day",
    "sunset",
    "override",
    "capture",
    "budget",
    "derate",
    "untrusted_time",
    "disabled",
    "starting",
)
