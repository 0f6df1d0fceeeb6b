"""View model of the alerts screen. Pure."""

from __future__ import annotations

from datetime import datetime

import msgspec

from sproutcast_pi.messages.areas.parts import part_name
from sproutcast_pi.messages.formatter import Formatter, parse_timestamp
from sproutcast_pi.model.metrics.reading import value_text
from sproutcast_pi.model.metrics.registry import METRICS
from sproutcast_pi.protocol.row_cache import Row
from ui.alerts.follow_up import care_given, open_answers, present_value
from ui.confirm_outline.model import unconfirmed_photo
from ui.home.model import Crop
from ui.home.state import ICONS
from ui.i18n.metrics import alert_side, name_text, state_text
from ui.queries import ScreenQueries, bbox_share


class NoticeItem(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the list: a notification, a health problem or a prompt."""

    key: str
    notification_id: int | None
    """None for entries of the appliance itself, which disappear once resolved."""
    plant_id: int | None
    level: str
    title: str
    number: str
    """The value and its limit as text."""
    advice: str
    since: str
    unread: bool
    photo: str = ""
    crop: Crop | None = None
    page: str = ""
    """Page a touch opens, for entries that concern no single plant."""
    answers: tuple[tuple[str, str], ...] = ()
    """(answer, label) pairs, if the entry asks a question."""

    @property
    def icon(self) -> str:
        """Icon name of the level."""
        return ICONS.get(self.level, "info-circle")


URGENCY = ("act", "watch", "info", "ok")


def notices(queries: ScreenQueries, now: datetime, tr: Formatter) -> list[NoticeItem]:
    """Return health problems, then unread entries by severity, then read ones."""
    own = [_from_part(row, now, tr) for row in queries.row_cache.table("health") if row["state"] in {"warn", "bad"}]
    rows = [_from_notification(queries, row, now, tr) for row in queries.notifications()]
    own.sort(key=lambda notice: notice.level)
    unread = sorted((n for n in rows if n.unread), key=lambda notice: URGENCY.index(notice.level))
    return [*own, *pending_prompts(queries, tr), *unread, *(n for n in rows if not n.unread)]


def pending_prompts(queries: ScreenQueries, tr: Formatter) -> list[NoticeItem]:
    """Return prompts for the owner: outlines to confirm, an available update."""
    software, photo = queries.software() or {}, unconfirmed_photo(queries)
    found = []
    if photo is not None:
        words = tr("Look at the outlines"), tr("Does the computer see your plants as you do? One touch teaches it.")
        found.append(_prompt("outline", *words, photo=str(photo.get("overlay") or "")))
    if software.get("state") == "available":
        title = tr("Version {n} is ready", n=software.get("available_version"))
        found.append(_prompt("software", title, tr("Touch to read what is new and to install it.")))
    return found


def _prompt(page: str, title: str, advice: str, photo: str = "") -> NoticeItem:
    return NoticeItem(
        key=f"ask-{page}",
        notification_id=None,
        plant_id=None,
        level="info",
        title=title,
        number="",
        advice=advice,
        since="",
        unread=False,
        photo=photo,
        page=page,
    )


def _from_part(row: Row, now: datetime, tr: Formatter) -> NoticeItem:
    since, part = parse_timestamp(row.get("since_at")), str(row["part"])
    return NoticeItem(
        key=f"health-{part}",
        notification_id=None,
        plant_id=None,
        level="act" if row["state"] == "bad" else "watch",
        title=f"{tr.message(part_name(part))}: {tr.row_text(row, 'message', now)}",
        number="",
        advice=tr.row_text(row, "advice", now),
        since=tr("since {when}", when=tr.moment(since, now)) if since else "",
        unread=False,
        page="diagnostics",
    )


def _from_notification(queries: ScreenQueries, row: Row, now: datetime, tr: Formatter) -> NoticeItem:
    plant = queries.plant(row["plant_id"]) if row.get("plant_id") else None
    metric = row.get("metric")
    wrong = row["category"] in {"alert", "health"}
    title, number, advice = (
        queries.with_shown_name(tr.row_text(row, column, now), plant, tr) for column in ("title", "message", "advice")
    )
    # Rows from before message codes are English only.
    if wrong and metric in METRICS and not row.get("code"):
        words = state_text(metric, alert_side(row), tr)
        title = f"{queries.name(plant, tr)}: {words}" if plant else words
        number = _value_and_limit(metric, row, tr)
    created, resolved = parse_timestamp(row.get("created_at")), parse_timestamp(row.get("resolved_at"))
    since = tr.moment(created, now) if created else ""
    later = parse_timestamp(row.get("snoozed_until_at"))
    if wrong and since:
        since = tr("over since {when}", when=tr.moment(resolved, now)) if resolved else tr("since {when}", when=since)
    if later and later > now:
        since = tr("put off until {when}", when=tr.moment(later, now))
    number = " ".join(part for part in (number, present_value(row, tr)) if part)
    advice = care_given(row, queries.next_photo_at(), now, tr) or advice
    capture = queries.capture(row.get("capture_id"))
    result = next((r for r in queries.row_cache.table("result") if _concerns(r, row)), None) if capture else None
    return NoticeItem(
        key=f"row-{row['id']}",
        notification_id=row["id"],
        plant_id=row.get("plant_id"),
        level=("ok" if resolved else "act" if row["category"] == "alert" else "watch") if wrong else "info",
        title=title,
        number=number,
        advice="" if resolved else advice,
        since=since,
        unread=not row.get("read_at"),
        photo=(capture or {}).get("file") or "",
        crop=bbox_share(result, capture) if result else None,
        answers=open_answers(row, tr),
    )


def _concerns(result: Row, notification: Row) -> bool:
    """Whether a result is the one a notification refers to."""
    return bool(
        result["plant_id"] == notification.get("plant_id") and result["capture_id"] == notification.get("capture_id")
    )


def _value_and_limit(metric: str, row: Row, tr: Formatter) -> str:
    """Format the value and its limit."""
    name = name_text(metric, tr)
    if row.get("value") is None:
        return tr.row_text(row, "message")
    value = value_text(metric, row["value"], tr)
    if row.get("threshold") is None:
        return f"{name} {value}"
    return tr(
        "{name} {value}, the limit is {limit}", name=name, value=value, limit=value_text(metric, row["threshold"], tr)
    )
