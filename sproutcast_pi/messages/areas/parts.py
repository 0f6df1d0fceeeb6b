"""Names of the appliance's parts (`health.part`), and why the lamp is as it is (`light.now_reason`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sproutcast_pi.messages.areas.text import verbatim
from sproutcast_pi.messages.message import Message, Template


def _by_last_word(templates: Iterable[Template]) -> Mapping[str, Template]:
    return {template.code.rpartition(".")[2]: template for template in templates}


PARTS = _by_last_word(
    (
        Template("part.light", "Light"),
        Template("part.camera", "Camera"),
        Template("part.captures", "Photos"),
        Template("part.worker", "Measuring"),
        Template("part.profile", "Plant recognition"),
        Template("part.store", "Database"),
        Template("part.disk", "Storage"),
        Template("part.clock", "Clock"),
        Template("part.power", "Power"),
        Template("part.temperature", "Temperature"),
        Template("part.network", "Network"),
        Template("part.mqtt", "MQTT broker"),
        Template("part.home_assistant", "Home Assistant"),
        Template("part.sync", "Remote server"),
        Template("part.outbox", "Waiting for the server"),
        Template("part.screen", "Screen"),
        Template("part.gateway", "Phones"),
        Template("part.update", "Updates"),
        Template("part.restart", "Last start"),
        Template("part.safe_mode", "Safe mode"),
        Template("part.boot_file", "Boot file"),
        Template("part.data", "Data partition"),
        Template("part.config", "Configuration file"),
        Template("part.timelapse", "Timelapse"),
    )
)
"""By the part, in the order they are listed."""

LIGHT_REASONS = _by_last_word(
    (
        Template("light_reason.off", "off"),
        Template("light_reason.sunrise", "sunrise"),
        Template("light_reason.day", "day"),
        Template("light_reason.sunset", "sunset"),
        Template("light_reason.override", "set by hand"),
        Template("light_reason.capture", "taking a photo"),
        Template("light_reason.budget", "enough for today"),
        Template("light_reason.derate", "dimmed, the device is warm"),
        Template("light_reason.untrusted_time", "waiting for the time"),
        Template("light_reason.disabled", "schedule is off"),
        Template("light_reason.starting", "starting"),
    )
)
"""By the reason."""


def part_name(part: str) -> Message:
    """Return a part's name, or its key if it has none."""
    return PARTS[part]() if part in PARTS else verbatim(part)
