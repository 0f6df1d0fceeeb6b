"""Tables of the grow light: its schedule and state, its changes, its days."""

from __future__ import annotations

from peewee import AutoField as Id
from peewee import CharField, FloatField, IntegerField, TextField

from sproutcast_pi.store.base_model import Model


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
    """The level of the lamp when it began to go to `override_level` slowly; null: at once."""
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
