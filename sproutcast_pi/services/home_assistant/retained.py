"""What stands retained at the broker in our name, so that nothing is sent twice and everything can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

Send = Callable[[str, bytes], bool]
"""(topic, payload): publish retained at QoS 1; False when nothing was taken."""


class RetainedTopics:
    """Remembers a digest of each payload."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._sent: dict[str, bytes] = {}

    def publish(self, topic: str, payload: bytes) -> bool:
        """Send `payload` unless it stands there already; whether it stands there now."""
        digest = blake2b(payload, digest_size=16).digest()
        if self._sent.get(topic) == digest:
            return True
        if not self._send(topic, payload):
            return False
        self._sent[topic] = digest
        return True

    def clear(self, topic: str) -> None:
        """Take a topic back: an empty payload removes what the broker keeps."""
        if self._send(topic, b""):
            self._sent.pop(topic, None)

    def invalidate(self, *, keep: str = "") -> None:
        """Nobody knows what stands there any more, but for the topic `keep`: everything is sent again."""
        self._sent = {topic: digest for topic, digest in self._sent.items() if topic == keep}

    def invalidate_topic(self, topic: str) -> None:
        """Send this topic again next time, changed or not."""
        self._sent.pop(topic, None)

    def topics(self) -> set[str]:
        """Everything that stands there."""
        return set(self._sent)
