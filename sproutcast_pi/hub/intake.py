"""Take messages from the broker, have them committed, and only then answer the device and the broker."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import SimpleQueue

import msgspec

from sproutcast_pi.hub.hub_storage import HubStorage
from sproutcast_pi.hub.photo_upload import PhotoUploads
from sproutcast_pi.protocol.sync import PARTITIONS, HubMessage, PhotoChunk, answers_topic, decode_device_message, encode
from sproutcast_pi.services.mqtt.broker import Broker
from sproutcast_pi.services.mqtt.connection import MqttConnection
from sproutcast_pi.services.mqtt.messages import ConnectionStatus, MqttMessage, TopicSubscription

LOG = logging.getLogger(__name__)
SESSION_EXPIRY_S = 7 * 24 * 3600
"""How long the broker keeps our place while we are away."""
WINDOW = 500


class WorkerShard(msgspec.Struct, frozen=True):
    """Worker `number` of `of`: it takes the partitions that leave the remainder `number` - 1."""

    number: int = 1
    of: int = 1

    def filters(self, base: str, *, shared: bool) -> list[str]:
        """Return the topics to subscribe to, rows before photographs."""
        kinds = ("rows", "photos")
        if self.of == 1 and not shared:
            return [f"{base}/+/sync/+/{kind}" for kind in kinds]
        lanes = [f"{lane:02d}" for lane in range(PARTITIONS) if lane % self.of == self.number - 1]
        group = "$share/hub-{lane}/" if shared else ""
        return [f"{group.format(lane=lane)}{base}/+/sync/{lane}/{kind}" for kind in kinds for lane in lanes]


class Intake:
    """One worker: one connection, with a durable session by default, acknowledged by hand."""

    def __init__(
        self,
        *,
        broker: Broker,
        base_topic: str,
        client_id: str,
        keeping: HubStorage,
        photographs: PhotoUploads,
        part: WorkerShard,
        shared: bool,
        keep_session: bool,
        on_link: Callable[[ConnectionStatus], object],
    ) -> None:
        self._base = base_topic
        self._storage = keeping
        self._photo_uploads = photographs
        self._answers: SimpleQueue[tuple[int, MqttMessage, str, HubMessage | None] | None] = SimpleQueue()
        self._chunks: SimpleQueue[tuple[int, MqttMessage, str] | None] = SimpleQueue()
        self._session = 0
        self._on_link = on_link
        self._threads = [
            threading.Thread(target=self._send_answers, name="hub-answers", daemon=True),
            threading.Thread(target=self._accept_photo_chunks, name="hub-photographs", daemon=True),
        ]
        self._connection = MqttConnection(
            broker,
            client_id=client_id,
            on_session=lambda _: None,
            on_message=self._on_message,
            on_link=self._on_status,
            subscriptions=_subscriptions(part.filters(base_topic, shared=shared)),
            window=WINDOW,
            # Where no session is kept nothing is lost: devices send again what is not answered.
            session_expiry_s=SESSION_EXPIRY_S if keep_session else 0,
            manual_ack=True,
        )

    def start(self) -> None:
        """Begin to take in."""
        for thread in self._threads:
            thread.start()
        self._connection.start()

    def stop(self) -> None:
        """Take in no more; what was not acknowledged the broker gives again."""
        self._connection.stop()
        self._chunks.put(None)
        self._threads[1].join()
        self._answers.put(None)
        self._threads[0].join()

    # ---- on the connection's thread

    def _on_status(self, link: ConnectionStatus) -> None:
        # A message of an ended session must not be acknowledged in the next one, where its number may mean another.
        # The next one's messages may come before the broker confirms our subscriptions, so it counts from here.
        if link.state != "ok":
            self._session += 1
        self._on_link(link)

    def _on_message(self, message: MqttMessage) -> None:
        if message.qos == 0:
            # Devices send with QoS 1, which the window bounds; of these any number could pile up here.
            return
        levels = message.topic.split("/")
        if len(levels) < 5 or message.retained:  # noqa: PLR2004 - base/device/sync/lane/kind
            self._answers.put((self._session, message, "", None))
            return
        device, kind = levels[-4], levels[-1]
        session = self._session
        if kind == "photos":
            self._chunks.put((session, message, device))
            return
        future = self._storage.apply(device, message.payload)
        future.add_done_callback(lambda done: self._on_applied(done, session, message, device))

    # ---- on the database's thread

    def _on_applied(self, done: Future[HubMessage], session: int, message: MqttMessage, device: str) -> None:
        error = done.exception()
        if error is None:
            self._answers.put((session, message, device, done.result()))
        else:
            # No answer: the device sends it again. The broker may forget it, so that one failure does not stop all.
            LOG.error("a message of %s was not taken in: %s", device, error)
            self._answers.put((session, message, device, None))

    # ---- on our own threads

    def _send_answers(self) -> None:
        while (job := self._answers.get()) is not None:
            session, message, device, answer = job
            if answer is not None:
                self._connection.publish(answers_topic(self._base, device), encode(answer))
            if session == self._session:
                self._connection.acknowledge(message)

    def _accept_photo_chunks(self) -> None:
        while (job := self._chunks.get()) is not None:
            session, message, device = job
            answer: HubMessage | None = None
            try:
                chunk = decode_device_message(message.payload)
                if isinstance(chunk, PhotoChunk):
                    answer = self._photo_uploads.accept_chunk(device, chunk)
            except ValueError as error:
                LOG.warning("%s: %s", message.topic, error)
            except Exception:
                # The device keeps the picture and asks again later.
                LOG.exception("a photograph of %s was not taken in", device)
            self._answers.put((session, message, device, answer))


def _subscriptions(filters: Sequence[str]) -> list[TopicSubscription]:
    return [TopicSubscription(filter=one) for one in filters]
