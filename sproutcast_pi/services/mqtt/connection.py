"""The connection itself: one thread, a fresh paho client for every session, growing pauses between them.

Nothing waits in here for the broker to come back: what is published while there is no session is refused, and what was
under way when one ended is reported as lost. Whoever publishes keeps what matters and sends it again.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from paho.mqtt import client as paho
from paho.mqtt.enums import MQTTErrorCode

from sproutcast_pi.errors import ConfigError
from sproutcast_pi.messages.areas import broker
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.services.mqtt import error_messages
from sproutcast_pi.services.mqtt.backoff import Backoff
from sproutcast_pi.services.mqtt.broker import Broker
from sproutcast_pi.services.mqtt.messages import (
    ConnectionStatus,
    MqttMessage,
    MqttSession,
    MqttVersion,
    TopicSubscription,
    Will,
)
from sproutcast_pi.services.mqtt.paho_client import (
    CONNECT_TIMEOUT_S,
    ClientOptions,
    new_client,
    open_connection,
    subscribe_arguments,
)

LOG = logging.getLogger(__name__)
TICK_S = 1.0
STABLE_S = 20.0
"""A session that lasted this long was a good one: pauses are short again, and a clash of client ids is over."""
SHORT_SESSION_LIMIT = 3
"""Sessions in a row cut before STEADY_S that make a pattern."""
CLASH_BACKOFF_S = 10.0
"""Two programs that throw each other out at once would do it hundreds of times a minute."""
DISCONNECT_TIMEOUT_S = 2.0

AckCallback = Callable[[int], object]
"""Called with the broker's MQTT 5 reason code (below 0x80: accepted), or LOST; on the connection's thread."""
LOST = -1
"""The session ended before the broker answered; it may or may not have the message."""


class MqttConnection:
    """Connects and stays connected until stopped. All callbacks run on the connection's own thread and must not block.

    `on_session` is called each time the broker has taken us in and knows our subscriptions, `on_message` gets what
    arrives, `on_link` every change of how we are. `window` bounds the QoS 1 messages under way; the broker may bound
    them further.
    """

    def __init__(
        self,
        broker: Broker,
        *,
        client_id: str,
        on_session: Callable[[MqttSession], object],
        on_message: Callable[[MqttMessage], object],
        on_link: Callable[[ConnectionStatus], object],
        subscriptions: Sequence[TopicSubscription] = (),
        will: Will | None = None,
        window: int = 50,
        session_expiry_s: int = 0,
        manual_ack: bool = False,
        max_packet_bytes: int = 0,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._broker = broker
        self._on_session = on_session
        self._on_message = on_message
        self._on_status = on_link
        self._subscriptions = tuple(subscriptions)
        self._options = ClientOptions(
            client_id=client_id,
            will=will,
            window=window,
            session_expiry_s=session_expiry_s,
            manual_ack=manual_ack,
            max_packet_bytes=max_packet_bytes,
        )
        self._backoff = Backoff(chance)
        self._version: MqttVersion = "3.1.1" if broker.protocol == "3.1.1" else "5"
        self._status: ConnectionStatus | None = None
        self._stop = threading.Event()
        self._disconnecting: paho.Client | None = None
        self._connack_received = False
        self._session_info: MqttSession | None = None
        self._client: paho.Client | None = None
        self._online = False
        self._end_status: ConnectionStatus | None = None
        self._short_sessions = 0
        self._client_id_clash = False
        self._lock = threading.Lock()
        self._pending: dict[int, AckCallback | None] = {}
        self._early_acks: dict[int, int] = {}
        self._thread = threading.Thread(target=self._run, name=f"mqtt {client_id}", daemon=True)

    # ---- for everybody, from any thread

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._thread.start()

    @property
    def online(self) -> bool:
        """Whether the broker has taken us in."""
        return self._online

    @property
    def in_flight(self) -> int:
        """Messages that were handed over and not yet answered."""
        return len(self._pending)

    def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int = 1,
        retain: bool = False,
        acknowledged: AckCallback | None = None,
    ) -> bool:
        """Hand one message over; False when there is no session or no room for it (nothing was taken then).

        With True, `acknowledged` is called exactly once: with the broker's reason code, or LOST.
        """
        client = self._client
        if client is None or not self._online:
            return False
        info = client.publish(topic, payload, qos=qos, retain=retain)
        if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            return False
        with self._lock:
            code = self._early_acks.pop(info.mid, None)
            if code is None and client is self._client:
                self._pending[info.mid] = acknowledged
                return True
        if acknowledged:
            acknowledged(LOST if code is None else code)
        return True

    def acknowledge(self, message: MqttMessage) -> None:
        """Acknowledge a message; only with `manual_ack`."""
        client = self._client
        if client is not None and self._online:
            client.ack(message.mid, message.qos)

    def stop(self, farewell: Will | None = None) -> None:
        """Say `farewell` (retained), leave in order, and wait a moment for it; safe to call twice."""
        if not self._stop.is_set():
            client = self._client
            if client is not None and self._online:
                self._disconnecting = client
            self._stop.set()
            # Who is not taken in yet has nothing to say; our own thread hangs up then.
            if client is not None and self._disconnecting is client:
                if farewell:
                    client.publish(farewell.topic, farewell.payload, qos=1, retain=True)
                client.disconnect()
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(DISCONNECT_TIMEOUT_S)

    # ---- the connection's own thread

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                began = time.monotonic()
                self._end_status = None
                link = self._run_session()
                if self._stop.is_set():
                    break
                self._report(self._assess_end(link, time.monotonic() - began))
                self._stop.wait(self._backoff.pause())
        finally:
            self._report(ConnectionStatus(state="off", message=broker.STOPPED()))

    def _run_session(self) -> ConnectionStatus:
        """One session from first to last; how it ended."""
        version = self._version
        try:
            client = self._new_client(version)
            open_connection(client, self._broker, self._options, version)
        except ConfigError as error:
            return ConnectionStatus(state="bad", message=error.message)
        except (OSError, ValueError) as error:
            return error_messages.connect_failed(error, self._broker)
        self._client = client
        self._connack_received = False
        try:
            began = time.monotonic()
            while client.loop(TICK_S) == MQTTErrorCode.MQTT_ERR_SUCCESS and client.socket() is not None:
                if self._stop.is_set() and self._disconnecting is not client:
                    self._disconnecting = client
                    client.disconnect()
                if self._online and time.monotonic() - began > STABLE_S:
                    self._on_stable(version)
                elif not self._connack_received and time.monotonic() - began > CONNECT_TIMEOUT_S:
                    return error_messages.connect_failed(TimeoutError(), self._broker)
        except Exception:
            # A broker that talks nonsense must not end our thread.
            LOG.exception("the session with %s broke", self._broker.address)
        finally:
            self._close_session(client)
        return self._end_status or (
            error_messages.lost(self._broker) if self._connack_received else self._closed_before_connack()
        )

    def _new_client(self, version: MqttVersion) -> paho.Client:
        client = new_client(self._broker, self._options, version)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_message = self._on_message_received
        return client

    def _on_connect(self, client: paho.Client, _: Any, flags: Any, reason: Any, properties: Any) -> None:
        self._connack_received = True
        if reason.is_failure:
            self._end_status = error_messages.refused(reason.value, self._broker)
            if reason.value == error_messages.UNSUPPORTED_PROTOCOL:
                self._switch_version()
            return
        window = min(getattr(properties, "ReceiveMaximum", None) or self._options.window, self._options.window)
        # paho refuses to change this on an open connection, but the broker names its limit only then.
        client._max_inflight_messages = window  # noqa: SLF001 - as above
        version = self._version
        self._session_info = MqttSession(present=bool(flags.session_present), window=window, protocol=version)
        if self._subscriptions:
            client.subscribe(subscribe_arguments(self._subscriptions, version))
        else:
            self._on_session_ready()

    def _on_subscribe(self, _client: paho.Client, _: Any, _mid: int, reasons: Any, _properties: Any) -> None:
        for one, reason in zip(self._subscriptions, reasons, strict=False):
            if reason.is_failure:
                LOG.warning("the broker does not let us hear %s (%s)", one.filter, reason)
        self._on_session_ready()

    def _on_session_ready(self) -> None:
        assert self._session_info
        self._online = True
        if not self._client_id_clash:
            self._report(error_messages.connected(self._broker, self._session_info.protocol))
        _call_safely(self._on_session, self._session_info)

    def _on_message_received(self, _client: paho.Client, _: Any, message: paho.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return
        _call_safely(
            self._on_message,
            MqttMessage(
                topic=topic,
                payload=bytes(message.payload),
                qos=message.qos,
                retained=bool(message.retain),
                mid=message.mid,
            ),
        )

    def _on_publish(self, _client: paho.Client, _: Any, mid: int, reason: Any, _properties: Any) -> None:
        code = int(getattr(reason, "value", 0))
        with self._lock:
            if mid not in self._pending:
                self._early_acks[mid] = code
                return
            acknowledged = self._pending.pop(mid)
        if acknowledged:
            _call_safely(acknowledged, code)

    def _on_disconnect(self, _client: paho.Client, _: Any, flags: Any, reason: Any, _properties: Any) -> None:
        if getattr(flags, "is_disconnect_packet_from_server", False):
            self._end_status = error_messages.refused(reason.value, self._broker)
            if reason.value == error_messages.TAKEN_OVER:
                self._client_id_clash = True
                self._backoff.at_least(CLASH_BACKOFF_S)

    def _close_session(self, client: paho.Client) -> None:
        """Forget the session; everything under way is lost."""
        self._online = False
        with self._lock:
            self._client = None
            pending, self._pending, self._early_acks = self._pending, {}, {}
        sock = client.socket()
        if sock is not None:
            sock.close()
        for acknowledged in pending.values():
            if acknowledged:
                _call_safely(acknowledged, LOST)

    def _closed_before_connack(self) -> ConnectionStatus:
        """The broker hung up before it answered: some do so at an MQTT version they do not speak."""
        self._switch_version()
        return error_messages.closed_early(self._broker)

    def _switch_version(self) -> None:
        if self._broker.protocol == "auto":
            self._version = "5" if self._version == "3.1.1" else "3.1.1"

    def _assess_end(self, link: ConnectionStatus, lasted_s: float) -> ConnectionStatus:
        """Status, given how often sessions ended like this."""
        if not self._connack_received or lasted_s > STABLE_S:
            self._short_sessions = 0
        elif link == error_messages.lost(self._broker):
            self._short_sessions += 1
            if self._short_sessions >= SHORT_SESSION_LIMIT:
                self._client_id_clash = True
                self._backoff.at_least(CLASH_BACKOFF_S)
                return error_messages.short_lived(self._broker, self._short_sessions)
        return link

    def _on_stable(self, version: MqttVersion) -> None:
        self._backoff.reset()
        self._short_sessions = 0
        if self._client_id_clash:
            self._client_id_clash = False
            self._report(error_messages.connected(self._broker, version))

    def _report(self, link: ConnectionStatus) -> None:
        """Report and log a change, once."""
        if link == self._status:
            return
        before, self._status = self._status, link
        if before is None or before.state != link.state or link.state == "bad":
            LOG.log(logging.INFO if link.state in {"ok", "off"} else logging.WARNING, "%s", english(link.message))
        _call_safely(self._on_status, link)


def _call_safely(callback: Callable[[Any], object], value: Any) -> None:
    """What fails in a callback must not end the session."""
    try:
        callback(value)
    except Exception:
        LOG.exception("a callback of the MQTT connection failed")
