"""Publisher of the discovery, state and photograph topics that changed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from sproutcast_pi.messages.formatter import ENGLISH, Formatter
from sproutcast_pi.messages.preferences import locale_preferences
from sproutcast_pi.services.home_assistant import discovery, state_payloads
from sproutcast_pi.services.home_assistant.announced_topics import AnnouncedTopics
from sproutcast_pi.services.home_assistant.localise import localised
from sproutcast_pi.services.home_assistant.retained import RetainedTopics, Send
from sproutcast_pi.services.home_assistant.row_cache import CacheChanges, HomeAssistantRowCache
from sproutcast_pi.services.home_assistant.topics import Topics
from sproutcast_pi.store.engine import Store
from sproutcast_pi.store.messages import Row

LOG = logging.getLogger(__name__)
CLEAR_AFTER_S = 5.0
"""A deleted plant's state goes this long after its announcement; sooner, Home Assistant would still be listening."""


class PublishOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown beside the rows."""

    name: str
    """The appliance's, unless the owner chose one on the screen."""
    pictures: Path
    """The folder the captures' files are relative to."""
    max_photo_bytes: int
    """Larger photographs are shown as thumbnail; 0: none is shown."""
    url: str | None = None
    """The appliance's own page."""


class Publisher:
    """Holds what is to be painted next; `send` publishes retained, `publish_event` an event."""

    def __init__(
        self,
        *,
        store: Store,
        row_cache: HomeAssistantRowCache,
        topics: Topics,
        send: Send,
        ledger: AnnouncedTopics,
        publish_event: Callable[[str, bytes], bool],
        exhibits: PublishOptions,
    ) -> None:
        self._store = store
        self._row_cache = row_cache
        self._topics = topics
        self._publish_event = publish_event
        self._options = exhibits
        self._retained = RetainedTopics(send, ledger)
        self._diagnostics: state_payloads.Diagnostics | None = None
        self._changed_plants: set[int] = set()
        self._stale_plants: set[int] = set()
        self._clear_at: list[tuple[float, str]] = []
        self._events: list[tuple[str, Row]] = []
        self._published_capture: int | None = None
        self._formatter = ENGLISH

    def mark_changed(self, changes: CacheChanges) -> None:
        """Note what a message changed in the row cache."""
        self._changed_plants |= changes.plants
        self._events += changes.events

    def set_diagnostics(self, diagnostics: state_payloads.Diagnostics) -> None:
        """Take note of how the appliance is."""
        self._diagnostics = diagnostics

    def invalidate(self, *, photo: bool) -> None:
        """The broker, or Home Assistant, may have lost everything (the photograph too): publish all of it again."""
        self._retained.invalidate(keep="" if photo else self._topics.photo)
        if photo:
            self._published_capture = None
        self._changed_plants |= set(self._row_cache.by_key("plant"))

    def republish(self, plant_id: int | None) -> None:
        """Publish the state again, because a command was refused."""
        topics = self._topics
        for topic in (topics.light, topics.state) if plant_id is None else (topics.plant(plant_id),):
            self._retained.invalidate_topic(topic)
        if plant_id is not None:
            self._changed_plants.add(plant_id)

    def on_retained_discovery(self, topic: str) -> None:
        """An announcement of ours is retained at the broker; if its plant is no more, it went while we were away."""
        plant_id = self._topics.parse_plant_config_topic(topic)
        if plant_id is not None and plant_id not in self._row_cache.by_key("plant"):
            self._stale_plants.add(plant_id)

    def publish(self, now: float) -> None:
        """Publish everything that differs from what stands there."""
        if not self._enabled():
            self._remove_all()
            return
        self._follow_language()
        self._remove_renamed()
        self._publish_discovery()
        self._publish_appliance()
        while self._changed_plants:
            self._publish_plant(self._changed_plants.pop())
        self._remove_stale(now)
        self._publish_events()
        self._publish_photo()

    def _follow_language(self) -> None:
        """Take on the owner's language, units and zone; every plant is published again when they changed."""
        rows = self._row_cache.by_key("setting")
        chosen = {name: msgspec.json.decode(row["value"]) for name, row in rows.items()}
        wanted = locale_preferences(chosen.get)
        if wanted != self._formatter.preferences:
            self._formatter = Formatter(wanted)
            self._changed_plants |= set(self._row_cache.by_key("plant"))

    def due_times(self) -> list[float]:
        """The times at which there is something to publish without a change."""
        return [at for at, _ in self._clear_at]

    def _enabled(self) -> bool:
        """Whether the owner wants to be shown in Home Assistant."""
        row = self._row_cache.by_key("setting").get("home_assistant_enabled")
        return row is None or msgspec.json.decode(row["value"]) is not False

    def _remove_all(self) -> None:
        """Remove all that is retained at the broker, announcements first."""
        topics = self._retained.topics() - {self._topics.availability}
        self._events.clear()
        self._retained.clear_all(topics)
        if topics:
            self._published_capture = None
            self._changed_plants |= set(self._row_cache.by_key("plant"))

    def _remove_renamed(self) -> None:
        """Remove what was announced under another base topic, prefix or device id."""
        self._retained.clear_all(topic for topic in self._retained.topics() if not self._topics.owns(topic))

    def _remove_stale(self, now: float) -> None:
        while self._stale_plants:
            plant_id = self._stale_plants.pop()
            self._retained.clear(self._topics.plant_config(plant_id))
            self._clear_at.append((now + CLEAR_AFTER_S, self._topics.plant(plant_id)))
        due = [topic for at, topic in self._clear_at if at <= now]
        self._clear_at = [(at, topic) for at, topic in self._clear_at if at > now]
        for topic in due:
            self._retained.clear(topic)

    def _publish_discovery(self) -> None:
        """The appliance; before its plants, which refer to it."""
        row = self._row_cache.by_key("setting").get("device_name")
        name = (msgspec.json.decode(row["value"]) if row else None) or self._options.name
        self._publish_json(
            self._topics.appliance_config,
            localised(discovery.appliance(self._topics, name=name, url=self._options.url), self._formatter),
        )

    def _publish_appliance(self) -> None:
        light = self._row_cache.one("light")
        if light is not None:
            self._publish_json(self._topics.light, state_payloads.light(light))
            state = state_payloads.appliance(
                light,
                last_capture=self._row_cache.one("capture"),
                health=self._row_cache.by_key("health"),
                unread=len(self._row_cache.rows("unread")),
                formatter=self._formatter,
            )
            self._publish_json(self._topics.state, state)
        if self._diagnostics is not None:
            self._publish_json(
                self._topics.diagnostics,
                state_payloads.diagnostics(self._row_cache.rows("health"), self._diagnostics, self._formatter),
            )
        self._publish_json(self._topics.update, state_payloads.update(self._row_cache.one("software")))

    def _publish_plant(self, plant_id: int) -> None:
        row = self._row_cache.by_key("plant").get(plant_id)
        if row is None:
            if self._topics.plant_config(plant_id) in self._retained.topics():
                self._stale_plants.add(plant_id)
            return
        self._publish_json(
            self._topics.plant_config(plant_id), localised(discovery.plant(self._topics, row), self._formatter)
        )
        query = self._store.query
        result = query("SELECT * FROM analysis_result WHERE plant_id = ? ORDER BY id DESC LIMIT 1", (plant_id,))
        watered = query("SELECT max(at) AS at FROM care_event WHERE plant_id = ? AND kind = 'water'", (plant_id,))
        state = state_payloads.plant(
            row,
            result=result[0] if result else None,
            plan=self._row_cache.by_key("plan").get(plant_id),
            alerts=sum(alert["plant_id"] == plant_id for alert in self._row_cache.rows("alert")),
            last_watered=watered[0]["at"],
            formatter=self._formatter,
        )
        notices = (row for row in self._row_cache.rows("open_notice") if row["plant_id"] == plant_id)
        self._publish_json(self._topics.plant(plant_id), state | state_payloads.open_alerts(notices, self._formatter))

    def _publish_events(self) -> None:
        """Events are never retained: without a receiver they are over."""
        for name, row in self._events:
            plant_id = row["plant_id"]
            if name == "care":
                self._publish_event(self._topics.care(plant_id), msgspec.json.encode(state_payloads.care(row)))
            else:
                topic = self._topics.notice if plant_id is None else self._topics.alert(plant_id)
                self._publish_event(topic, msgspec.json.encode(state_payloads.notice(row, self._formatter)))
        self._events.clear()

    def _publish_photo(self) -> None:
        capture = self._row_cache.one("capture")
        if capture is None or capture["id"] == self._published_capture or not self._options.max_photo_bytes:
            return
        self._published_capture = capture["id"]
        picture = self._read_photo(capture)
        if picture is not None and not self._retained.publish(self._topics.photo, picture):
            self._published_capture = None

    def _read_photo(self, capture: Row) -> bytes | None:
        """The photograph when it is small enough, else its thumbnail, else nothing."""
        for name in (capture["file"], capture["thumb"]):
            if not name:
                continue
            path = self._options.pictures / str(name)
            try:
                if path.stat().st_size <= self._options.max_photo_bytes:
                    return path.read_bytes()
            except OSError as error:
                LOG.info("%s can't be shown: %s", name, error)
        return None

    def _publish_json(self, topic: str, value: Any) -> None:
        self._retained.publish(topic, msgspec.json.encode(value))
