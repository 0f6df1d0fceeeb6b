"""Ledger of the retained topics published at each broker, so that earlier ones can be removed after a restart."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

import msgspec

from sproutcast_pi.atomic_file import write_atomic

LOG = logging.getLogger(__name__)
FILE_NAME = "home-assistant-topics.json"


class AnnouncedTopics:
    """Topics that hold a retained message of ours at one broker; kept in a file beside the store.

    A topic is added before its first message is sent and removed once its removal was sent, so a power cut in between
    costs one needless removal and never leaves a message behind. A damaged file counts as empty; one that can't be
    written is logged, and the topics are then known for this run alone.
    """

    def __init__(self, path: Path, broker: str) -> None:
        """`broker` is its `host:port`; topics at other brokers are kept untouched in the file."""
        self._path = path
        self._broker = broker
        self._brokers = _read(path)
        self._topics = set(self._brokers.get(broker, ()))

    def topics(self) -> set[str]:
        """All of them."""
        return set(self._topics)

    def add(self, topic: str) -> None:
        """Note one that is about to be published."""
        if topic not in self._topics:
            self._topics.add(topic)
            self._save()

    def discard(self, topics: Iterable[str]) -> None:
        """Strike those whose removal was sent."""
        left = self._topics.difference(topics)
        if left != self._topics:
            self._topics = left
            self._save()

    def _save(self) -> None:
        brokers = self._brokers | {self._broker: sorted(self._topics)}
        kept = {broker: topics for broker, topics in brokers.items() if topics}
        try:
            write_atomic(self._path, msgspec.json.encode(kept))
        except OSError as error:
            LOG.warning("%s can't be written: %s", self._path, error)


def removal_order(topics: Iterable[str]) -> list[str]:
    """Announcements before states: Home Assistant then forgets an entity before its state is gone."""
    return sorted(topics, key=lambda topic: (not topic.endswith("/config"), topic))


def _read(path: Path) -> dict[str, list[str]]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, list[str]])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.DecodeError) as error:
        LOG.warning("%s can't be read and is begun again: %s", path, error)
        return {}
