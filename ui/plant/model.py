"""View model of the plant page. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from sproutcast_pi.messages.formatter import Formatter, parse_timestamp
from sproutcast_pi.model.metrics.reading import place_in_span, result_band, shown_metrics, stretches
from sproutcast_pi.model.metrics.registry import METRICS, SHOWN
from sproutcast_pi.protocol.row_cache import Row
from ui.alerts.follow_up import care_given
from ui.home.model import Crop, age
from ui.home.state import ICONS, State, plant_state
from ui.i18n.care import CARE_KINDS
from ui.i18n.metrics import headline_text, name_text, withheld_reasons, word_text
from ui.queries import ScreenQueries, bbox_share


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """One metric with its meaning."""

    metric: str
    name: str
    value: str
    word: str
    level: str
    available: bool = True
    """Whether there is a value; otherwise the word is the reason."""
    place: float = -1.0
    """Position of the value in its range, 0 to 1; -1: no range."""
    stretches: tuple[tuple[float, str], ...] = ()
    """The range's bands: right end, 0 to 1, and level."""

    @property
    def icon(self) -> str:
        """Icon name of the level."""
        return ICONS.get(self.level, ICONS["none"])


class PlantPage(msgspec.Struct, frozen=True, kw_only=True):
    """Content of the plant page."""

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
    """One entry of the care log."""

    care_id: int
    kind: str
    icon: str
    words: str
    when: str


def plant_page(queries: ScreenQueries, plant_id: int, now: datetime, tr: Formatter) -> PlantPage | None:
    """Build the page of a plant; None if the plant no longer exists."""
    plant = queries.plant(plant_id)
    if plant is None:
        return None
    results = queries.results(plant_id)
    newest = results[-1] if results else None
    alerts = queries.open_alerts(plant_id)
    capture = queries.capture(newest["capture_id"]) if newest else None
    capture = capture or queries.capture(plant.get("photo_capture_id"))
    at = parse_timestamp(newest["at"]) if newest else None
    return PlantPage(
        name=queries.name(plant, tr),
        below=" · ".join(part for part in (plant.get("species"), age(plant, now, tr)) if part),
        state=plant_state(results, alerts, now, tr),
        advice=_advice(alerts, queries.next_photo_at(), now, tr),
        photo=(capture or {}).get("file") or "",
        overlay=(capture or {}).get("overlay") or "",
        crop=bbox_share(newest, capture) if newest else None,
        taken=tr.ago(at, now) if at else "",
        facts=result_facts(newest, tr) if newest else (),
    )


def result_facts(result: Row, tr: Formatter) -> tuple[Fact, ...]:
    """Return every metric, and each withheld metric with its reason."""
    measured = {metric: _fact(metric, result, tr) for metric in shown_metrics(result)}
    withheld = {metric: _withheld_fact(metric, reason, tr) for metric, reason in withheld_reasons(result, tr).items()}
    both = measured | withheld
    return tuple(both[metric] for metric in SHOWN if metric in both)


def _fact(metric: str, result: Row, tr: Formatter) -> Fact:
    known, found = METRICS[metric], result_band(result, metric)
    place = place_in_span(known, result[metric])
    return Fact(
        metric=metric,
        name=name_text(metric, tr),
        value=headline_text(result, metric, tr),
        word="" if known.shown_as_word else word_text(result, metric, tr),
        level=found.level if found else "plain",
        place=-1.0 if place is None else place,
        stretches=stretches(known),
    )


def _withheld_fact(metric: str, reason: str, tr: Formatter) -> Fact:
    words = tr("Not measured: {reason}", reason=reason)
    return Fact(metric=metric, name=name_text(metric, tr), value="", word=words, level="plain", available=False)


def _advice(alerts: Sequence[Row], due_at: datetime | None, now: datetime, tr: Formatter) -> str:
    """Return the advice of the newest alert, or the care given; questions are answered on the alerts screen."""
    alert = next((row for row in alerts if not row.get("question")), None)
    if alert is None:
        return ""
    return care_given(alert, due_at, now, tr) or tr.row_text(alert, "advice", now)


def care_lines(events: Iterable[Row], now: datetime, tr: Formatter) -> list[CareLine]:
    """Return the care log, newest first."""
    lines = []
    for event in sorted(events, key=lambda row: row["at"], reverse=True):
        kind = CARE_KINDS.get(event["kind"], CARE_KINDS["note"])
        details = [tr("{n} ml", n=tr.number(event["volume_ml"]))] if event.get("volume_ml") else []
        details += [str(event[name]) for name in ("product", "text") if event.get(name)]
        at = parse_timestamp(event["at"])
        lines.append(
            CareLine(
                care_id=event["id"],
                kind=event["kind"],
                icon=kind.icon,
                words=", ".join([tr(kind.done), *details]),
                when=tr.moment(at, now) if at else "",
            )
        )
    return lines


def last_done(events: Iterable[Row], kind: str, now: datetime, tr: Formatter) -> str:
    """Describe the last event of a kind of care: "Watered yesterday 14:05"; empty if there is none."""
    stamps = [parse_timestamp(event["at"]) for event in events if event["kind"] == kind]
    newest = max((stamp for stamp in stamps if stamp), default=None)
    return tr("{done} {when}", done=tr(CARE_KINDS[kind].done), when=tr.moment(newest, now)) if newest else ""


def chartable(results: Sequence[Row]) -> list[str]:
    """Return the metrics of which there are at least two values."""
    counts: dict[str, int] = {}
    for row in results:
        for name in shown_metrics(row):
            counts[name] = counts.get(name, 0) + 1
    order = list(dict.fromkeys(name for row in results[-3:] for name in shown_metrics(row)))
    return [name for name in order if counts[name] > 1]
