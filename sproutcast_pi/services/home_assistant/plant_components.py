"""A plant's entities. Keys are for ever: see `discovery`."""

from __future__ import annotations

from typing import Any

from sproutcast_pi.messages.marking import _
from sproutcast_pi.model.metrics.metric import Metric
from sproutcast_pi.model.metrics.registry import METRICS
from sproutcast_pi.services.home_assistant.metric_sensors import CARE_KINDS, CATEGORIES, PRESETS, THRESHOLDS, Threshold
from sproutcast_pi.services.home_assistant.topics import Topics

Component = dict[str, Any]


def plant_components(topics: Topics, plant_id: int) -> dict[str, Component]:
    """Every component by its key; triggers are no entities and have neither name nor unique id."""
    state = topics.plant(plant_id)
    made: dict[str, Component] = {
        **{metric.key: _metric(state, metric) for metric in METRICS.values()},
        **_condition(state),
        **_care(topics, plant_id),
        **_plan(topics, plant_id),
    }
    entities = {
        key: component | {"unique_id": f"{topics.device}_plant_{plant_id}_{key}", "qos": 1}
        for key, component in made.items()
    }
    return entities | _triggers(topics, plant_id)


def _metric(state: str, metric: Metric) -> Component:
    sensor = metric.sensor
    made: Component = {
        "platform": "sensor",
        "name": metric.name,
        "state_topic": state,
        "value_template": f"{{{{ value_json.{metric.key} }}}}",
        "json_attributes_topic": state,
        "json_attributes_template": f"{{{{ value_json.attributes.{metric.key} | tojson }}}}",
        "state_class": sensor.state_class,
        "suggested_display_precision": sensor.precision,
        "icon": sensor.icon,
    }
    if sensor.unit:
        made["unit_of_measurement"] = sensor.unit
    if sensor.device_class:
        made["device_class"] = sensor.device_class
    if sensor.diagnostic:
        made["entity_category"] = "diagnostic"
    if not sensor.enabled:
        made["enabled_by_default"] = False
    return made


def _condition(state: str) -> dict[str, Component]:
    return {
        "problem": {
            "platform": "binary_sensor",
            "name": _("Problem"),
            "device_class": "problem",
            "state_topic": state,
            "value_template": "{{ value_json.problem }}",
            "json_attributes_topic": state,
            "json_attributes_template": "{{ {'alerts': value_json.alerts} | tojson }}",
        },
        "condition": {
            "platform": "sensor",
            "name": _("Condition"),
            "icon": "mdi:clipboard-pulse",
            "state_topic": state,
            "value_template": "{{ value_json.condition }}",
        },
        "stage": {
            "platform": "sensor",
            "name": _("Stage"),
            "icon": "mdi:seed",
            "state_topic": state,
            "value_template": "{{ value_json.stage }}",
        },
        "measured": {
            "platform": "sensor",
            "name": _("Measured"),
            "device_class": "timestamp",
            "state_topic": state,
            "value_template": "{{ value_json.measured }}",
        },
    }


def _care(topics: Topics, plant_id: int) -> dict[str, Component]:
    return {
        "last_watered": {
            "platform": "sensor",
            "name": _("Last watered"),
            "icon": "mdi:watering-can",
            "device_class": "timestamp",
            "state_topic": topics.plant(plant_id),
            "value_template": "{{ value_json.last_watered }}",
        },
        "watered": {
            "platform": "button",
            "name": _("Watered"),
            "icon": "mdi:watering-can",
            "command_topic": topics.command("watered", plant_id),
        },
        "alert": {
            "platform": "event",
            "name": _("Alert"),
            "icon": "mdi:alert",
            "state_topic": topics.alert(plant_id),
            "event_types": list(CATEGORIES),
        },
        "care": {
            "platform": "event",
            "name": _("Care"),
            "icon": "mdi:hand-heart",
            "state_topic": topics.care(plant_id),
            "event_types": list(CARE_KINDS),
        },
    }


def _plan(topics: Topics, plant_id: int) -> dict[str, Component]:
    state = topics.plant(plant_id)
    return {
        "plan": {
            "platform": "select",
            "name": _("Monitor plan"),
            "icon": "mdi:clipboard-text-clock",
            "entity_category": "config",
            "options": list(PRESETS.values()),
            "state_topic": state,
            "value_template": "{{ value_json.plan }}",
            "command_topic": topics.command("plan", plant_id),
        },
        "species": {
            "platform": "text",
            "name": _("Species"),
            "icon": "mdi:flower-tulip",
            "entity_category": "config",
            "max": 200,
            "state_topic": state,
            "value_template": "{{ value_json.species }}",
            "command_topic": topics.command("species", plant_id),
        },
        **{key: _threshold(topics, plant_id, threshold) for key, threshold in THRESHOLDS.items()},
    }


def _threshold(topics: Topics, plant_id: int, threshold: Threshold) -> Component:
    made: Component = {
        "platform": "number",
        "name": threshold.name,
        "icon": "mdi:bell-cog",
        "entity_category": "config",
        "min": threshold.low,
        "max": threshold.high,
        "step": threshold.metric.fine_step,
        "mode": "box",
        "state_topic": topics.plant(plant_id),
        "value_template": f"{{{{ value_json.{threshold.key} }}}}",
        "command_topic": topics.command(threshold.key, plant_id),
    }
    if threshold.metric.sensor.unit:
        made["unit_of_measurement"] = threshold.metric.sensor.unit
    return made


def _triggers(topics: Topics, plant_id: int) -> dict[str, Component]:
    """Device triggers, so that an automation can begin with "Basil: alert"."""
    made = {}
    kinds = [(topics.alert(plant_id), kind) for kind in CATEGORIES] + [
        (topics.care(plant_id), kind) for kind in CARE_KINDS
    ]
    for topic, kind in kinds:
        family = "alert" if topic == topics.alert(plant_id) else "care"
        made[f"{family}_{kind}_trigger"] = {
            "platform": "device_automation",
            "automation_type": "trigger",
            "type": family,
            "subtype": kind.replace("_", " "),
            "topic": topic,
            "payload": kind,
            "value_template": "{{ value_json.event_type }}",
            "qos": 1,
        }
    return made
