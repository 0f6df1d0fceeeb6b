"""The live queries of the whole screen, and plain questions about what they hold. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sproutcast_pi.protocol.row_cache import Row
from ui.i18n.formatter import parse_timestamp
from ui.row_cache import ScreenRowCache
from ui.shown_names import shown_name

RECENT_RESULTS = 1500
"""Enough for a week of hourly photographs of nine plants, or a day of fifty; bounds the memory."""

QUERIES: dict[str, str] = {
    "plant": "SELECT * FROM plant WHERE archived_at IS NULL ORDER BY id",
    "result": f"SELECT * FROM analysis_result ORDER BY id DESC LIMIT {RECENT_RESULTS}",  # noqa: S608 - a constant of ours
    "capture": "SELECT * FROM capture ORDER BY id DESC LIMIT 60",
    "notification": "SELECT * FROM notification ORDER BY id DESC LIMIT 200",
    "plan": "SELECT * FROM monitor_plan",
    "light": "SELECT * FROM light",
    "light_day": "SELECT * FROM light_day ORDER BY day_on DESC LIMIT 14",
    "health": "SELECT * FROM health",
    "setting": "SELECT * FROM setting",
    "profile": "SELECT * FROM profile ORDER BY id DESC LIMIT 20",
    "software": "SELECT * FROM software",
    "timelapse": "SELECT * FROM timelapse ORDER BY id DESC LIMIT 50",
}
"""Name of a table here, and the query that fills it."""

KEYS = {"health": "part", "setting": "name"}


def decode_json(text: Any, otherwise: Any) -> Any:
    """Read a JSON column; nonsense and nothing give `otherwise`."""
    if not isinstance(text, str):
        return otherwise
    try:
        return json.loads(text)
    except ValueError:
        return otherwise


class ScreenQueries:
    """Questions about the rows in `live`."""

    def __init__(self, live: ScreenRowCache) -> None:
        self.live = live
        for name in QUERIES:
            live.table(name, KEYS.get(name, "id"))

    def plants(self) -> list[Row]:
        """Return the watched plants in the owner's order."""
        return sorted(self.live.table("plant"), key=lambda row: (row.get("position") or 0, row["id"]))

    def plant(self, plant_id: int) -> Row | None:
        """Return one plant."""
        return self.live.table("plant").get(plant_id)

    def name(self, plant: Row, tell: Callable[..., str]) -> str:
        """Return a plant's name as the screen can show it."""
        return shown_name(plant, self.plants(), tell)

    def with_shown_name(self, text: str, plant: Row | None, tell: Callable[..., str]) -> str:
        """Return a sentence about a plant with its name as the screen can show it."""
        return text.replace(str(plant["name"]), self.name(plant, tell)) if plant else text

    def results(self, plant_id: int) -> list[Row]:
        """Return a plant's recent results, oldest first."""
        return sorted((r for r in self.live.table("result") if r["plant_id"] == plant_id), key=lambda row: row["at"])

    def results_by_plant(self) -> dict[int, list[Row]]:
        """Return all recent results, oldest first, by plant; one pass over the table."""
        by_plant: dict[int, list[Row]] = {}
        for row in sorted(self.live.table("result"), key=lambda row: row["at"]):
            by_plant.setdefault(row["plant_id"], []).append(row)
        return by_plant

    def capture(self, capture_id: int | None) -> Row | None:
        """Return one capture, if it is still among the newest."""
        return None if capture_id is None else self.live.table("capture").get(capture_id)

    def captures(self) -> list[Row]:
        """Return the newest captures, newest first."""
        return sorted(self.live.table("capture"), key=lambda row: row["id"], reverse=True)

    def newest_photo(self) -> Row | None:
        """Return the newest capture with a photograph."""
        return next((row for row in self.captures() if row.get("file") and row["state"] == "done"), None)

    def notifications(self) -> list[Row]:
        """Return what the owner should read, newest first."""
        return sorted(self.live.table("notification"), key=lambda row: row["id"], reverse=True)

    def open_alerts(self, plant_id: int) -> list[Row]:
        """Return what is wrong with a plant now, newest first."""
        return [
            row
            for row in self.notifications()
            if row.get("plant_id") == plant_id and not row.get("resolved_at") and row["category"] in {"health", "alert"}
        ]

    def unread(self) -> int:
        """Count what the owner has not read yet."""
        return sum(1 for row in self.live.table("notification") if not row.get("read_at"))

    def light(self) -> Row | None:
        """Return the grow light, once it is known."""
        return next(iter(self.live.table("light")), None)

    def plan(self, plant_id: int) -> Row | None:
        """Return a plant's monitor plan."""
        return next((row for row in self.live.table("plan") if row["plant_id"] == plant_id), None)

    def rules(self, plant_id: int) -> dict[str, float]:
        """Return the lower limits of a plant's plan by metric, as stored values."""
        plan = self.plan(plant_id)
        rules = decode_json(plan["rules"], []) if plan else []
        return {rule["metric"]: rule["lower"] for rule in rules if rule.get("lower") is not None}

    def health(self, part: str) -> Row | None:
        """Return how a part of the appliance is."""
        return self.live.table("health").get(part)

    def next_photo_at(self) -> datetime | None:
        """Return when the next photograph is due; None where none is, or nobody knows."""
        return parse_timestamp((self.health("captures") or {}).get("due_at"))

    def software(self) -> Row | None:
        """Return the version that runs and how an update stands, once it is known."""
        return next(iter(self.live.table("software")), None)

    def setting(self, name: str, otherwise: Any = None) -> Any:
        """Return what the owner chose, decoded."""
        row = self.live.table("setting").get(name)
        return decode_json(row["value"], otherwise) if row else otherwise


def bbox_share(result: Row, capture: Row | None) -> tuple[float, float, float, float] | None:
    """Return a result's box as shares of the frame (x, y, w, h; y from the top); None where unknown."""
    box = decode_json(result.get("bbox"), None)
    if not capture or not capture.get("width") or not capture.get("height") or not isinstance(box, list):
        return None
    try:
        x, y, w, h = (float(number) for number in box)
    except (TypeError, ValueError):
        return None
    width, height = capture["width"], capture["height"]
    return (x / width, y / height, w / width, h / height)
