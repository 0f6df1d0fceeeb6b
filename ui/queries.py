"""The live queries of the screen and look-ups in their rows. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sproutcast_pi.messages.formatter import parse_timestamp
from sproutcast_pi.model.shown_names import shown_name
from sproutcast_pi.protocol.row_cache import Row
from ui.fonts.coverage import MISSING
from ui.row_cache import ScreenRowCache

RECENT_RESULTS = 1500
"""A week of hourly photos of nine plants, or a day of fifty; bounds the memory."""

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
"""Name of a cached table and the query that fills it."""

KEYS = {"health": "part", "setting": "name"}


def decode_json(text: Any, otherwise: Any) -> Any:
    """Decode a JSON column; invalid or missing text gives `otherwise`."""
    if not isinstance(text, str):
        return otherwise
    try:
        return json.loads(text)
    except ValueError:
        return otherwise


class ScreenQueries:
    """Look-ups in the cached rows."""

    def __init__(self, row_cache: ScreenRowCache) -> None:
        self.row_cache = row_cache
        for name in QUERIES:
            row_cache.table(name, KEYS.get(name, "id"))

    def plants(self) -> list[Row]:
        """Return the watched plants in the owner's order."""
        return sorted(self.row_cache.table("plant"), key=lambda row: (row.get("position") or 0, row["id"]))

    def plant(self, plant_id: int) -> Row | None:
        """Return one plant."""
        return self.row_cache.table("plant").get(plant_id)

    def name(self, plant: Row, tr: Callable[..., str]) -> str:
        """Return a plant's name as the screen can show it."""
        return shown_name(plant, self.plants(), tr, lacks=MISSING.match)

    def with_shown_name(self, text: str, plant: Row | None, tr: Callable[..., str]) -> str:
        """Return a sentence about a plant with its name as the screen can show it."""
        return text.replace(str(plant["name"]), self.name(plant, tr)) if plant else text

    def results(self, plant_id: int) -> list[Row]:
        """Return a plant's recent results, oldest first."""
        return sorted(
            (r for r in self.row_cache.table("result") if r["plant_id"] == plant_id), key=lambda row: row["at"]
        )

    def results_by_plant(self) -> dict[int, list[Row]]:
        """Return all recent results, oldest first, by plant; one pass over the table."""
        by_plant: dict[int, list[Row]] = {}
        for row in sorted(self.row_cache.table("result"), key=lambda row: row["at"]):
            by_plant.setdefault(row["plant_id"], []).append(row)
        return by_plant

    def capture(self, capture_id: int | None) -> Row | None:
        """Return one capture, if it is still among the newest."""
        return None if capture_id is None else self.row_cache.table("capture").get(capture_id)

    def captures(self) -> list[Row]:
        """Return the newest captures, newest first."""
        return sorted(self.row_cache.table("capture"), key=lambda row: row["id"], reverse=True)

    def newest_photo(self) -> Row | None:
        """Return the newest capture with a photo."""
        return next((row for row in self.captures() if row.get("file") and row["state"] == "done"), None)

    def notifications(self) -> list[Row]:
        """Return the notifications, newest first."""
        return sorted(self.row_cache.table("notification"), key=lambda row: row["id"], reverse=True)

    def open_alerts(self, plant_id: int) -> list[Row]:
        """Return a plant's open alerts, newest first."""
        return [
            row
            for row in self.notifications()
            if row.get("plant_id") == plant_id and not row.get("resolved_at") and row["category"] in {"health", "alert"}
        ]

    def unread(self) -> int:
        """Count the unread notifications."""
        return sum(1 for row in self.row_cache.table("notification") if not row.get("read_at"))

    def light(self) -> Row | None:
        """Return the grow light, once it is known."""
        return next(iter(self.row_cache.table("light")), None)

    def plan(self, plant_id: int) -> Row | None:
        """Return a plant's monitor plan."""
        return next((row for row in self.row_cache.table("plan") if row["plant_id"] == plant_id), None)

    def rules(self, plant_id: int) -> dict[str, float]:
        """Return the lower limits of a plant's plan by metric, as stored values."""
        plan = self.plan(plant_id)
        rules = decode_json(plan["rules"], []) if plan else []
        return {rule["metric"]: rule["lower"] for rule in rules if rule.get("lower") is not None}

    def health(self, part: str) -> Row | None:
        """Return the health row of a part."""
        return self.row_cache.table("health").get(part)

    def next_photo_at(self) -> datetime | None:
        """Return when the next photo is due; None if none is scheduled."""
        return parse_timestamp((self.health("captures") or {}).get("due_at"))

    def software(self) -> Row | None:
        """Return the row of the current version and update status, once it is known."""
        return next(iter(self.row_cache.table("software")), None)

    def setting(self, name: str, otherwise: Any = None) -> Any:
        """Return a setting, decoded."""
        row = self.row_cache.table("setting").get(name)
        return decode_json(row["value"], otherwise) if row else otherwise


def bbox_share(result: Row, capture: Row | None) -> tuple[float, float, float, float] | None:
    """Return a result's box as shares of the frame (x, y, w, h; y from the top); None if unknown."""
    box = decode_json(result.get("bbox"), None)
    if not capture or not capture.get("width") or not capture.get("height") or not isinstance(box, list):
        return None
    try:
        x, y, w, h = (float(number) for number in box)
    except (TypeError, ValueError):
        return None
    width, height = capture["width"], capture["height"]
    return (x / width, y / height, w / width, h / height)
