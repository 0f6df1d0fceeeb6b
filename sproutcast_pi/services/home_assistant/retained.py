"""Retained messages of ours at the broker: nothing is sent twice, and everything can be removed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import blake2b

from sproutcast_pi.services.home_assistant.announced_topics import AnnouncedTopics, removal_order

Send = Callable[[str, bytes], bool]
"""(topic, payload): publish retained at QoS 1; False when nothing was taken."""


class RetainedTopics:
    """Digest of each payload this run published, and a ledger of all topics earlier runs published as well."""

    def __init__(self, send: Send, ledger: AnnouncedTopics) -> None:
        self._send = send
        self._ledger = ledger
        self._sent: dict[str, bytes] = {}

    def publish(self, topic: str, payload: bytes) -> bool:
        """Send `payload` unless the broker has it already; whether the broker has it now."""
        self._ledger.add(topic)
        digest = blake2b(payload, digest_size=16).digest()
        if self._sent.get(topic) == digest:
            return True
        if not self._send(topic, payload):
            return False
        self._sent[topic] = digest
        return True

    def clear(self, topic: str) -> None:
        """Remove what the broker keeps, which an empty payload does."""
        self.clear_all([topic])

    def clear_all(self, topics: Iterable[str]) -> None:
        """Remove what the broker keeps of `topics`, announcements first."""
        removed = [topic for topic in removal_order(topics) if self._send(topic, b"")]
        for topic in removed:
            self._sent.pop(topic, None)
        self._ledger.discard(removed)

    def invalidate(self, *, keep: str = "") -> None:
        """Nobody knows what is retained there, but for the topic `keep`: everything is sent again."""
        self._sent = {topic: digest for topic, digest in self._sent.items() if topic == keep}

    def invalidate_topic(self, topic: str) -> None:
        """Send this topic again next time, changed or not."""
        self._sent.pop(topic, None)

    def topics(self) -> set[str]:
        """Everything the broker has of ours, from earlier runs too."""
        return self._ledger.topics()
