"""The services that need an MQTT broker, made only where one is named: their library costs memory."""

from __future__ import annotations

import functools
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from sproutcast_pi.app.phone_page_url import phone_page_url
from sproutcast_pi.config.settings import Settings
from sproutcast_pi.errors import ConfigError
from sproutcast_pi.messages.areas import home_assistant, system
from sproutcast_pi.ports import Board, Clock
from sproutcast_pi.services.call_pipeline import CallPipeline, Principal
from sproutcast_pi.services.home_assistant.announced_topics import FILE_NAME
from sproutcast_pi.services.supervisor import Wakeable
from sproutcast_pi.services.sync.sync_toggle import SyncToggle
from sproutcast_pi.store.engine import INTERNAL, Store

if TYPE_CHECKING:
    from sproutcast_pi.services.sync.service import SyncService

LOG = logging.getLogger(__name__)


def build_mqtt_services(
    settings: Settings, *, store: Store, clock: Clock, board: Board, pipeline: CallPipeline, pictures: Path
) -> list[Wakeable]:
    """Home Assistant where it is enabled, and the sync's switch; a fault of the settings goes to `health`."""
    return [
        *_home_assistant(settings, store=store, clock=clock, board=board, pipeline=pipeline, pictures=pictures),
        _sync(settings, store=store, clock=clock, pictures=pictures),
    ]


def _home_assistant(
    settings: Settings, *, store: Store, clock: Clock, board: Board, pipeline: CallPipeline, pictures: Path
) -> list[Wakeable]:
    if not (settings.mqtt.host and settings.home_assistant.enabled):
        off = {"part": "mqtt", "state": "off", "message": home_assistant.OFF()}
        store.call("set_health", off, caller=INTERNAL)
        return _retraction(settings, store)
    from sproutcast_pi.services.home_assistant.factory import CALLER, build_home_assistant  # noqa: PLC0415 - loads paho

    principal = Principal(name=CALLER, role=settings.home_assistant.role, transport="mqtt")
    try:
        return [
            build_home_assistant(
                settings,
                store=store,
                clock=clock,
                call=functools.partial(pipeline.submit, principal),
                pictures=pictures,
                temperature_c=board.temperature_c,
                undervoltage=board.undervoltage,
                url=phone_page_url(settings),
            )
        ]
    except ConfigError as error:
        report = {"part": "mqtt", "state": "bad", "message": error.message, "advice": system.FIX_FILE()}
        store.call("set_health", report, caller=INTERNAL)
        return []


def _retraction(settings: Settings, store: Store) -> list[Wakeable]:
    """The service that removes what was announced before Home Assistant was switched off, where anything was."""
    if not (settings.mqtt.host and (store.path.parent / FILE_NAME).exists()):
        return []
    from sproutcast_pi.services.home_assistant.factory import build_retraction  # noqa: PLC0415 - loads paho

    try:
        made = build_retraction(settings, store=store)
    except ConfigError:
        LOG.exception("earlier announcements can't be removed")
        return []
    return [made] if made else []


def _sync(settings: Settings, *, store: Store, clock: Clock, pictures: Path) -> SyncToggle:
    def make() -> SyncService:
        from sproutcast_pi.services.sync.factory import build_sync  # noqa: PLC0415 - only those who sync pay for it

        return build_sync(settings, store=store, pictures=pictures, state=store.path.parent / "sync", clock=clock)

    return SyncToggle(store=store, enabled=settings.sync.enabled, make=make)
