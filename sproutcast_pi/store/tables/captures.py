"""Tables of photographs: captures, the numbers measured in them, and the site profiles learned from them."""

from __future__ import annotations

from peewee import AutoField as Id
from peewee import CharField, FloatField, IntegerField, TextField

from sproutcast_pi.model.metrics.registry import METRICS
from sproutcast_pi.store.base_model import Model, references


class Capture(Model):
    """One photograph, from the request to the result."""

    id = Id()
    state = CharField()
    reason = CharField()
    """schedule, catch_up, button, timelapse, wizard."""
    attempt = IntegerField(default=0)
    wanted_at = TextField()
    started_at = TextField(null=True)
    finished_at = TextField(null=True)
    file = TextField(null=True)
    """Relative to the picture folder; null once retention removed it."""
    thumb = TextField(null=True)
    overlay = TextField(null=True)
    width = IntegerField(null=True)
    height = IntegerField(null=True)
    bytes = IntegerField(null=True)
    sha256 = TextField(null=True)
    quality = CharField(null=True)
    """ok, flagged, uncertain, refused."""
    quality_reasons = TextField(default="[]")
    sharpness = FloatField(null=True)
    exposure = FloatField(null=True)
    light_level = FloatField(null=True)
    """What the light keeper had set, 0 to 1."""
    lamp_lit = IntegerField(null=True)
    """What the picture says."""
    lamp_colour = CharField(null=True)
    metadata = TextField(default="{}")
    error = TextField(null=True)
    elapsed_ms = FloatField(null=True)
    time_trusted = IntegerField(default=1)
    removed_at = TextField(null=True)
    outline = CharField(null=True)
    """What a person says of the plants' outline: right, wrong, outdated (right before the lamp or camera changed)."""
    code = TextField(null=True)
    """The code of `error`, see `messages/areas`; null: it is a text only."""
    data = TextField(null=True)
    """JSON: {column: its message, or messages, as code and values}, for readers of other languages."""


class AnalysisResult(Model):
    """The numbers of one plant in one photograph; a column a metric, null where not measured."""

    id = Id()
    plant_id = IntegerField(constraints=references("plant(id) ON DELETE CASCADE"))
    capture_id = IntegerField(index=True, constraints=references("capture(id) ON DELETE CASCADE"))
    at = TextField(index=True)
    bbox = TextField(null=True)
    area_px = IntegerField(null=True)
    area_percent = FloatField(null=True)
    area_cm2 = FloatField(null=True)
    height_px = IntegerField(null=True)
    height_cm = FloatField(null=True)
    width_px = IntegerField(null=True)
    chlorophyll_index = FloatField(null=True)
    excess_green = FloatField(null=True)
    turgor_index = FloatField(null=True)
    droop_deg = FloatField(null=True)
    hue_deg = FloatField(null=True)
    hue_sd_deg = FloatField(null=True)
    leaf_count = IntegerField(null=True)
    bloom_percent = FloatField(null=True)
    bloom_count = IntegerField(null=True)
    lesion_percent = FloatField(null=True)
    yellow_percent = FloatField(null=True)
    health_score = IntegerField(null=True)
    health_reasons = TextField(default="[]")
    growth_rate_percent = FloatField(null=True)
    growth_rate_sd = FloatField(null=True)
    stage = CharField(null=True)
    confidence = FloatField(null=True)
    scale = CharField(null=True)
    """given, marker, pot: the source of the centimetres."""
    left_out = TextField(default="{}")
    """JSON: {metric: why it was asked for and is withheld}."""
    presence = CharField(null=True)
    """seen, uncertain, absent: whether the plant was found at all; null in rows older than version 6."""
    uncertain_reason = TextField(null=True)
    """Why the numbers of this plant may not be this plant's, where that is so."""
    data = TextField(null=True)
    """JSON: {column: its message, or messages, as code and values}, of `left_out` and `health_reasons`."""
    baseline = TextField(default="{}")
    """JSON: {metric: what was usual for the plant}, for metrics that are judged against the plant itself."""

    class Meta:
        """A plant's results by time, with the values that are asked of all its past: no row is read for those."""

        indexes = ((("plant_id", "at", "turgor_index", "hue_deg", "chlorophyll_index"), False),)


def _append_metric_columns() -> None:
    """Columns of metrics that came after version 1, in the registry's order of versions."""
    for metric in sorted(METRICS.values(), key=lambda metric: metric.since):
        if metric.since > 1:
            field = IntegerField(null=True) if metric.integer else FloatField(null=True)
            AnalysisResult._meta.add_field(metric.key, field)  # noqa: SLF001 - peewee's public way to a model's facts


_append_metric_columns()


class Profile(Model):
    """How plants look at this place, learned, per camera and lamp state."""

    id = Id()
    lamp_state = CharField()
    """lamp, daylight, night."""
    file = TextField()
    version = IntegerField()
    state = CharField()
    """proposed, active, retired, misfit."""
    confidence = FloatField()
    message = TextField(null=True)
    created_at = TextField()
    updated_at = TextField()
    lessons = TextField(default="[]")
    """The captures whose outlines, confirmed by a person, taught it; empty: nobody has confirmed any."""
    code = TextField(null=True)
    """The code of `message`, see `messages/areas`; null: it is a text only."""
    data = TextField(null=True)
    """JSON: {column: its message as code and values}, for readers of other languages than the column's."""
