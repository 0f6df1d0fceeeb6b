"""What the plant's page shows. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from sproutcast_pi.model.metrics.reading import place_in_span, result_band, shown_metrics, stretches
from sproutcast_pi.model.metrics.registry import METRICS, SHOWN
from sproutcast_pi.protocol.row_cache import Row
from ui.alerts.follow_up import care_given
from ui.home.model import Crop, age
from ui.home.state import ICONS, State, plant_state
from ui.i18n.care import CARE_KINDS
from ui.i18n.formatter import ScreenFormatter, parse_timestamp
from ui.i18n.metrics import headline_text, name_text, withheld_reasons, word_text
from ui.queries import ScreenQueries, bbox_share


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One number with what it means."""

    metric: str
    name: str
    value: str
    word: str
    level: str
    available: bool = True
    """Otherwise the word says why not."""
    place: float = -1.0
    """Where the value lies in its range, 0 to 1; -1: it has none."""
    stretches: tuple[tuple[float, str], ...] = ()
    """The range's bands: right end, 0 to 1, and level."""

    @property
    def icon(self) -> str:
        """The shape of what it means."""
        return ICONS.get(self.level, ICONS["none"])


class PlantPage(msgspec.Struct, frozen=True, kw_only=True):
    """One plant, whole."""

    name: str
    below: str
    state: State
    advice: str
    photo: str
    overlay: str
    crop: Crop | None
    taken: str
    facts: tuple[Fact, ...]


class CareLine(msgspec.Struct, frozen=True, kw_only=True):
    """Something somebody did."""

    care_id: int
    kind: str
    icon: str
    words: str
    when: str


def plant_page(garden: ScreenQueries, plant_id: int, now: datetime, tell: ScreenFormatter) -> PlantPage | None:
    """Return what is known about a plant; None when there is no such plant any more."""
    plant = garden.plant(plant_id)
    if plant is None:
        return None
    results = garden.results(plant_id)
    newest = results[-1] if results else None
    alerts = garden.open_alerts(plant_id)
    capture = garden.capture(newest["capture_id"]) if newest else None
    capture = capture or garden.capture(plant.get("photo_capture_id"))
    at = parse_timestamp(newest["at"]) if newest else None
    return PlantPage(
        name=garden.name(plant, tell),
        below=" · ".join(part for part in (plant.get("species"), age(plant, now, tell)) if part),
        state=plant_state(results, alerts, now, tell),
        advice=_advice(alerts, garden.next_photo_at(), now, tell),
        photo=(capture or {}).get("file") or "",
        overlay=(capture or {}).get("overlay") or "",
        crop=bbox_share(newest, capture) if newest else None,
        taken=tell.ago(at, now) if at else "",
        facts=result_facts(newest, tell) if newest else (),
    )


def result_facts(result: Row, tell: ScreenFormatter) -> tuple[Fact, ...]:
    """Return every number, and where one was asked for and isn't told, why."""
    told = {metric: _fact(metric, result, tell) for metric in shown_metrics(result)}
    untold = {metric: _withheld_fact(metric, reason, tell) for metric, reason in withheld_reasons(result, tell).items()}
    both = told | untold
    return tuple(both[metric] for metric in SHOWN if metric in both)


def _fact(metric: str, result: Row, tell: ScreenFormatter) -> Fact:
    known, found = METRICS[metric], result_band(result, metric)
    place = place_in_span(known, result[metric])
    return Fact(
        metric=metric,
        name=name_text(metric, tell),
        value=headline_text(result, metric, tell),
        word="" if known.shown_as_word else word_text(result, metric, tell),
        level=found.level if found else "plain",
        place=-1.0 if place is None else place,
        stretches=stretches(known),
    )


def _withheld_fact(metric: str, reason: str, tell: ScreenFormatter) -> Fact:
    words = tell("Not measured: {reason}", reason=reason)
    return Fact(metric=metric, name=name_text(metric, tell), value="", word=words, level="plain", available=False)


def _advice(alerts: Sequence[Row], due_at: datetime | None, now: datetime, tell: ScreenFormatter) -> str:
    """Return what to do about the newest alert, or what was done; a question is answered where alerts are read."""
    alert = next((row for row in alerts if not row.get("question")), None)
    if alert is None:
        return ""
    return care_given(alert, due_at, now, tell) or tell.row_text(alert, "advice", now)


def care_lines(events: Iterable[Row], now: datetime, tell: ScreenFormatter) -> list[CareLine]:
    """Return what was done, newest first."""
    lines = []
    for event in sorted(events, key=lambda row: row["at"], reverse=True):
        kind = CARE_KINDS.get(event["kind"], CARE_KINDS["note"])
        details = [tell("{n} ml", n=tell.number(event["volume_ml"]))] if event.get("volume_ml") else []
        details += [str(event[name]) for name in ("product", "text") if event.get(name)]
        at = parse_timestamp(event["at"])
        lines.append(
            CareLine(
                care_id=event["id"],
                kind=event["kind"],
                icon=kind.icon,
                words=", ".join([tell(kind.done), *details]),
                when=tell.moment(at, now) if at else "",
            )
        )
    return lines


def last_done(events: Iterable[Row], kind: str, now: datetime, tell: ScreenFormatter) -> str:
    """Say when something was last done: "Watered yesterday 14:05"; empty when never."""
    stamps = [parse_timestamp(event["at"]) for event in events if event["kind"] == kind]
    newest = max((stamp for stamp in stamps if stamp), default=None)
    return tell("{done} {when}", done=tell(CARE_KINDS[kind].done), when=tell.moment(newest, now)) if newest else ""


def chartable(results: Sequence[Row]) -> list[str]:
    """Return the metrics of which there are at least two values."""
    counts: dict[str, int] = {}
    for row in results:
        for name in shown_metrics(row):
            counts[name] = counts.get(name, 0) + 1
    order = list(dict.fromkeys(name for row in results[-3:] for name in shown_metrics(row)))
    return [name for name in order if counts[name] > 1]
