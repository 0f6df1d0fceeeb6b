"""Discovery payloads and states in the device's language; keys, topics and commands are the same in each."""

from __future__ import annotations

from typing import Any

from sproutcast_pi.messages.areas.parts import LIGHT_REASONS
from sproutcast_pi.messages.formatter import Formatter, LocalePreferences
from sproutcast_pi.messages.translations import languages
from sproutcast_pi.services.home_assistant.metric_sensors import PRESETS, THRESHOLDS

Payload = dict[str, Any]


def localised(payload: Payload, formatter: Formatter) -> Payload:
    """Return a discovery payload with its names and options in the formatter's language."""
    if formatter.preferences.language == "en":
        return payload
    components = {key: _localised_component(key, part, formatter) for key, part in payload["components"].items()}
    return payload | {"components": components}


def _localised_component(key: str, component: Payload, formatter: Formatter) -> Payload:
    changed = dict(component)
    if key in THRESHOLDS:
        changed["name"] = THRESHOLDS[key].name_in(formatter)
    elif "name" in component:
        changed["name"] = formatter(component["name"])
    if key == "plan":
        changed["options"] = [formatter(option) for option in component["options"]]
    if key == "light_reason":
        changed["options"] = [light_reason(reason, formatter) for reason in component["options"]]
    return changed


def light_reason(reason: str, formatter: Formatter) -> str:
    """Return why the lamp is as it is; in English the reason's own word, which automations know."""
    if formatter.preferences.language == "en" or reason not in LIGHT_REASONS:
        return reason
    return formatter.message(LIGHT_REASONS[reason]())


def preset_of(words: str) -> str | None:
    """Return the preset of a select's option, in whatever language it is."""
    for language in languages():
        formatter = Formatter(LocalePreferences(language=language))
        for preset, name in PRESETS.items():
            if words in {name, formatter(name)}:
                return preset
    return None
