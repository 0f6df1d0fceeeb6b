"""The tables, as peewee models; a column holds what is sent on the wire.

Moments (`*_at`) are text in UTC, `2026-11-22T03:06:09.123456Z`, fixed width, so they sort and compare as text.
Days (`*_on`) are `2026-11-22`. Truth values are 0 or 1. Lists and objects are JSON text.
"""

from __future__ import annotations

from peewee import SQL, CharField, FloatField, IntegerField, Node, TextField
from peewee import AutoField as Id

from sproutcast_pi.model.metrics.registry import METRICS
from sproutcast_pi.store.base_model import Model

__all__ = ["HIDDEN", "PRIVATE", "TABLES", "Model"]


def _refers(rule: str) -> list[Node]:
    return [SQL(f"REFERENCES {rule}")]


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
    photo_capture_id = IntegerField(null=True, constraints=_refers("capture(id) ON DELETE SET NULL"))
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
    """What is measured for one plant, how often, and when to speak up."""

    id = Id()
    plant_id = IntegerField(unique=True, constraints=_refers("plant(id) ON DELETE CASCADE"))
    preset = CharField()
    pipelines = TextField()
    """JSON: {"P3b": "every_capture", "P5": "daily", ...}."""
    rules = TextField()
    """JSON list: {"metric", "lower", "upper", "drop_percent", "consecutive", "hysteresis", "cooldown_h"}."""
    ran = TextField(default="{}")
    """JSON: the last time each daily or weekly pipeline ran."""
    updated_at = TextField()


class Capture(Model):
    """One photograph, from the wish to the result."""

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
    """JSON: {column: its message as code and values}, for readers of other languages than the column's."""


class AnalysisResult(Model):
    """The numbers of one plant in one photograph; a column a metric, null where not measured."""

    id = Id()
    plant_id = IntegerField(index=True, constraints=_refers("plant(id) ON DELETE CASCADE"))
    capture_id = IntegerField(index=True, constraints=_refers("capture(id) ON DELETE CASCADE"))
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
    """given, marker, pot: what the centimetres stand on."""
    left_out = TextField(default="{}")
    """JSON: {metric: why it was asked for and isn't told}."""
    presence = CharField(null=True)
    """seen, uncertain, absent: whether the plant was found at all; null in rows older than version 6."""
    uncertain_reason = TextField(null=True)
    """Why the numbers of this plant may not be this plant's, where that is so."""
    data = TextField(null=True)
    """JSON: {column: its message, or messages, as code and values}, of `left_out` and `health_reasons`."""
    baseline = TextField(default="{}")
    """JSON: {metric: what was usual for the plant}, for metrics that are judged against the plant itself."""


def _append_metric_columns() -> None:
    """Columns of metrics that came after version 1, in the registry's order of versions."""
    for metric in sorted(METRICS.values(), key=lambda metric: metric.since):
        if metric.since > 1:
            field = IntegerField(null=True) if metric.integer else FloatField(null=True)
            AnalysisResult._meta.add_field(metric.key, field)  # noqa: SLF001  # peewee's public way to a model's facts


_append_metric_columns()


class Alert(Model):
    """One rule of one plant and where it stands; it outlives restarts, so counts and pauses do too."""

    id = Id()
    plant_id = IntegerField(index=True, constraints=_refers("plant(id) ON DELETE CASCADE"))
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


class Notification(Model):
    """Something the owner should read."""

    id = Id()
    plant_id = IntegerField(null=True, index=True, constraints=_refers("plant(id) ON DELETE CASCADE"))
    capture_id = IntegerField(null=True, constraints=_refers("capture(id) ON DELETE SET NULL"))
    category = CharField()
    """health, alert, analysis, info."""
    title = TextField()
    message = TextField()
    advice = TextField(null=True)
    """What to do."""
    metric = CharField(null=True)
    bound = CharField(null=True)
    """lower, upper or drop."""
    value = FloatField(null=True)
    threshold = FloatField(null=True)
    created_at = TextField(index=True)
    read_at = TextField(null=True)
    resolved_at = TextField(null=True)
    snoozed_until_at = TextField(null=True)
    """Counts as read until then, and as unread again from then on."""
    value_now = FloatField(null=True)
    """The newest value of `metric` while the alert is open; `value` is the one it began with."""
    measured_at = TextField(null=True)
    """When `value_now` was measured."""
    care_kind = CharField(null=True)
    """What was done about it since, of the care log's kinds; null: nothing."""
    care_at = TextField(null=True)
    question = CharField(null=True)
    """What the owner is asked: hanging, smaller. Null: nothing. `answer_notification` takes the answer."""
    answer = CharField(null=True)
    """moved, cut, replaced, dying; null: not answered."""
    answered_at = TextField(null=True)
    code = TextField(null=True)
    """The code of `message`, see `messages/areas`; null: it is a text only."""
    data = TextField(null=True)
    """JSON: {column: its message as code and values}, for readers of other languages than the column's."""


class CareEvent(Model):
    """What somebody did for a plant."""

    id = Id()
    plant_id = IntegerField(index=True, constraints=_refers("plant(id) ON DELETE CASCADE"))
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
    plant_id = IntegerField(index=True, constraints=_refers("plant(id) ON DELETE CASCADE"))
    name = TextField()
    interval_s = IntegerField()
    compact = IntegerField(default=0)
    frames = IntegerField(default=0)
    started_at = TextField()
    last_frame_at = TextField(null=True)
    ended_at = TextField(null=True)


class Light(Model):
    """The grow light: its schedule, what it does now, and what comes next. One row, id 1."""

    id = Id()
    enabled = IntegerField(default=1)
    start = CharField(default="06:00")
    """Wall clock, HH:MM."""
    hours = FloatField(default=16.0)
    """Elapsed hours from start, ramps included."""
    sunrise_min = FloatField(default=30.0)
    sunset_min = FloatField(default=30.0)
    level = FloatField(default=1.0)
    max_hours_per_day = FloatField(default=18.0)
    """Budget in any rolling 24 h, kept across restarts."""
    ppfd_full = FloatField(null=True)
    """umol/m2/s at the canopy at full level; null: unknown, no daily light integral."""
    override_level = FloatField(null=True)
    override_until_at = TextField(null=True)
    ramp_from_level = FloatField(null=True)
    """Where the lamp stood when it was told to go to `override_level` slowly; null: at once."""
    ramp_from_at = TextField(null=True)
    ramp_to_at = TextField(null=True)
    now_level = FloatField(default=0.0)
    now_reason = TextField(default="starting")
    """off, sunrise, day, sunset, override, capture, budget, derate, untrusted_time, disabled, starting."""
    next_change_at = TextField(null=True)
    on_seconds_today = FloatField(default=0.0)
    dli_today = FloatField(null=True)
    """mol/m2 since the photoperiod began."""
    budget_left_s = FloatField(null=True)
    updated_at = TextField()


class LightChange(Model):
    """The light's history: one row when its reason or level changed, and one a minute-step within ramps."""

    id = Id()
    at = TextField(index=True)
    level = FloatField()
    reason = CharField()


class LightDay(Model):
    """What the light did in one photoperiod day (it begins when the photoperiod does)."""

    id = Id()
    day_on = CharField(unique=True)
    on_seconds = FloatField(default=0.0)
    dli_mol = FloatField(null=True)


class Health(Model):
    """How each part of the appliance is, in words."""

    part = CharField(primary_key=True)
    """config, light, camera, worker, store, disk, clock, power, temperature, network, mqtt, sync, screen ..."""
    state = CharField()
    """ok, warn, bad, off."""
    message = TextField()
    advice = TextField(null=True)
    value = FloatField(null=True)
    since_at = TextField()
    updated_at = TextField()
    code = TextField(null=True)
    """The code of `message`, see `messages/areas`; null: it is a text only."""
    data = TextField(null=True)
    """JSON: {column: its message as code and values}, for readers of other languages than the column's."""
    due_at = TextField(null=True)
    """When the part acts next: for `captures` the next photograph."""


class Software(Model):
    """The version that runs and how an update stands: one row, id 1."""

    id = IntegerField(primary_key=True)
    version = CharField()
    slot = CharField(null=True)
    """a, b; null: installed as a package."""
    state = CharField()
    """idle, checking, available, installing, restarting, proving, failed."""
    available_version = CharField(null=True)
    notes = TextField(null=True)
    source = CharField(null=True)
    """usb, url: where the update was found."""
    progress = FloatField(null=True)
    """Percent, while it is being installed."""
    message = TextField()
    checked_at = TextField(null=True)
    updated_at = TextField()
    code = TextField(null=True)
    """The code of `message`, see `messages/areas`; null: it is a text only."""
    data = TextField(null=True)
    """JSON: {column: its message as code and values}, for readers of other languages than the column's."""


class Setting(Model):
    """What the owner chose on the screen, by name."""

    name = CharField(primary_key=True)
    value = TextField()
    """JSON."""
    updated_at = TextField()


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


class Client(Model):
    """A paired phone, page or program. Only owners may read this table; token hashes never leave it."""

    id = Id()
    name = TextField()
    role = CharField()
    """viewer, carer, owner."""
    token_hash = TextField()
    created_at = TextField()
    seen_at = TextField(null=True)
    revoked_at = TextField(null=True)


TABLES: tuple[type[Model], ...] = (
    Capture,
    Plant,
    MonitorPlan,
    AnalysisResult,
    Alert,
    Notification,
    CareEvent,
    Timelapse,
    Light,
    LightChange,
    LightDay,
    Health,
    Software,
    Setting,
    Profile,
    Client,
)
"""Every table, those referred to first."""

PRIVATE = frozenset({"client", "_tx", "_meta", "_follower"})
"""Tables only owners and our own services may read."""
HIDDEN = {"client": frozenset({"token_hash"})}
"""Columns that never leave, for nobody."""
