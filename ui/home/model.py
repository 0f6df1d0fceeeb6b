"""What the home screen shows: a card per plant, the light, the next photograph. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from sproutcast_pi.protocol.row_cache import Row
from ui.home.state import State, plant_state, trend
from ui.i18n.formatter import ScreenFormatter, parse_timestamp
from ui.queries import ScreenQueries, bbox_share

Crop = tuple[float, float, float, float]


class PlantSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One plant at a glance."""

    plant_id: int
    name: str
    below: str
    """Species or age, one quiet line."""
    state: State
    photo: str | None
    crop: Crop | None
    """The part of the photograph with the plant; shares of the frame, y from the top."""
    trend: tuple[float, ...]
    seen: str
    """When it was photographed."""


class LightLine(msgspec.Struct, frozen=True, kw_only=True):
    """The grow light in a few words."""

    on: bool
    words: str
    detail: str


def cards(garden: ScreenQueries, now: datetime, tell: ScreenFormatter) -> list[PlantSummary]:
    """Return a card per plant; those that need somebody come first, the others keep their order."""
    results = garden.results_by_plant()
    made = [_card(garden, plant, results.get(plant["id"], []), now, tell) for plant in garden.plants()]
    urgency = {"act": 0, "watch": 1}
    return sorted(made, key=lambda card: urgency.get(card.state.level, 2))


def _card(garden: ScreenQueries, plant: Row, results: list[Row], now: datetime, tell: ScreenFormatter) -> PlantSummary:
    state = plant_state(results, garden.open_alerts(plant["id"]), now, tell)
    newest = results[-1] if results else None
    capture = garden.capture(newest["capture_id"] if newest else plant.get("photo_capture_id")) or garden.capture(
        plant.get("photo_capture_id")
    )
    at = parse_timestamp(newest["at"]) if newest else None
    return PlantSummary(
        plant_id=plant["id"],
        name=garden.name(plant, tell),
        below=plant.get("species") or age(plant, now, tell),
        state=state,
        photo=capture.get("file") if capture else None,
        crop=bbox_share(newest, capture) if newest else None,
        trend=trend(results, state.metric),
        seen=tell.ago(at, now) if at else "",
    )


def age(plant: Row, now: datetime, tell: ScreenFormatter) -> str:
    """Say how old a plant is, where its planting day is known."""
    planted = parse_timestamp(f"{plant['planted_on']}T12:00:00Z") if plant.get("planted_on") else None
    if planted is None:
        return ""
    days = max(0, (now - planted).days)
    return tell.plural("{n} day old", "{n} days old", days)


def light_line(light: Row | None, now: datetime, tell: ScreenFormatter) -> LightLine:
    """Say what the light does and when it changes next."""
    if light is None:
        return LightLine(on=False, words="", detail="")
    level, reason = float(light.get("now_level") or 0), light.get("now_reason")
    percent = tell.percent(level * 100)
    words = {
        "sunrise": tell("Sunrise, {percent}", percent=percent),
        "sunset": tell("Sunset, {percent}", percent=percent),
        "override": tell("On by hand, {percent}", percent=percent) if level > 0 else tell("Off by hand"),
        "capture": tell("On for a photograph"),
        "budget": tell("Resting: enough light today"),
        "derate": tell("Dimmed to stay cool, {percent}", percent=percent),
        "untrusted_time": tell("Light without a clock, {percent}", percent=percent)
        if level > 0
        else tell("Light off, no clock yet"),
        "disabled": tell("Light switched off"),
        "starting": tell("Light is starting"),
    }.get(str(reason)) or (tell("Light on, {percent}", percent=percent) if level > 0 else tell("Light off"))
    change = parse_timestamp(light.get("override_until_at") if reason == "override" else light.get("next_change_at"))
    return LightLine(on=level > 0, words=words, detail=_next_change(light, change, now, tell))


def _next_change(light: Row, change: datetime | None, now: datetime, tell: ScreenFormatter) -> str:
    """Say when the light changes next."""
    if change is None or change <= now:
        return ""
    when = tell.moment(change, now)
    if float(light.get("now_level") or 0) == 0:
        return tell("on at {when}", when=when)
    return tell("until {when}", when=when)


def trouble(garden: ScreenQueries, tell: ScreenFormatter) -> str:
    """Say what stands above everything else: what is bad about start, memory or lamp; empty when all is well."""
    rows = [garden.health(part) for part in ("safe_mode", "store", "light", "data")]
    return next((tell.row_text(row, "message") for row in rows if row and row["state"] == "bad"), "")


def next_photo(garden: ScreenQueries, now: datetime, tell: ScreenFormatter) -> str:
    """Say when the next photograph is taken, or that one is being taken."""
    states = {row["state"] for row in garden.captures()[:3]}
    if "taking" in states or "wanted" in states:
        return tell("Taking a photograph")
    value = (garden.health("captures") or {}).get("value")
    due = datetime.fromtimestamp(value, UTC) if value else None
    if due is None or due <= now:
        return ""
    return tell("Next photograph {when}", when=tell.moment(due, now))
