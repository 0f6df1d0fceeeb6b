"""Which broker, and how we show ourselves there; read from the settings without loading the MQTT library."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Literal

import msgspec

from sproutcast_pi.config.settings import MqttOptions
from sproutcast_pi.errors import ConfigError
from sproutcast_pi.messages.areas import broker as messages
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.text_file import read_secret_file

PLAIN_PORT = 1883
TLS_PORT = 8883
ProtocolSetting = Literal["auto", "5", "3.1.1"]


class Broker(msgspec.Struct, frozen=True, kw_only=True):
    """Where to connect, and with what; `password` never shows in a log."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: bool = False
    ca_file: str = ""
    certificate_file: str = ""
    key_file: str = ""
    protocol: ProtocolSetting = "auto"
    keepalive_s: int = 30

    def __repr__(self) -> str:
        return f"Broker({self.address}, user={self.user!r}, tls={self.tls})"

    @property
    def address(self) -> str:
        """`host:port`, as people write it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def broker_from_settings(settings: MqttOptions) -> Broker:
    """The broker of `[mqtt]`, its password read from its file.

    Raises ConfigError when there is no host, or the password file can't be read.
    """
    if not settings.host:
        raise ConfigError(messages.NOT_SET())
    password = settings.password
    if settings.password_file:
        try:
            password = read_secret_file(Path(settings.password_file))
        except ConfigError as error:
            raise ConfigError(messages.BAD_PASSWORD_FILE(reason=error.message)) from error
    return Broker(
        host=settings.host,
        port=settings.port or (TLS_PORT if settings.tls else PLAIN_PORT),
        user=settings.user,
        password=password,
        tls=settings.tls,
        ca_file=settings.ca_file,
        certificate_file=settings.certificate_file,
        key_file=settings.key_file,
        protocol=settings.protocol,
        keepalive_s=settings.keepalive_s,
    )


def tls_context(broker: Broker) -> ssl.SSLContext:
    """The TLS rules for this broker: its certificate is checked, ours is shown where one is set.

    An authority named by `ca_file` is trusted as it is: since Python 3.13 the default rules demand extensions of it
    (VERIFY_X509_STRICT) that `openssl req -x509` does not write.
    Raises ConfigError naming the file that is at fault.
    """
    try:
        context = ssl.create_default_context(cafile=broker.ca_file or None)
    except OSError as error:
        raise ConfigError(messages.BAD_CA_FILE(file=broker.ca_file, reason=cause(error))) from error
    if broker.ca_file:
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if broker.certificate_file:
        key = broker.key_file or None
        try:
            context.load_cert_chain(broker.certificate_file, key)
        except OSError as error:
            file, reason = broker.certificate_file, cause(error)
            raise ConfigError(
                messages.BAD_CERTIFICATE_PAIR(file=file, key=key, reason=reason)
                if key
                else messages.BAD_CERTIFICATE_FILE(file=file, reason=reason)
            ) from error
    return context
