"""Build a hub's parts once: one that takes in, one that serves live queries; on SQLite one process is both."""

from __future__ import annotations

import contextlib
import logging
import secrets
import threading
from collections.abc import Iterator
from pathlib import Path

from sproutcast_pi.errors import ConfigError
from sproutcast_pi.hub.device_registry import PostgresRegistry, StoreRegistry
from sproutcast_pi.hub.housekeeping import Housekeeping, store_log_pruner
from sproutcast_pi.hub.hub_storage import HubStorage, SqliteStorage
from sproutcast_pi.hub.intake import Intake, WorkerShard
from sproutcast_pi.hub.photo_upload import PhotoUploads
from sproutcast_pi.hub.settings import HubSettings
from sproutcast_pi.hub.store import open_hub_store
from sproutcast_pi.messages.areas import hub as messages
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.messages.message import Message
from sproutcast_pi.ports import Clock
from sproutcast_pi.services.call_pipeline import CallPipeline
from sproutcast_pi.services.metrics import Metrics
from sproutcast_pi.services.mqtt.broker import broker_from_settings
from sproutcast_pi.services.mqtt.messages import ConnectionStatus
from sproutcast_pi.services.pairing import Pairing
from sproutcast_pi.services.supervisor import Service, Supervisor
from sproutcast_pi.store.engine import Store

LOG = logging.getLogger(__name__)
STOP_TIMEOUT_S = 10.0


def run_hub(settings: HubSettings, *, part: WorkerShard, shared: bool, serve: bool, clock: Clock) -> None:
    """Run until SIGTERM's exception ends the wait; `serve` False only takes in, `part` of 0 only serves."""
    takes_in = part.of > 0
    if not settings.on_postgres and (part.of > 1 or not (takes_in and serve)):
        raise ConfigError(messages.ONE_PROCESS())
    with contextlib.ExitStack() as parts:
        data = Path(settings.data)
        store = None
        if serve or not settings.on_postgres:
            store = open_hub_store(data / ("replica.db" if settings.on_postgres else "hub.db"), clock)
            parts.callback(store.close)
        if takes_in:
            parts.enter_context(_intake(settings, data, store, part, shared=shared, clock=clock))
        if store is not None:
            services = list(_services(settings, data, store, clock))
            keeper = Supervisor(services, _log_service)
            keeper.start()
            parts.callback(keeper.stop, STOP_TIMEOUT_S)
        threading.Event().wait()


@contextlib.contextmanager
def _intake(
    settings: HubSettings, data: Path, store: Store | None, part: WorkerShard, *, shared: bool, clock: Clock
) -> Iterator[None]:
    keeping: HubStorage
    if settings.on_postgres:
        from sproutcast_pi.hub.postgres import PostgresStorage  # noqa: PLC0415 - needs the driver

        keeping = PostgresStorage(settings.database, enrol=settings.enrol, clock=clock)
    else:
        assert store is not None
        keeping = SqliteStorage(store, enrol=settings.enrol)
    name = settings.client_id if part.of == 1 else f"{settings.client_id}-{part.number}-{part.of}"
    if shared:
        name = f"{name}-{secrets.token_hex(4)}"
    intake = Intake(
        broker=broker_from_settings(settings.broker),
        base_topic=settings.base_topic,
        client_id=name,
        keeping=keeping,
        photographs=PhotoUploads(data / "photographs", keeping, max_bytes=settings.max_photo_mb * 1_000_000),
        part=part,
        shared=shared,
        # Nobody would come back for the session of one of many.
        keep_session=settings.keep_session and not shared,
        on_link=_log_status,
    )
    intake.start()
    try:
        yield
    finally:
        intake.stop()
        keeping.close()


def _services(settings: HubSettings, data: Path, store: Store, clock: Clock) -> Iterator[Service]:
    # The gateway and its web server are only loaded by those who serve.
    from sproutcast_pi.hub.pairing_server import PairingServer  # noqa: PLC0415 - only those who serve load the web server
    from sproutcast_pi.services.gateway import Gateway, GatewaySettings  # noqa: PLC0415 - only those who serve load the web server

    serving = settings.serving
    page = f"http://{next(iter(serving.host_names), serving.host)}:{serving.port}"
    pipeline = CallPipeline(store=store, clock=clock, metrics=Metrics(), pairing=Pairing(clock, page_url=lambda: page))
    yield Gateway(
        pipeline,
        GatewaySettings(
            host=serving.host,
            port=serving.port,
            socket=data / "hub.sock",
            host_names=serving.host_names,
            pictures=data / "photographs",
        ),
    )
    if settings.on_postgres:
        pairing = PairingServer(PostgresRegistry(settings.database, clock), settings, clock)
    else:
        registry = StoreRegistry(store)
        pairing = PairingServer(registry, settings, clock)
        registry.on_removed(pairing.refresh_acl)
    yield pairing
    logs = [store_log_pruner(store)]
    if settings.on_postgres:
        from sproutcast_pi.hub.postgres import batch_log_pruner  # noqa: PLC0415 - needs the driver
        from sproutcast_pi.hub.replica import Replica  # noqa: PLC0415 - as above

        logs.append(batch_log_pruner(settings.database))
        yield Replica(store, settings.database, forgotten=pairing.refresh_acl)
    yield Housekeeping(logs, keep_h=settings.log_keep_h, clock=clock)


def _log_status(link: ConnectionStatus) -> None:
    LOG.log(
        logging.INFO if link.state == "ok" else logging.WARNING,
        "%s %s",
        english(link.message),
        english(link.advice or ""),
    )


def _log_service(name: str, state: str, message: Message) -> None:
    LOG.log(logging.INFO if state == "ok" else logging.ERROR, "%s: %s", name, english(message))
