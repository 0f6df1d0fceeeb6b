"""The sync service as the configuration wants it."""

from __future__ import annotations

from pathlib import Path

from sproutcast_pi.config.settings import Settings
from sproutcast_pi.ports import Clock
from sproutcast_pi.services.mqtt.broker import broker_from_settings
from sproutcast_pi.services.sync.enrolment import enrolled_broker
from sproutcast_pi.services.sync.service import SyncOptions, SyncService
from sproutcast_pi.store.engine import Store


def build_sync(settings: Settings, *, store: Store, pictures: Path, state: Path, clock: Clock) -> SyncService:
    """Return the service; raises ConfigError when no broker is known.

    The broker is that of [sync.broker], else the one pairing left in `state`, else that of [mqtt].
    """
    sync = settings.sync
    joined = None if sync.broker.host else enrolled_broker(state)
    chosen = sync.broker if sync.broker.host else settings.mqtt
    broker, base_topic = joined if joined is not None else (broker_from_settings(chosen), chosen.base_topic)
    options = SyncOptions(
        base_topic=base_topic,
        client_id=sync.broker.client_id,
        window=sync.window,
        pictures=sync.pictures,
        picture_bytes_per_hour=round(sync.picture_mb_per_hour * 1_000_000),
    )
    return SyncService(store=store, broker=broker, options=options, pictures=pictures, state=state, clock=clock)
