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
from sproutcast_pi.services.mqtt import words
from sproutcast_pi.services.mqtt.backoff import Backoff
from sproutcast_pi.services.mqtt.broker import Broker
from sproutcast_pi.services.mqtt.messages import Link, Message, Session, Subscription, Version, Will
from sproutcast_pi.services.mqtt.paho_client import CONNECT_S, Options, begin, new_client, wanted

LOG = logging.getLogger(__name__)
TICK_S = 1.0
STEADY_S = 20.0
"""A session that lasted this long was a good one: pauses are short again, and a clash of client ids is over."""
SHORT_LIVED = 3
"""So many sessions in a row cut before STEADY_S make a pattern."""
CLASH_PAUSE_S = 10.0
"""Two programs that throw each other out at once would do it hundreds of times a minute."""
FAREWELL_S = 2.0

Acknowledged = Callable[[int], object]
"""Told the MQTT 5 reason code of the broker's answer (below 0x80: taken), or LOST; on the connection's thread."""
LOST = -1
"""The session ended before the broker answered; it may or may not have the message."""


class Connection:
    """Connects and stays connected until stopped. All callbacks run on the connection's own thread and must not block.

    `on_session` is told each time the broker has taken us in and knows our subscriptions, `on_message` gets what
    arrives, `on_link` every change of how we are. `window` bounds the QoS 1 messages under way; the broker may bound
    them further.
    """

    def __init__(
        self,
        broker: Broker,
        *,
        client_id: str,
        on_session: Callable[[Session], object],
        on_message: Callable[[Message], object],
        on_link: Callable[[Link], object],
        subscriptions: Sequence[Subscription] = (),
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
        self._on_link = on_link
        self._subscriptions = tuple(subscriptions)
        self._options = Options(
            client_id=client_id,
            will=will,
            window=window,
            session_expiry_s=session_expiry_s,
            manual_ack=manual_ack,
            max_packet_bytes=max_packet_bytes,
        )
        self._backoff = Backoff(chance)
        self._version: Version = "3.1.1" if broker.protocol == "3.1.1" else "5"
        self._link: Link | None = None
        self._stop = threading.Event()
        self._left: paho.Client | None = None
        self._answered = False
        self._taken_in: Session | None = None
        self._client: paho.Client | None = None
        self._online = False
        self._end: Link | None = None
        self._short = 0
        self._clashed = False
        self._lock = threading.Lock()
        self._pending: dict[int, Acknowledged | None] = {}
        self._early: dict[int, int] = {}
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
    def under_way(self) -> int:
        """Messages that were handed over and not yet answered."""
        return len(self._pending)

    def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        qos: int = 1,
        retain: bool = False,
        acknowledged: Acknowledged | None = None,
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
            code = self._early.pop(info.mid, None)
            if code is None and client is self._client:
                self._pending[info.mid] = acknowledged
                return True
        if acknowledged:
            acknowledged(LOST if code is None else code)
        return True

    def acknowledge(self, message: Message) -> None:
        """Tell the broker that a message is in safe hands; only with `manual_ack`."""
        client = self._client
        if client is not None and self._online:
            client.ack(message.mid, message.qos)

    def stop(self, farewell: Will | None = None) -> None:
        """Say `farewell` (retained), leave in order, and wait a moment for it; safe to call twice."""
        if not self._stop.is_set():
            client = self._client
            if client is not None and self._online:
                self._left = client
            self._stop.set()
            # Who is not taken in yet has nothing to say; our own thread hangs up then.
            if client is not None and self._left is client:
                if farewell:
                    client.publish(farewell.topic, farewell.payload, qos=1, retain=True)
                client.disconnect()
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(FAREWELL_S)

    # ---- the connection's own thread

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                began = time.monotonic()
                self._end = None
                link = self._session()
                if self._stop.is_set():
                    break
                self._say(self._judged(link, time.monotonic() - began))
                self._stop.wait(self._backoff.pause())
        finally:
            self._say(Link(state="off", message="Not connected: the appliance has stopped."))

    def _session(self) -> Link:
        """One session from first to last; how it ended."""
        version = self._version
        try:
            client = self._new_client(version)
            begin(client, self._broker, self._options, version)
        except ConfigError as error:
            return Link(state="bad", message=str(error))
        except (OSError, ValueError) as error:
            return words.connect_failed(error, self._broker)
        self._client = client
        self._answered = False
        try:
            began = time.monotonic()
            while client.loop(TICK_S) == MQTTErrorCode.MQTT_ERR_SUCCESS and client.socket() is not None:
                if self._stop.is_set() and self._left is not client:
                    self._left = client
                    client.disconnect()
                if self._online and time.monotonic() - began > STEADY_S:
                    self._settled(version)
                elif not self._answered and time.monotonic() - began > CONNECT_S:
                    return words.connect_failed(TimeoutError(), self._broker)
        except Exception:
            # A broker that talks nonsense must not end our thread.
            LOG.exception("the session with %s broke", self._broker.address)
        finally:
            self._leave(client)
        return self._end or (words.lost(self._broker) if self._answered else self._unanswered())

    def _new_client(self, version: Version) -> paho.Client:
        client = new_client(self._broker, self._options, version)
        client.on_connect = self._connected
        client.on_disconnect = self._disconnected
        client.on_subscribe = self._subscribed
        client.on_publish = self._published
        client.on_message = self._arrived
        return client

    def _connected(self, client: paho.Client, _: Any, flags: Any, reason: Any, properties: Any) -> None:
        self._answered = True
        if reason.is_failure:
            self._end = words.refused(reason.value, self._broker)
            if reason.value == words.UNSUPPORTED_PROTOCOL:
                self._other_version()
            return
        window = min(getattr(properties, "ReceiveMaximum", None) or self._options.window, self._options.window)
        # paho refuses to change this on an open connection, but the broker names its limit only then.
        client._max_inflight_messages = window  # noqa: SLF001
        version = self._version
        self._taken_in = Session(present=bool(flags.session_present), window=window, protocol=version)
        if self._subscriptions:
            client.subscribe(wanted(self._subscriptions, version))
        else:
            self._began()

    def _subscribed(self, _client: paho.Client, _: Any, _mid: int, reasons: Any, _properties: Any) -> None:
        for one, reason in zip(self._subscriptions, reasons, strict=False):
            if reason.is_failure:
                LOG.warning("the broker does not let us hear %s (%s)", one.filter, reason)
        self._began()

    def _began(self) -> None:
        assert self._taken_in
        self._online = True
        if not self._clashed:
            self._say(words.connected(self._broker, self._taken_in.protocol))
        _guarded(self._on_session, self._taken_in)

    def _arrived(self, _client: paho.Client, _: Any, message: paho.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return
        _guarded(
            self._on_message,
            Message(
                topic=topic,
                payload=bytes(message.payload),
                qos=message.qos,
                retained=bool(message.retain),
                mid=message.mid,
            ),
        )

    def _published(self, _client: paho.Client, _: Any, mid: int, reason: Any, _properties: Any) -> None:
        code = int(getattr(reason, "value", 0))
        with self._lock:
            if mid not in self._pending:
                self._early[mid] = code
                return
            acknowledged = self._pending.pop(mid)
        if acknowledged:
            _guarded(acknowledged, code)

    def _disconnected(self, _client: paho.Client, _: Any, flags: Any, reason: Any, _properties: Any) -> None:
        if getattr(flags, "is_disconnect_packet_from_server", False):
            self._end = words.refused(reason.value, self._broker)
            if reason.value == words.TAKEN_OVER:
                self._clashed = True
                self._backoff.at_least(CLASH_PAUSE_S)

    def _leave(self, client: paho.Client) -> None:
        """Forget the session; everything under way is lost."""
        self._online = False
        with self._lock:
            self._client = None
            pending, self._pending, self._early = self._pending, {}, {}
        sock = client.socket()
        if sock is not None:
            sock.close()
        for acknowledged in pending.values():
            if acknowledged:
                _guarded(acknowledged, LOST)

    def _unanswered(self) -> Link:
        """The broker hung up before it answered: some do so at an MQTT version they do not speak."""
        self._other_version()
        return words.closed_early(self._broker)

    def _other_version(self) -> None:
        if self._broker.protocol == "auto":
            self._version = "5" if self._version == "3.1.1" else "3.1.1"

    def _judged(self, link: Link, lasted_s: float) -> Link:
        """What to say, given how often sessions ended like this."""
        if not self._answered or lasted_s > STEADY_S:
            self._short = 0
        elif link == words.lost(self._broker):
            self._short += 1
            if self._short >= SHORT_LIVED:
                self._clashed = True
                self._backoff.at_least(CLASH_PAUSE_S)
                return words.short_lived(self._broker, self._short)
        return link

    def _settled(self, version: Version) -> None:
        self._backoff.reset()
        self._short = 0
        if self._clashed:
            self._clashed = False
            self._say(words.connected(self._broker, version))

    def _say(self, link: Link) -> None:
        """Tell and log a change, once."""
        if link == self._link:
            return
        before, self._link = self._link, link
        if before is None or before.state != link.state or link.state == "bad":
            LOG.log(logging.INFO if link.state in {"ok", "off"} else logging.WARNING, "%s", link.message)
        _guarded(self._on_link, link)


def _guarded(callback: Callable[[Any], object], value: Any) -> None:
    """What fails in a callback must not end the session."""
    try:
        callback(value)
    except Exception:
        LOG.exception("a callback of the MQTT connection failed")
