"""What the alerts screen shows. Pure."""

from __future__ import annotations

from datetime import datetime

import msgspec

from sproutcast_pi.messages.areas.parts import part_name
from sproutcast_pi.model.metrics.reading import value_text
from sproutcast_pi.model.metrics.registry import METRICS
from sproutcast_pi.protocol.row_cache import Row
from ui.alerts.follow_up import care_given, open_answers, present_value
from ui.confirm_outline.model import unconfirmed_photo
from ui.home.model import Crop
from ui.home.state import ICONS
from ui.i18n.formatter import ScreenFormatter, parse_timestamp
from ui.i18n.metrics import alert_side, name_text, state_text
from ui.queries import ScreenQueries, bbox_share


class NoticeItem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to read."""

    key: str
    notification_id: int | None
    """None: the appliance itself speaks, and stops when it is well again."""
    plant_id: int | None
    level: str
    title: str
    number: str
    """The value beside its limit, in words."""
    advice: str
    since: str
    unread: bool
    photo: str = ""
    crop: Crop | None = None
    page: str = ""
    """Where a touch leads, for what is not about one plant."""
    answers: tuple[tuple[str, str], ...] = ()
    """(answer, its words), where the owner is asked."""

    @property
    def icon(self) -> str:
        """The shape of its level."""
        return ICONS.get(self.level, "info-circle")


URGENCY = ("act", "watch", "info", "ok")


def notices(garden: ScreenQueries, now: datetime, tell: ScreenFormatter) -> list[NoticeItem]:
    """Return the appliance's own troubles, then what is unread, the worst first, then what was read."""
    own = [_from_part(row, now, tell) for row in garden.live.table("health") if row["state"] in {"warn", "bad"}]
    rows = [_from_notification(garden, row, now, tell) for row in garden.notifications()]
    own.sort(key=lambda notice: notice.level)
    unread = sorted((n for n in rows if n.unread), key=lambda notice: URGENCY.index(notice.level))
    return [*own, *pending_prompts(garden, tell), *unread, *(n for n in rows if not n.unread)]


def pending_prompts(garden: ScreenQueries, tell: ScreenFormatter) -> list[NoticeItem]:
    """Return what waits for a person: outlines to look at, a new version."""
    software, photo = garden.software() or {}, unconfirmed_photo(garden)
    found = []
    if photo is not None:
        words = tell("Look at the outlines"), tell("Does the computer see your plants as you do? One touch teaches it.")
        found.append(_prompt("outline", *words, photo=str(photo.get("overlay") or "")))
    if software.get("state") == "available":
        title = tell("Version {n} is ready", n=software.get("available_version"))
        found.append(_prompt("software", title, tell("Touch to read what is new and to install it.")))
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


def _from_part(row: Row, now: datetime, tell: ScreenFormatter) -> NoticeItem:
    since, part = parse_timestamp(row.get("since_at")), str(row["part"])
    return NoticeItem(
        key=f"health-{part}",
        notification_id=None,
        plant_id=None,
        level="act" if row["state"] == "bad" else "watch",
        title=f"{tell.message(part_name(part))}: {tell.row_text(row, 'message', now)}",
        number="",
        advice=tell.row_text(row, "advice", now),
        since=tell("since {when}", when=tell.moment(since, now)) if since else "",
        unread=False,
        page="diagnostics",
    )


def _from_notification(garden: ScreenQueries, row: Row, now: datetime, tell: ScreenFormatter) -> NoticeItem:
    plant = garden.plant(row["plant_id"]) if row.get("plant_id") else None
    metric = row.get("metric")
    wrong = row["category"] in {"alert", "health"}
    title, number, advice = (
        garden.with_shown_name(tell.row_text(row, column, now), plant, tell)
        for column in ("title", "message", "advice")
    )
    # Rows of before messages had codes say it in English alone.
    if wrong and metric in METRICS and not row.get("code"):
        words = state_text(metric, alert_side(row), tell)
        title = f"{garden.name(plant, tell)}: {words}" if plant else words
        number = _value_and_limit(metric, row, tell)
    created, resolved = parse_timestamp(row.get("created_at")), parse_timestamp(row.get("resolved_at"))
    since = tell.moment(created, now) if created else ""
    later = parse_timestamp(row.get("snoozed_until_at"))
    if wrong and since:
        since = (
            tell("over since {when}", when=tell.moment(resolved, now)) if resolved else tell("since {when}", when=since)
        )
    if later and later > now:
        since = tell("put off until {when}", when=tell.moment(later, now))
    number = " ".join(part for part in (number, present_value(row, tell)) if part)
    advice = care_given(row, garden.next_photo_at(), now, tell) or advice
    capture = garden.capture(row.get("capture_id"))
    result = next((r for r in garden.live.table("result") if _concerns(r, row)), None) if capture else None
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
        answers=open_answers(row, tell),
    )


def _concerns(result: Row, notification: Row) -> bool:
    """Whether a result is the one a notification speaks of."""
    return bool(
        result["plant_id"] == notification.get("plant_id") and result["capture_id"] == notification.get("capture_id")
    )


def _value_and_limit(metric: str, row: Row, tell: ScreenFormatter) -> str:
    """Write the value beside its limit."""
    name = name_text(metric, tell)
    if row.get("value") is None:
        return tell.row_text(row, "message")
    value = value_text(metric, row["value"], tell)
    if row.get("threshold") is None:
        return f"{name} {value}"
    return tell(
        "{name} {value}, the limit is {limit}", name=name, value=value, limit=value_text(metric, row["threshold"], tell)
    )
