"""Configuration of a hub, a TOML file; every option has a default but the broker."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from sproutcast_pi.config.settings import MqttOptions
from sproutcast_pi.config.syntax import TomlSyntaxError, parse_toml
from sproutcast_pi.errors import ConfigError
from sproutcast_pi.messages.areas import hub
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.text_file import read_text_file


class ServingOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where people and programs reach the hub."""

    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535)] = 8081
    """0: any free one."""
    host_names: tuple[str, ...] = ()


class PairingServerOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where devices come with their code, and what they get to know of the broker."""

    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535)] = 8090
    broker_host: str = ""
    """The broker's name as devices reach it; empty: the hub's own."""
    ca_file: str = ""
    """Certificate handed to devices; empty: none, they trust the system's."""
    rules: str = ""
    """Folder the broker's access rules are written to; empty: `rules` in the data folder."""
    reload: tuple[str, ...] = ()
    """Command that makes the broker read them, like ["systemctl", "reload", "mosquitto"]."""


class HubSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything the hub's file may say."""

    data: str = "/var/lib/sproutcast-hub"
    database: str = ""
    """`postgresql://user:password@host/name`; empty: SQLite in the data folder."""
    base_topic: Annotated[str, Meta(pattern=r"^[^+#/\s\x00]{1,60}$")] = "sproutcast"
    client_id: Annotated[str, Meta(pattern=r"^[0-9A-Za-z_-]{1,64}$")] = "sproutcast-hub"
    keep_session: bool = True
    """The broker keeps what comes while the hub is away; without it the devices send that again. Not on RabbitMQ."""
    enrol: bool = False
    """Take devices that nobody paired; only where the broker alone decides who may write."""
    max_photo_mb: Annotated[int, Meta(ge=1, le=64)] = 30
    log_keep_h: Annotated[float, Meta(ge=1, le=8760)] = 72.0
    """How long subscribers and live copies may be away without having to start over."""
    broker: MqttOptions = MqttOptions()
    serving: ServingOptions = ServingOptions()
    pairing: PairingServerOptions = PairingServerOptions()

    @property
    def on_postgres(self) -> bool:
        """Whether the rows lie on a PostgreSQL server."""
        return self.database.startswith(("postgres://", "postgresql://"))


def read_hub_settings(path: Path) -> HubSettings:
    """Read the file; raises ConfigError naming what is wrong with it."""
    try:
        return msgspec.convert(parse_toml(read_text_file(path)), HubSettings)
    except TomlSyntaxError as error:
        raise ConfigError(
            hub.BAD_SETTING(file=str(path), line=error.fault.line, key=error.fault.key, reason=error.fault.reason)
        ) from error
    except msgspec.ValidationError as error:
        raise ConfigError(hub.BAD_SETTINGS(file=str(path), reason=cause(error))) from error
