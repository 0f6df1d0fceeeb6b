"""Tables of the appliance: health, software, settings, notifications, paired clients."""

from __future__ import annotations

from peewee import AutoField as Id
from peewee import CharField, FloatField, IntegerField, TextField

from sproutcast_pi.store.base_model import Model, references


class Notification(Model):
    """Something the owner should read."""

    id = Id()
    plant_id = IntegerField(null=True, index=True, constraints=references("plant(id) ON DELETE CASCADE"))
    capture_id = IntegerField(null=True, constraints=references("capture(id) ON DELETE SET NULL"))
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
    """The version that runs and the state of an update: one row, id 1."""

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
