"""View model of the home screen: plant cards, the light, the next photo. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from sproutcast_pi.messages.formatter import Formatter, parse_timestamp
from sproutcast_pi.protocol.row_cache import Row
from ui.home.state import State, plant_state, trend
from ui.queries import ScreenQueries, bbox_share

Crop = tuple[float, float, float, float]


class PlantSummary(msgspec.Struct, frozen=True, kw_only=True):
    """Data of one plant card."""

    plant_id: int
    name: str
    below: str
    """Species or age."""
    state: State
    photo: str | None
    crop: Crop | None
    """Crop of the photo around the plant; shares of the frame, y from the top."""
    trend: tuple[float, ...]
    seen: str
    """Capture time of the photo."""


class LightLine(msgspec.Struct, frozen=True, kw_only=True):
    """Summary of the grow light."""

    on: bool
    words: str
    detail: str


def cards(queries: ScreenQueries, now: datetime, tr: Formatter) -> list[PlantSummary]:
    """Return a card per plant; those that need attention first, the others in the owner's order."""
    results = queries.results_by_plant()
    made = [_card(queries, plant, results.get(plant["id"], []), now, tr) for plant in queries.plants()]
    urgency = {"act": 0, "watch": 1}
    return sorted(made, key=lambda card: urgency.get(card.state.level, 2))


def _card(queries: ScreenQueries, plant: Row, results: list[Row], now: datetime, tr: Formatter) -> PlantSummary:
    state = plant_state(results, queries.open_alerts(plant["id"]), now, tr)
    newest = results[-1] if results else None
    capture = queries.capture(newest["capture_id"] if newest else plant.get("photo_capture_id")) or queries.capture(
        plant.get("photo_capture_id")
    )
    at = parse_timestamp(newest["at"]) if newest else None
    return PlantSummary(
        plant_id=plant["id"],
        name=queries.name(plant, tr),
        below=plant.get("species") or age(plant, now, tr),
        state=state,
        photo=capture.get("file") if capture else None,
        crop=bbox_share(newest, capture) if newest else None,
        trend=trend(results, state.metric),
        seen=tr.ago(at, now) if at else "",
    )


def age(plant: Row, now: datetime, tr: Formatter) -> str:
    """Return a plant's age as text; empty if its planting date is unknown."""
    planted = parse_timestamp(f"{plant['planted_on']}T12:00:00Z") if plant.get("planted_on") else None
    if planted is None:
        return ""
    days = max(0, (now - planted).days)
    return tr.plural("{n} day old", "{n} days old", days)


def light_line(light: Row | None, now: datetime, tr: Formatter) -> LightLine:
    """Describe the light's state and its next change."""
    if light is None:
        return LightLine(on=False, words="", detail="")
    level, reason = float(light.get("now_level") or 0), light.get("now_reason")
    percent = tr.percent(level * 100)
    words = {
        "sunrise": tr("Sunrise, {percent}", percent=percent),
        "sunset": tr("Sunset, {percent}", percent=percent),
        "override": tr("On by hand, {percent}", percent=percent) if level > 0 else tr("Off by hand"),
        "capture": tr("On for a photograph"),
        "budget": tr("Resting: enough light today"),
        "derate": tr("Dimmed to stay cool, {percent}", percent=percent),
        "untrusted_time": tr("Light without a clock, {percent}", percent=percent)
        if level > 0
        else tr("Light off, no clock yet"),
        "disabled": tr("Light switched off"),
        "starting": tr("Light is starting"),
    }.get(str(reason)) or (tr("Light on, {percent}", percent=percent) if level > 0 else tr("Light off"))
    change = parse_timestamp(light.get("override_until_at") if reason == "override" else light.get("next_change_at"))
    return LightLine(on=level > 0, words=words, detail=_next_change(light, change, now, tr))


def _next_change(light: Row, change: datetime | None, now: datetime, tr: Formatter) -> str:
    """Describe the light's next change."""
    if change is None or change <= now:
        return ""
    when = tr.moment(change, now)
    if float(light.get("now_level") or 0) == 0:
        return tr("on at {when}", when=when)
    return tr("until {when}", when=when)


def trouble(queries: ScreenQueries, tr: Formatter) -> str:
    """Return the most urgent problem of start, database or lamp; empty if there is none."""
    rows = [queries.health(part) for part in ("safe_mode", "store", "light", "data")]
    return next((tr.row_text(row, "message") for row in rows if row and row["state"] == "bad"), "")


def next_photo(queries: ScreenQueries, now: datetime, tr: Formatter) -> str:
    """Describe when the next photo is due, or that one is being taken."""
    states = {row["state"] for row in queries.captures()[:3]}
    if "taking" in states or "wanted" in states:
        return tr("Taking a photograph")
    value = (queries.health("captures") or {}).get("value")
    due = datetime.fromtimestamp(value, UTC) if value else None
    if due is None or due <= now:
        return ""
    return tr("Next photograph {when}", when=tr.moment(due, now))
