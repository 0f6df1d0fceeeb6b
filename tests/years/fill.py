"""Years of a device in a minute: rows copied from live ones, an hour apart, and a file for each name they have."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import apsw

from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.engine import INTERNAL, Store
from sproutcast_pi.store.paths import DATABASE, PICTURES

PLANTS = 6
HOURS_A_DAY = 24
CHUNK = 5000
NOTIFIED_A_DAY = 4
HISTORY_DAYS = 400
"""As long as notifications and the light's changes are kept."""
LOG_BYTES, LOG_HOURS = 64_000_000, 72
"""As [storage] keeps by default."""
LIGHT_CHANGES_A_DAY = 70
"""Two ramps of half an hour, a step a minute, and some photographs."""


def fill_device(data: Path, years: float, end: datetime) -> int:
    """A data folder with `years` of hourly photographs of six plants up to `end`; how many photographs."""
    count = int(years * 365 * HOURS_A_DAY)
    begin = end - timedelta(hours=count)
    _live_rows(data, begin)
    connection = apsw.Connection(str(data / DATABASE))
    connection.execute("PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF")
    with connection:
        for first in range(1, count, CHUNK):
            numbers = range(first, min(first + CHUNK, count))
            capture_times = {number: begin + timedelta(hours=number) for number in numbers}
            _copy_captures(connection, capture_times)
            _copy_results(connection, capture_times)
            _copy_history(connection, capture_times)
        _copy_kept_year(connection, min(years * 365, HISTORY_DAYS), end)
        _copy_log(connection, min(years, 1.0), end)
    connection.execute("PRAGMA optimize")
    connection.close()
    _make_files(data, {number: begin + timedelta(hours=number) for number in range(1, count)})
    return count


def _live_rows(data: Path, begin: datetime) -> None:
    """What the real reducers make of one photograph."""
    (data / PICTURES).mkdir(parents=True)
    store = Store(data / DATABASE, clock=FakeClock(begin), device="spr-0123456789ab")
    for number in range(PLANTS):
        store.call("create_plant", {"name": f"Plant {number}"}, caller=INTERNAL)
    capture = store.call("request_capture", {}, caller=INTERNAL).value
    store.call("begin_capture", {"capture_id": capture}, caller=INTERNAL)
    names = _names(capture, begin)
    for name in names.values():
        _write(data / PICTURES / name)
    plants = [
        {"plant": number + 1, "area_percent": 10.5, "area_px": 12_345, "turgor_index": 0.9, "chlorophyll_index": 30.25}
        for number in range(PLANTS)
    ]
    quality = {"verdict": "ok", "sharpness": 0.5, "exposure": 0.3}
    answer = {"capture": capture, "width": 1296, "height": 972, "quality": quality, "plants": plants, **names}
    store.call("finish_capture", {"capture_id": capture, "answer": answer}, caller=INTERNAL)
    store.call("log_care", {"plant_id": 1, "kind": "water"}, caller=INTERNAL)
    notice = {"category": "alert", "title": "Thirsty", "message": "It droops.", "plant_id": 1}
    store.call("notify", notice, caller=INTERNAL)
    store.call("record_light", {"level": 1.0, "reason": "day"}, caller=INTERNAL)
    store.close()


def _names(capture: int, moment: datetime) -> dict[str, str]:
    stem = f"{moment:%Y/%m/%d}/{moment:%H%M%S}-{capture}"
    return {"file": f"{stem}.jpg", "thumb": f"{stem}.thumb.jpg", "overlay": f"{stem}.overlay.jpg"}


def _copy(connection: apsw.Connection, table: str, template: int, changes: list[dict[str, object]]) -> None:
    """Insert the row `template` once for each of `changes`, with those columns changed."""
    if not changes:
        return
    columns = [str(row[1]) for row in connection.execute(f"PRAGMA table_info({table})")]
    changed = list(changes[0])
    listed, taken = ", ".join(columns), ", ".join("?" if column in changed else column for column in columns)
    order = [column for column in columns if column in changed]
    connection.executemany(
        f"INSERT INTO {table} ({listed}) SELECT {taken} FROM {table} WHERE id = {template}",
        (tuple(change[column] for column in order) for change in changes),
    )


def _copy_captures(connection: apsw.Connection, capture_times: dict[int, datetime]) -> None:
    times = ("wanted_at", "started_at", "finished_at")
    _copy(
        connection,
        "capture",
        1,
        [
            {"id": number + 1, **_names(number + 1, moment), **dict.fromkeys(times, to_text(moment))}
            for number, moment in capture_times.items()
        ],
    )


def _copy_results(connection: apsw.Connection, capture_times: dict[int, datetime]) -> None:
    for plant in range(PLANTS):
        changes = [
            {
                "id": PLANTS * number + plant + 1,
                "plant_id": plant + 1,
                "capture_id": number + 1,
                "at": to_text(moment),
                "area_percent": 5 + number % 997 / 50,
            }
            for number, moment in capture_times.items()
        ]
        _copy(connection, "analysis_result", plant + 1, changes)


def _copy_history(connection: apsw.Connection, capture_times: dict[int, datetime]) -> None:
    """Water every third day."""
    watered = [number for number in capture_times if number % (3 * HOURS_A_DAY) == 0]
    changes = [
        {"id": number + 1, "plant_id": number % PLANTS + 1, **_care_times(connection, to_text(capture_times[number]))}
        for number in watered
    ]
    if changes:
        _copy(connection, "care_event", 1, changes)


def _copy_kept_year(connection: apsw.Connection, days: float, end: datetime) -> None:
    """What is kept for a year: notifications, read and unread by turns, some of them questions; the light's changes."""
    for table, a_day in (("notification", NOTIFIED_A_DAY), ("light_change", LIGHT_CHANGES_A_DAY)):
        count = int(days * a_day)
        for first in range(0, count, CHUNK):
            changes: list[dict[str, object]] = []
            for number in range(first, min(first + CHUNK, count)):
                at = to_text(end - timedelta(days=(count - number) / a_day))
                if table == "light_change":
                    changes.append({"id": number + 2, "at": at})
                    continue
                asked = "hanging" if number % 50 == 0 else None
                changes.append(
                    {
                        "id": number + 2,
                        "created_at": at,
                        "read_at": at if number % 2 else None,
                        "plant_id": number % PLANTS + 1,
                        "question": asked,
                    }
                )
            if changes:
                _copy(connection, table, 1, changes)


def _copy_log(connection: apsw.Connection, share: float, end: datetime) -> None:
    """The transaction log at its bound in bytes, over its bound in hours."""
    (seq, diff) = connection.execute("SELECT max(seq), max(diff) FROM _tx").fetchone() or (0, "")
    count = int(share * LOG_BYTES / (len(str(diff)) + 60))
    step = timedelta(hours=LOG_HOURS) / max(count, 1)
    connection.executemany(
        "INSERT INTO _tx (seq, at, reducer, caller, diff) VALUES (?, ?, 'set_health', 'internal', ?)",
        ((int(str(seq)) + n, to_text(end - step * (count - n)), diff) for n in range(1, count + 1)),
    )


def _care_times(connection: apsw.Connection, moment: str) -> dict[str, str]:
    columns = [str(row[1]) for row in connection.execute("PRAGMA table_info(care_event)")]
    return {column: moment for column in columns if column == "at" or column.endswith("_at")}


def _make_files(data: Path, capture_times: dict[int, datetime]) -> None:
    for number, moment in capture_times.items():
        for name in _names(number + 1, moment).values():
            _write(data / PICTURES / name)


def _write(path: Path) -> None:
    try:
        path.touch()
    except FileNotFoundError:
        path.parent.mkdir(parents=True)
        path.touch()
