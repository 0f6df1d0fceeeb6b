"""Rules between options: values that are fine alone and can't hold together."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from sproutcast_pi.config.light_schedule import configured_schedule
from sproutcast_pi.config.settings import MqttOptions, Settings
from sproutcast_pi.messages.areas import configuration
from sproutcast_pi.messages.message import Message
from sproutcast_pi.model.light_schedule import schedule_faults

Key = tuple[str, ...]


class Contradiction(msgspec.Struct, frozen=True, kw_only=True):
    """Options that contradict each other, and the remedy."""

    keys: tuple[Key, ...]
    """The first of these that the file sets is named."""
    remedy: Message


def contradictions(settings: Settings) -> Iterator[Contradiction]:
    """Every rule that these settings break."""
    for fault in schedule_faults(configured_schedule(settings.light)):
        keys = tuple(("light", "schedule", field) for field in fault.fields)
        yield Contradiction(keys=keys, remedy=configuration.RULE(rule=fault.message))
    yield from _broker(settings.mqtt, ("mqtt",))
    yield from _broker(settings.sync.broker, ("sync", "broker"))
    if settings.home_assistant.enabled and not settings.mqtt.host:
        yield Contradiction(
            keys=(("home_assistant", "enabled"),),
            remedy=configuration.NO_BROKER(),
        )
    if bool(settings.camera.width) != bool(settings.camera.height):
        yield Contradiction(
            keys=(("camera", "width"), ("camera", "height")),
            remedy=configuration.HALF_SIZE(),
        )


def _broker(broker: MqttOptions, section: Key) -> Iterator[Contradiction]:
    if broker.password and broker.password_file:
        yield Contradiction(keys=((*section, "password_file"),), remedy=configuration.TWO_PASSWORDS())
    if (broker.password or broker.password_file) and not broker.user:
        yield Contradiction(
            keys=((*section, "password"), (*section, "password_file")),
            remedy=configuration.NO_USER(),
        )
    if broker.key_file and not broker.certificate_file:
        yield Contradiction(keys=((*section, "key_file"),), remedy=configuration.NO_CERTIFICATE())
    files = [name for name in ("ca_file", "certificate_file", "key_file") if getattr(broker, name)]
    if files and not broker.tls:
        yield Contradiction(
            keys=tuple((*section, name) for name in files),
            remedy=configuration.NO_TLS(),
        )
