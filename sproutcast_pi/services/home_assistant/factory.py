"""The service out of settings; importing this loads the MQTT library, so it is imported only where MQTT is wanted."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from sproutcast_pi.config.settings import Settings
from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.ports import Clock
from sproutcast_pi.services.home_assistant.announced_topics import FILE_NAME, AnnouncedTopics
from sproutcast_pi.services.home_assistant.publisher import PublishOptions
from sproutcast_pi.services.home_assistant.retraction import Retraction
from sproutcast_pi.services.home_assistant.service import HomeAssistantService, ServiceDependencies
from sproutcast_pi.services.home_assistant.state_payloads import Diagnostics
from sproutcast_pi.services.home_assistant.topics import Topics
from sproutcast_pi.services.mqtt.broker import broker_from_settings
from sproutcast_pi.services.mqtt.connection import MqttConnection
from sproutcast_pi.services.mqtt.messages import MqttSession
from sproutcast_pi.store.engine import ReducerResult, Store

MAX_PACKET_BYTES = 1_000_000
"""A broker that speaks MQTT 5 keeps anything larger from us; the largest we receive is an announcement of our own."""
CALLER = "home assistant"


def build_home_assistant(
    settings: Settings,
    *,
    store: Store,
    clock: Clock,
    call: Callable[[str, Mapping[str, Any]], Future[ReducerResult]],
    pictures: Path,
    temperature_c: Callable[[], float | None],
    undervoltage: Callable[[], bool | None],
    url: str | None = None,
) -> HomeAssistantService:
    """Make the service for `[mqtt]` and `[home_assistant]`.

    `call` calls a reducer as the principal `CALLER` with the configured role; `url` is the appliance's own page.
    Raises ConfigError when the broker's settings can't be used.
    """
    mqtt, own = settings.mqtt, settings.home_assistant
    started_at = to_text(clock.now())

    def look() -> Diagnostics:
        return Diagnostics(
            started_at=started_at,
            temperature_c=temperature_c(),
            undervoltage=undervoltage(),
            disk_free_bytes=_free_bytes(pictures),
            pending_transactions=_pending_transactions(store),
        )

    return HomeAssistantService(
        ServiceDependencies(
            store=store,
            call=call,
            connect=functools.partial(
                MqttConnection,
                broker_from_settings(mqtt),
                client_id=mqtt.client_id or f"{store.device}-home",
                max_packet_bytes=MAX_PACKET_BYTES,
            ),
            topics=Topics(
                base=mqtt.base_topic, device=store.device, prefix=own.discovery_prefix, status=own.status_topic
            ),
            read_diagnostics=look,
            publish_options=PublishOptions(
                name=settings.device.name, pictures=pictures, max_photo_bytes=own.max_photo_kb * 1000, url=url
            ),
            ledger=_ledger(settings, store),
            override_min=own.override_min,
        )
    )


def build_retraction(settings: Settings, *, store: Store) -> Retraction | None:
    """Make the service that removes earlier announcements; None where there are none at this broker.

    Raises ConfigError when the broker's settings can't be used.
    """
    ledger = _ledger(settings, store)
    if not ledger.topics():
        return None
    mqtt = settings.mqtt
    broker = broker_from_settings(mqtt)

    def connect(*, on_session: Callable[[MqttSession], object]) -> MqttConnection:
        return MqttConnection(
            broker,
            client_id=mqtt.client_id or f"{store.device}-home",
            on_session=on_session,
            on_message=lambda _: None,
            on_link=lambda _: None,
        )

    return Retraction(ledger, connect)


def _ledger(settings: Settings, store: Store) -> AnnouncedTopics:
    return AnnouncedTopics(store.path.parent / FILE_NAME, broker_from_settings(settings.mqtt).address)


def _free_bytes(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def _pending_transactions(store: Store) -> int | None:
    """Transactions the remote server has not confirmed; None where nothing is sent to one."""
    found = store.query("SELECT acknowledged_seq FROM _follower WHERE name = 'sync'")
    return max(0, store.seq - int(found[0]["acknowledged_seq"])) if found else None
