"""Version 6 to 7: messages are codes with values beside their English text; the next photograph's time is a column."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import apsw
import msgspec

from sproutcast_pi.messages.areas import alerts, withheld
from sproutcast_pi.messages.message import Message, Value
from sproutcast_pi.model.metrics.reading import value_message
from sproutcast_pi.model.metrics.registry import METRICS
from sproutcast_pi.model.timestamps import from_text, to_text
from sproutcast_pi.store.migrations.old_messages import message_of

COLUMNS: dict[str, tuple[str, ...]] = {
    "notification": ("message", "title", "advice"),
    "health": ("message", "advice"),
    "software": ("message",),
    "capture": ("error",),
    "profile": ("message",),
}
"""The text columns of each table, the one that gives the row its code first."""
WRITTEN_AT = {"notification": "created_at", "capture": "coalesce(finished_at, wanted_at)"}
"""When a row's texts were written; elsewhere `updated_at`."""
OLD_WITHHELD: dict[str, str] = {
    "mark how wide its pot is, where you draw the plants' places": "withheld.pot_unmarked",
    "the plant is too small in the picture, move closer": "withheld.too_small",
    "the plant is suddenly much smaller or larger, the next pictures show whether it is so": "withheld.area_jump",
    "the leaves are too thin in the picture, move closer": "withheld.too_thin",
    "a leaf close up has no stem": "withheld.close_up",
    "the leaves point every way, as seen from above": "withheld.from_above",
    "the plant's habit isn't known before some pictures more": "withheld.posture_baseline_unknown",
    "the leaves cover each other": "withheld.covered",
    "the plant is burnt out, shorten the exposure": "withheld.overexposed",
    "the plant is partly burnt out, shorten the exposure": "withheld.partly_overexposed",
    "the leaves aren't green in this light": "withheld.not_green",
    "the picture has no colours": "withheld.grey",
    "the light lacks a colour, photograph under white light": "withheld.coloured_light",
    "what is around the plant is burnt out, shorten the exposure": "withheld.surroundings_overexposed",
    "what is around the plant is black, confirm a picture of the place or lay a colour card beside": (
        "withheld.surroundings_black"
    ),
    "the plant fills the picture, confirm a picture of the place or lay a colour card beside": "withheld.frame_filled",
    "what it is made of isn't told either": "withheld.no_inputs",
}


def add_message_codes(connection: apsw.Connection) -> None:
    """Add the columns, and give older rows the codes of the sentences they hold."""
    for table in COLUMNS:
        connection.execute(f'ALTER TABLE "{table}" ADD COLUMN "code" TEXT')
        connection.execute(f'ALTER TABLE "{table}" ADD COLUMN "data" TEXT')
    connection.execute('ALTER TABLE "analysis_result" ADD COLUMN "data" TEXT')
    connection.execute('ALTER TABLE "health" ADD COLUMN "due_at" TEXT')
    for table in COLUMNS:
        _code_texts(connection, table)
    _code_alerts(connection)
    _code_withheld(connection)


def _code_texts(connection: apsw.Connection, table: str) -> None:
    columns = COLUMNS[table]
    written_at = WRITTEN_AT.get(table, "updated_at")
    names = ", ".join(f'"{column}"' for column in columns)
    # Names of ours throughout.
    rows = connection.execute(f'SELECT rowid, {written_at}, {names} FROM "{table}"').fetchall()  # noqa: S608 - names of ours
    for rowid, at, *texts in rows:
        moment = from_text(str(at))
        found = {
            column: message_of(str(text), moment)
            for column, text in zip(columns, texts, strict=True)
            if text is not None
        }
        _write(connection, table, rowid, {column: message for column, message in found.items() if message is not None})


def _code_alerts(connection: apsw.Connection) -> None:
    """Alerts are rebuilt from their columns, which say more than their sentences."""
    zone = _home_zone(connection)
    rows = connection.execute(
        "SELECT n.rowid, coalesce(p.name, ''), n.metric, n.bound, n.value, n.threshold, n.created_at, n.message, "
        "n.data "
        "FROM notification AS n LEFT JOIN plant AS p ON p.id = n.plant_id "
        "WHERE n.metric IS NOT NULL AND n.bound IS NOT NULL AND n.value IS NOT NULL AND n.threshold IS NOT NULL"
    ).fetchall()
    for rowid, plant, metric, bound, value, threshold, created_at, text, data in rows:
        known_metric = METRICS.get(str(metric))
        if known_metric is None:
            continue
        since, pictures, drop = _details(str(text), from_text(str(created_at)), zone)
        values: dict[str, Value] = {
            "metric": known_metric.name,
            "value": value_message(str(metric), float(str(value))),
            "limit": value_message(str(metric), float(str(threshold))),
            "since": since,
            "n": pictures,
        }
        message = (
            alerts.DROPPED(drop=drop, **values)
            if bound == "drop"
            else (alerts.BELOW if bound == "lower" else alerts.ABOVE)(**values)
        )
        meaning = known_metric.excursion("upper" if bound == "upper" else "lower")
        title = alerts.TITLE(plant=str(plant), condition=meaning.words)
        known = msgspec.json.decode(str(data), type=dict[str, Message]) if data else {}
        _write(connection, "notification", rowid, {"message": message, "title": title} | _only(known, "advice"))


def _details(text: str, created_at: datetime, zone: ZoneInfo) -> tuple[str, int, float]:
    """Since when, in how many photographs, and how far below the usual value, from an alert's sentence."""
    words = text.replace("(", " ").replace("%", " ").split()
    since, pictures, drop = to_text(created_at), 1, 0.0
    if "since" in words:
        place = len(words) - 1 - words[::-1].index("since")
        day, month, clock = ([*words[place + 1 : place + 4], "", "", ""])[:3]
        try:
            # Written by the wall clock at home, without the year.
            naive = datetime.strptime(f"{created_at.year} {day} {month} {clock}", "%Y %d %b, %H:%M")  # noqa: DTZ007 - aware on the next line
            since = to_text(naive.replace(tzinfo=zone).astimezone(UTC))
        except ValueError:
            pass
        pictures = next((int(word) for word in words[place + 4 :] if word.isdigit()), 1)
    if "than" in words:
        number = words[words.index("than") + 1]
        drop = float(number) if number.replace(".", "", 1).isdigit() else 0.0
    return since, pictures, drop


def _code_withheld(connection: apsw.Connection) -> None:
    known = {template.code: template for template in vars(withheld).values() if hasattr(template, "code")}
    rows = connection.execute("SELECT rowid, left_out FROM analysis_result WHERE left_out != '{}'").fetchall()
    for rowid, left_out in rows:
        reasons = msgspec.json.decode(str(left_out), type=dict[str, str])
        coded = {metric: known[OLD_WITHHELD[reason]]() for metric, reason in reasons.items() if reason in OLD_WITHHELD}
        data = msgspec.json.encode({"left_out": coded}).decode()
        connection.execute("UPDATE analysis_result SET data = ? WHERE rowid = ?", (data, rowid))


def _home_zone(connection: apsw.Connection) -> ZoneInfo:
    row = connection.execute("SELECT value FROM setting WHERE name = 'time_zone'").fetchone()
    try:
        return ZoneInfo(str(msgspec.json.decode(str(row[0])))) if row else ZoneInfo("UTC")
    except (KeyError, ValueError):
        return ZoneInfo("UTC")


def _only(messages: dict[str, Message], *names: str) -> dict[str, Message]:
    return {name: messages[name] for name in names if name in messages}


def _write(connection: apsw.Connection, table: str, rowid: Any, messages: dict[str, Message]) -> None:
    if not messages:
        return
    main = messages.get(COLUMNS[table][0])
    connection.execute(
        f'UPDATE "{table}" SET code = ?, data = ? WHERE rowid = ?',  # noqa: S608 - names of ours
        (main.code if main else None, msgspec.json.encode(messages).decode(), rowid),
    )
