"""A paho client set up for one session: version, will, password, TLS, window."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import msgspec
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from sproutcast_pi.services.mqtt.broker import Broker, tls_context
from sproutcast_pi.services.mqtt.messages import MqttVersion, TopicSubscription, Will

LOG = logging.getLogger(__name__)
CONNECT_TIMEOUT_S = 5.0
RECEIVE_WINDOW = 500
"""Messages the broker may send before the first is acknowledged by hand."""


class ClientOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Options of our session at the broker."""

    client_id: str
    will: Will | None = None
    window: int = 50
    session_expiry_s: int = 0
    manual_ack: bool = False
    max_packet_bytes: int = 0


def new_client(broker: Broker, options: ClientOptions, version: MqttVersion) -> paho.Client:
    """A client for one session, not yet connected. Raises ConfigError when a certificate file is at fault."""
    five = version == "5"
    client = paho.Client(
        CallbackAPIVersion.VERSION2,
        client_id=options.client_id,
        protocol=MQTTProtocolVersion.MQTTv5 if five else MQTTProtocolVersion.MQTTv311,
        clean_session=None if five else options.session_expiry_s == 0,
        reconnect_on_failure=False,
        manual_ack=options.manual_ack,
    )
    client.enable_logger(LOG)
    client.connect_timeout = CONNECT_TIMEOUT_S
    client.max_inflight_messages_set(options.window)
    # Without this, paho writes from whichever thread publishes, and packets of two threads could mix.
    client.on_socket_register_write = lambda *_: None
    if broker.user or broker.password:
        client.username_pw_set(broker.user, broker.password or None)
    if broker.tls:
        client.tls_set_context(tls_context(broker))
    if options.will:
        client.will_set(options.will.topic, options.will.payload, qos=1, retain=True)
    return client


def open_connection(client: paho.Client, broker: Broker, options: ClientOptions, version: MqttVersion) -> None:
    """Open the connection and ask to be taken in; raises OSError, or ValueError for an impossible host."""
    if version != "5":
        client.connect(broker.host, broker.port, keepalive=broker.keepalive_s)
        return
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho leaves it untyped
    properties.SessionExpiryInterval = options.session_expiry_s
    if options.max_packet_bytes:
        properties.MaximumPacketSize = options.max_packet_bytes
    if options.manual_ack:
        properties.ReceiveMaximum = RECEIVE_WINDOW
    client.connect(
        broker.host,
        broker.port,
        keepalive=broker.keepalive_s,
        clean_start=options.session_expiry_s == 0,
        properties=properties,
    )


def subscribe_arguments(subscriptions: Sequence[TopicSubscription], version: MqttVersion) -> Any:
    """What `subscribe` takes for these: with MQTT 5, retained messages stay marked, and away unless wanted."""
    if version != "5":
        return [(one.filter, one.qos) for one in subscriptions]
    return [
        (one.filter, SubscribeOptions(qos=one.qos, retainAsPublished=True, retainHandling=0 if one.retained else 2))
        for one in subscriptions
    ]
