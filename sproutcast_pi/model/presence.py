"""Presence of a plant in one photograph: seen, uncertain or absent, relative to its usual leaf area."""

from __future__ import annotations

import msgspec

from sproutcast_pi.model import withheld_reasons
from sproutcast_pi.model.measurement import PlantMeasurement
from sproutcast_pi.model.metrics.registry import METRICS

PRESENCE = "presence"
"""Name under which the alert table follows presence beside the plan's rules; it is no metric."""
LOW_CONFIDENCE = 0.35
"""Segmentation confidence below which a mask is as likely something else. Plants in the development photographs have
0.37 and more; specks left in the place of a plant that was taken away 0.1 to 0.2, a third of a purple one 0.28."""
REMNANT_SHARE = 0.1
"""Share of the usual leaf area below which a mask that isn't sure is a remnant, not the plant. Of purple or brown
leaves more is found, if anything."""
REMNANT_CONFIDENCE = 0.6


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """Verdict on one plant in one photograph."""

    state: str
    """seen, uncertain, absent."""
    reason: str | None = None
    """Why it is not `seen`."""

    @property
    def is_seen(self) -> bool:
        """Whether the numbers are this plant's."""
        return self.state == "seen"


SEEN = Presence(state="seen")


def judge_presence(plant: PlantMeasurement, usual_area: float | None, *, doubt_before: str | None = None) -> Presence:
    """Return whether the plant was found; `usual_area` is its usual share of the frame in percent, None: unknown.

    `doubt_before` is the reason why the previous photos did not certainly show it. Such a plant is hardly
    recognised even while present, so finding nothing, or a speck, does not make it absent.
    """
    if _is_absent(plant, usual_area):
        if doubt_before is not None:
            return Presence(state="uncertain", reason=doubt_before)
        return Presence(state="absent", reason=withheld_reasons.NOT_FOUND)
    if plant.area_percent is None and withheld_reasons.AREA_JUMP in plant.left_out.values():
        return Presence(state="uncertain", reason=withheld_reasons.AREA_JUMP)
    if _has_low_confidence(plant) or plant.uncertain_reason is not None:
        return Presence(state="uncertain", reason=plant.uncertain_reason or withheld_reasons.LOW_CONFIDENCE)
    return SEEN


def _is_absent(plant: PlantMeasurement, usual_area: float | None) -> bool:
    """Whether nothing, or only a remnant of low confidence, was found."""
    area, confidence = plant.area_percent, plant.confidence
    if not area and plant.bbox is None and not plant.area_px:
        return not any(getattr(plant, metric, None) for metric in METRICS)
    faint = confidence is not None and confidence < REMNANT_CONFIDENCE
    return faint and usual_area is not None and area is not None and area < REMNANT_SHARE * usual_area


def _has_low_confidence(plant: PlantMeasurement) -> bool:
    return plant.confidence is not None and plant.confidence < LOW_CONFIDENCE


def withhold_unless_seen(plant: PlantMeasurement, presence: Presence) -> PlantMeasurement:
    """Withhold all metrics of an absent plant, and the health score of an uncertain one."""
    if presence.is_seen:
        return plant
    reason = presence.reason or withheld_reasons.NOT_FOUND
    asked = {metric for metric in METRICS if getattr(plant, metric, None) is not None} | set(plant.left_out)
    hidden = asked | {"area_percent", "health_score"} if presence.state == "absent" else {"health_score"}
    empty = {metric: None for metric in hidden if metric in plant.__struct_fields__}
    if presence.state == "absent":
        empty |= {"area_px": None, "bbox": None, "width_px": None, "stage": None}
    return msgspec.structs.replace(
        plant,
        **empty,
        health_reasons=(),
        left_out=plant.left_out | dict.fromkeys(hidden, reason),
        uncertain_reason=reason,
    )
