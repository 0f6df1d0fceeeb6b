"""Tables of plants: the plant, its monitor plan, alerts, care log and timelapses."""

from __future__ import annotations

from peewee import AutoField as Id
from peewee import CharField, FloatField, IntegerField, TextField

from sproutcast_pi.store.base_model import Model, references


class Plant(Model):
    """A plant that is watched."""

    id = Id()
    name = TextField()
    species = TextField(null=True)
    gbif_key = IntegerField(null=True)
    planted_on = TextField(null=True)
    location = TextField(null=True)
    region = TextField(null=True)
    """JSON polygon in the camera's frame, [[x, y], ...], each 0 to 1; null: found by itself."""
    pot_diameter_cm = FloatField(null=True)
    photo_capture_id = IntegerField(null=True, constraints=references("capture(id) ON DELETE SET NULL"))
    """The newest capture in which the plant was measured."""
    sync = IntegerField(default=1)
    position = IntegerField(default=0)
    note = TextField(null=True)
    created_at = TextField()
    updated_at = TextField()
    archived_at = TextField(null=True)
    pot_region = TextField(null=True)
    """JSON polygon like `region`, as wide as the pot's rim in the picture: with its diameter, the plant's scale."""


class MonitorPlan(Model):
    """What is measured for one plant, how often, and when to alert."""

    id = Id()
    plant_id = IntegerField(unique=True, constraints=references("plant(id) ON DELETE CASCADE"))
    preset = CharField()
    pipelines = TextField()
    """JSON: {"P3b": "every_capture", "P5": "daily", ...}."""
    rules = TextField()
    """JSON list: {"metric", "lower", "upper", "drop_percent", "consecutive", "hysteresis", "cooldown_h"}."""
    ran = TextField(default="{}")
    """JSON: the last time each daily or weekly pipeline ran."""
    updated_at = TextField()


class Alert(Model):
    """One rule of one plant and where it stands; it outlives restarts, so counts and pauses do too."""

    id = Id()
    plant_id = IntegerField(index=True, constraints=references("plant(id) ON DELETE CASCADE"))
    metric = CharField()
    bound = CharField()
    """lower, upper or drop."""
    active = IntegerField(default=0)
    streak = IntegerField(default=0)
    value = FloatField(null=True)
    threshold = FloatField()
    since_at = TextField(null=True)
    notified_at = TextField(null=True)
    unknown_since_at = TextField(null=True)
    """Since when the metric was asked for and could not be measured; null while it is known."""
    unknown_streak = IntegerField(default=0)
    """Photographs in a row in which it could not be measured."""


class CareEvent(Model):
    """What somebody did for a plant."""

    id = Id()
    plant_id = IntegerField(index=True, constraints=references("plant(id) ON DELETE CASCADE"))
    kind = CharField()
    at = TextField(index=True)
    volume_ml = FloatField(null=True)
    product = TextField(null=True)
    text = TextField(null=True)
    caller = TextField()
    created_at = TextField()


class Timelapse(Model):
    """A named series of pictures of one plant."""

    id = Id()
    plant_id = IntegerField(index=True, constraints=references("plant(id) ON DELETE CASCADE"))
    name = TextField()
    interval_s = IntegerField()
    compact = IntegerField(default=0)
    frames = IntegerField(default=0)
    started_at = TextField()
    last_frame_at = TextField(null=True)
    ended_at = TextField(null=True)
