"""The appliance's entities. Keys are for ever: see `discovery`."""

from __future__ import annotations

from typing import Any

from sproutcast_pi.messages.areas.parts import LIGHT_REASONS
from sproutcast_pi.messages.marking import _
from sproutcast_pi.services.home_assistant.commands import INSTALL
from sproutcast_pi.services.home_assistant.metric_sensors import CATEGORIES
from sproutcast_pi.services.home_assistant.topics import Topics

Component = dict[str, Any]


def appliance_components(topics: Topics) -> dict[str, Component]:
    """Every component by its key."""
    made = {**_light(topics), **_schedule(topics), **_pictures(topics), **_dose(topics), **_diagnostics(topics)}
    return {key: component | {"unique_id": f"{topics.device}_{key}", "qos": 1} for key, component in made.items()}


def _light(topics: Topics) -> dict[str, Component]:
    return {
        "light": {
            "platform": "light",
            "schema": "json",
            "name": _("Grow light"),
            "icon": "mdi:lightbulb-fluorescent-tube",
            "state_topic": topics.light,
            "command_topic": topics.command("light"),
            "brightness": True,
            "supported_color_modes": ["brightness"],
        },
        "follow_schedule": {
            "platform": "button",
            "name": _("Light follows schedule"),
            "icon": "mdi:calendar-clock",
            "command_topic": topics.command("follow_schedule"),
        },
        "light_reason": _sensor(topics.state, "light_reason", _("Light reason"), "mdi:lightbulb-question")
        | {"device_class": "enum", "options": list(LIGHT_REASONS)},
        "light_next_change": _sensor(topics.state, "light_next_change", _("Light changes next"), "mdi:clock-outline")
        | {"device_class": "timestamp"},
    }


def _schedule(topics: Topics) -> dict[str, Component]:
    return {
        "schedule": {
            "platform": "switch",
            "name": _("Light schedule"),
            "icon": "mdi:calendar-clock",
            "entity_category": "config",
            "state_topic": topics.state,
            "value_template": "{{ value_json.schedule }}",
            "command_topic": topics.command("schedule"),
        },
        "schedule_start": {
            "platform": "text",
            "name": _("Light schedule start"),
            "icon": "mdi:weather-sunset-up",
            "entity_category": "config",
            "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$",
            "min": 5,
            "max": 5,
            "state_topic": topics.state,
            "value_template": "{{ value_json.schedule_start }}",
            "command_topic": topics.command("schedule_start"),
        },
        "schedule_hours": _number(topics, "schedule_hours", _("Light schedule length"), unit="h", most=24, step=0.25)
        | {"icon": "mdi:timer-sand"},
        "schedule_level": _number(topics, "schedule_level", _("Light schedule level"), unit="%", most=100, step=1)
        | {"icon": "mdi:brightness-percent"},
    }


def _pictures(topics: Topics) -> dict[str, Component]:
    return {
        "capture": {
            "platform": "button",
            "name": _("Take photograph"),
            "icon": "mdi:camera-iris",
            "command_topic": topics.command("capture"),
        },
        "photo": {
            "platform": "image",
            "name": _("Photograph"),
            "image_topic": topics.photo,
            "content_type": "image/jpeg",
        },
        "last_capture": _sensor(topics.state, "last_capture", _("Last photograph"), "mdi:camera")
        | {"device_class": "timestamp"},
        "next_capture": _sensor(topics.state, "next_capture", _("Next photograph"), "mdi:camera-timer")
        | {"device_class": "timestamp"},
        "notice": {
            "platform": "event",
            "name": _("Notice"),
            "icon": "mdi:message-alert",
            "state_topic": topics.notice,
            "event_types": list(CATEGORIES),
        },
        "unread": _sensor(topics.state, "unread", _("Unread notifications"), "mdi:bell")
        | {"state_class": "measurement", "suggested_display_precision": 0},
    }


def _dose(topics: Topics) -> dict[str, Component]:
    return {
        "ppfd": _sensor(topics.state, "ppfd", _("PPFD"), "mdi:white-balance-sunny")
        | {"state_class": "measurement", "unit_of_measurement": "μmol/(m²·s)", "suggested_display_precision": 0},
        "dli": _sensor(topics.state, "dli", _("Daily light integral"), "mdi:sun-clock")
        | {"state_class": "measurement", "unit_of_measurement": "mol/(m²·d)", "suggested_display_precision": 1},
        "illuminance": _sensor(topics.state, "illuminance", _("Illuminance estimated"), None)
        | {
            "device_class": "illuminance",
            "state_class": "measurement",
            "unit_of_measurement": "lx",
            "suggested_display_precision": 0,
        },
        "light_on_today": _sensor(topics.state, "light_on_today", _("Light today"), None)
        | {
            "device_class": "duration",
            "state_class": "measurement",
            "unit_of_measurement": "h",
            "suggested_display_precision": 1,
        },
    }


def _diagnostics(topics: Topics) -> dict[str, Component]:
    own = topics.diagnostics
    made: dict[str, Component] = {
        "problem": {
            "platform": "binary_sensor",
            "name": _("Problem"),
            "device_class": "problem",
            "state_topic": own,
            "value_template": "{{ value_json.problem }}",
        },
        "status": _sensor(own, "status", _("Status"), "mdi:information-outline"),
        "power": {
            "platform": "binary_sensor",
            "name": _("Power supply"),
            "device_class": "problem",
            "state_topic": own,
            "value_template": "{{ value_json.power }}",
        },
        "temperature": _sensor(own, "temperature", _("Processor temperature"), None)
        | {
            "device_class": "temperature",
            "state_class": "measurement",
            "unit_of_measurement": "°C",
            "suggested_display_precision": 0,
        },
        "disk_free": _sensor(own, "disk_free", _("Disk free"), "mdi:sd")
        | {
            "device_class": "data_size",
            "state_class": "measurement",
            "unit_of_measurement": "GB",
            "suggested_display_precision": 1,
        },
        "outbox": _sensor(own, "outbox", _("Rows waiting for the server"), "mdi:tray-full")
        | {"state_class": "measurement", "suggested_display_precision": 0},
        "version": _sensor(own, "version", _("Version"), "mdi:tag"),
        "started": _sensor(own, "started", _("Started"), "mdi:restart") | {"device_class": "timestamp"},
        "update": {
            "platform": "update",
            "name": _("Update"),
            "device_class": "firmware",
            "state_topic": topics.update,
            "command_topic": topics.command("update"),
            "payload_install": INSTALL,
        },
    }
    return {key: component | {"entity_category": "diagnostic"} for key, component in made.items()}


def _sensor(topic: str, key: str, name: str, icon: str | None) -> Component:
    made: Component = {
        "platform": "sensor",
        "name": name,
        "state_topic": topic,
        "value_template": f"{{{{ value_json.{key} }}}}",
    }
    return made | {"icon": icon} if icon else made


def _number(topics: Topics, key: str, name: str, *, unit: str, most: float, step: float) -> Component:
    return {
        "platform": "number",
        "name": name,
        "entity_category": "config",
        "min": 0,
        "max": most,
        "step": step,
        "mode": "box",
        "unit_of_measurement": unit,
        "state_topic": topics.state,
        "value_template": f"{{{{ value_json.{key} }}}}",
        "command_topic": topics.command(key),
    }
