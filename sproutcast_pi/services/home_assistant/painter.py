"""Paints the store's picture at the broker: announcements, states, the photograph; only what changed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from sproutcast_pi.services.home_assistant import discovery, states
from sproutcast_pi.services.home_assistant.mirror import Changes, Mirror
from sproutcast_pi.services.home_assistant.retained import Retained, Send
from sproutcast_pi.services.home_assistant.topics import Topics
from sproutcast_pi.store.engine import Store
from sproutcast_pi.store.messages import Row

LOG = logging.getLogger(__name__)
CLEAR_AFTER_S = 5.0
"""A deleted plant's state goes this long after its announcement; sooner, Home Assistant would still be listening."""


class Exhibits(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown beside the rows."""

    name: str
    """The appliance's, unless the owner chose one on the screen."""
    pictures: Path
    """The folder the captures' files are relative to."""
    max_photo_bytes: int
    """Larger photographs are shown as thumbnail; 0: none is shown."""
    url: str | None = None
    """The appliance's own page."""


class Painter:
    """Holds what is to be painted next; `send` publishes retained, `say` an event."""

    def __init__(
        self,
        *,
        store: Store,
        mirror: Mirror,
        topics: Topics,
        send: Send,
        say: Callable[[str, bytes], bool],
        exhibits: Exhibits,
    ) -> None:
        self._store = store
        self._mirror = mirror
        self._topics = topics
        self._say = say
        self._exhibits = exhibits
        self._retained = Retained(send)
        self._found: states.Diagnostics | None = None
        self._plants: set[int] = set()
        self._stale: set[int] = set()
        self._clear_at: list[tuple[float, str]] = []
        self._happened: list[tuple[str, Row]] = []
        self._photo_of: int | None = None

    def changed(self, changes: Changes) -> None:
        """Take note of what is new in the mirror."""
        self._plants |= changes.plants
        self._happened += changes.happened

    def found(self, diagnostics: states.Diagnostics) -> None:
        """Take note of how the appliance is."""
        self._found = diagnostics

    def forget(self, *, photo: bool) -> None:
        """The broker, or Home Assistant, may have lost everything (the photograph too): paint it anew."""
        self._retained.forget(keep="" if photo else self._topics.photo)
        if photo:
            self._photo_of = None
        self._plants |= set(self._mirror.by_key("plant"))

    def repaint(self, plant_id: int | None) -> None:
        """Say once more how it is, for what was asked was refused."""
        topics = self._topics
        for topic in (topics.light, topics.state) if plant_id is None else (topics.plant(plant_id),):
            self._retained.drop(topic)
        if plant_id is not None:
            self._plants.add(plant_id)

    def saw_announced(self, topic: str) -> None:
        """An announcement of ours stands at the broker; if its plant is no more, it went while we were away."""
        plant_id = self._topics.announced(topic)
        if plant_id is not None and plant_id not in self._mirror.by_key("plant"):
            self._stale.add(plant_id)

    def paint(self, now: float) -> None:
        """Publish everything that differs from what stands there."""
        if not self._wanted():
            self._take_back()
            return
        self._announce()
        self._paint_appliance()
        while self._plants:
            self._paint_plant(self._plants.pop())
        self._remove_stale(now)
        self._tell_happened()
        self._paint_photo()

    def due(self) -> list[float]:
        """The moments at which there is something to paint by itself."""
        return [at for at, _ in self._clear_at]

    def _wanted(self) -> bool:
        """Whether the owner wants to be shown in Home Assistant."""
        row = self._mirror.by_key("setting").get("home_assistant_enabled")
        return row is None or msgspec.json.decode(row["value"]) is not False

    def _take_back(self) -> None:
        """Remove all that stands at the broker, announcements first."""
        topics = self._retained.topics()
        self._happened.clear()
        for topic in sorted(topics, key=lambda topic: not topic.endswith("/config")):
            self._retained.clear(topic)
        if topics:
            self._photo_of = None
            self._plants |= set(self._mirror.by_key("plant"))

    def _remove_stale(self, now: float) -> None:
        while self._stale:
            plant_id = self._stale.pop()
            self._retained.clear(self._topics.plant_config(plant_id))
            self._clear_at.append((now + CLEAR_AFTER_S, self._topics.plant(plant_id)))
        due = [topic for at, topic in self._clear_at if at <= now]
        self._clear_at = [(at, topic) for at, topic in self._clear_at if at > now]
        for topic in due:
            self._retained.clear(topic)

    def _announce(self) -> None:
        """The appliance; before its plants, which refer to it."""
        row = self._mirror.by_key("setting").get("device_name")
        name = (msgspec.json.decode(row["value"]) if row else None) or self._exhibits.name
        self._put(self._topics.appliance_config, discovery.appliance(self._topics, name=name, url=self._exhibits.url))

    def _paint_appliance(self) -> None:
        light = self._mirror.one("light")
        if light is not None:
            self._put(self._topics.light, states.light(light))
            state = states.appliance(
                light,
                last_capture=self._mirror.one("capture"),
                health=self._mirror.by_key("health"),
                unread=len(self._mirror.rows("unread")),
            )
            self._put(self._topics.state, state)
        if self._found is not None:
            self._put(self._topics.diagnostics, states.diagnostics(self._mirror.rows("health"), self._found))
        self._put(self._topics.update, states.update(self._mirror.one("software")))

    def _paint_plant(self, plant_id: int) -> None:
        row = self._mirror.by_key("plant").get(plant_id)
        if row is None:
            if self._topics.plant_config(plant_id) in self._retained.topics():
                self._stale.add(plant_id)
            return
        self._put(self._topics.plant_config(plant_id), discovery.plant(self._topics, row))
        query = self._store.query
        result = query("SELECT * FROM analysis_result WHERE plant_id = ? ORDER BY id DESC LIMIT 1", (plant_id,))
        watered = query("SELECT max(at) AS at FROM care_event WHERE plant_id = ? AND kind = 'water'", (plant_id,))
        state = states.plant(
            row,
            result=result[0] if result else None,
            plan=self._mirror.by_key("plan").get(plant_id),
            alerts=sum(alert["plant_id"] == plant_id for alert in self._mirror.rows("alert")),
            last_watered=watered[0]["at"],
        )
        self._put(self._topics.plant(plant_id), state)

    def _tell_happened(self) -> None:
        """Events are never retained: one that nobody heard is over."""
        for name, row in self._happened:
            plant_id = row["plant_id"]
            if name == "care":
                self._say(self._topics.care(plant_id), msgspec.json.encode(states.care(row)))
            else:
                topic = self._topics.notice if plant_id is None else self._topics.alert(plant_id)
                self._say(topic, msgspec.json.encode(states.notice(row)))
        self._happened.clear()

    def _paint_photo(self) -> None:
        capture = self._mirror.one("capture")
        if capture is None or capture["id"] == self._photo_of or not self._exhibits.max_photo_bytes:
            return
        self._photo_of = capture["id"]
        picture = self._photo(capture)
        if picture is not None and not self._retained.put(self._topics.photo, picture):
            self._photo_of = None

    def _photo(self, capture: Row) -> bytes | None:
        """The photograph when it is small enough, else its thumbnail, else nothing."""
        for name in (capture["file"], capture["thumb"]):
            if not name:
                continue
            path = self._exhibits.pictures / str(name)
            try:
                if path.stat().st_size <= self._exhibits.max_photo_bytes:
                    return path.read_bytes()
            except OSError as error:
                LOG.info("%s can't be shown: %s", name, error)
        return None

    def _put(self, topic: str, value: Any) -> None:
        self._retained.put(topic, msgspec.json.encode(value))
