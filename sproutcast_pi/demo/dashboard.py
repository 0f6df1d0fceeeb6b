"""Terminal dashboard of the demo: plants, light, health and alerts as live queries."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from sproutcast_pi.demo.care_simulator import CareSimulator
from sproutcast_pi.model.metrics.reading import reading_text, result_band
from sproutcast_pi.model.metrics.registry import METRICS
from sproutcast_pi.protocol.client import DaemonClient, Message, Snapshot
from sproutcast_pi.protocol.row_cache import Row, RowCache

QUERIES = {
    "plant": ("id", "SELECT * FROM plant ORDER BY id LIMIT 12"),
    "analysis_result": ("id", "SELECT * FROM analysis_result ORDER BY id DESC LIMIT 40"),
    "capture": ("id", "SELECT * FROM capture ORDER BY id DESC LIMIT 3"),
    "light": ("id", "SELECT * FROM light"),
    "notification": ("id", "SELECT * FROM notification ORDER BY id DESC LIMIT 5"),
    "care_event": ("id", "SELECT * FROM care_event ORDER BY id DESC LIMIT 5"),
}
COLUMNS = (
    "health_score", "turgor_index", "chlorophyll_index", "growth_rate_percent", "area_percent", "hue_deg", "leaf_count"
)  # fmt: skip
"""Displayed metrics."""
LEVEL_STYLES = {"ok": "green", "watch": "yellow", "act": "bold red"}
MARK = {"health": "yellow", "alert": "red", "analysis": "blue", "info": "cyan"}


class DemoDashboard:
    """Dashboard of a daemon: a table on a terminal, one line per result elsewhere."""

    def __init__(self, client: DaemonClient, speed: float, *, tends: bool) -> None:
        self._client = client
        self._speed = speed
        self._rows: dict[str, RowCache[Row]] = {name: RowCache(key) for name, (key, _) in QUERIES.items()}
        self._lock = threading.Lock()
        self._results = 0
        self._alerts = 0
        self._care = CareSimulator(client) if tends else None
        self._console = Console()
        self._live: Live | None = None

    def subscribe(self) -> None:
        """Subscribe to the displayed queries."""
        for name, (_, sql) in QUERIES.items():
            self._client.subscribe(sql, partial(self._apply, name))

    @contextlib.contextmanager
    def live_display(self) -> Iterator[None]:
        """Display until the context is left."""
        if not self._console.is_terminal:
            yield
            return
        with Live(self._draw(), console=self._console, auto_refresh=False) as live:
            self._live = live
            yield
        self._live = None

    def refresh(self) -> None:
        """Redraw."""
        if self._live:
            self._live.update(self._draw(), refresh=True)

    def summary(self) -> str:
        """One-line summary."""
        return f"{self._results} results and {self._alerts} notifications were shown."

    def _apply(self, name: str, message: Message) -> None:
        with self._lock:
            self._rows[name].apply(message)
        self._on_change(name, message)

    def _on_change(self, name: str, message: Message) -> None:
        """Count changes, advance the simulated gardener, and print results if there is no table."""
        inserted = message.rows if isinstance(message, Snapshot) else message.insert
        if name == "light" and self._care:
            for row in self._rows["light"]:
                self._care.advance(row["updated_at"], list(self._rows["plant"]))
        if name == "analysis_result":
            self._results += len(inserted)
        if name == "notification":
            self._alerts += len(inserted)
        if self._console.is_terminal:
            return
        for row in inserted:
            if line := self._line(name, row):
                print(line, flush=True)

    def _line(self, name: str, row: dict[str, Any]) -> str | None:
        if name == "analysis_result":
            values = ", ".join(f"{METRICS[key].name.lower()} {reading_text(row, key)}" for key in COLUMNS)
            return f"{_local_time(row['at'])}  {self._name(row['plant_id'])}: {values}"
        if name == "notification":
            return f"{_local_time(row['created_at'])}  ! {row['title']}: {row['message']}"
        if name == "care_event":
            return f"{_local_time(row['at'])}  {self._name(row['plant_id'])}: {row['kind']}"
        return None

    def _name(self, plant_id: int) -> str:
        plant = self._rows["plant"].get(plant_id)
        return str(plant["name"]) if plant else f"plant {plant_id}"

    def _draw(self) -> RenderableType:
        with self._lock:
            return Group(self._light(), self._plants(), self._messages())

    def _light(self) -> Text:
        light = self._rows["light"].first()
        if light is None:
            return Text("waiting for the daemon ...")
        bar = "█" * round(20 * light["now_level"])
        integral = f", {light['dli_today']:.1f} mol/m² today" if light["dli_today"] is not None else ""
        return Text.assemble(
            ("Sproutcast Pi ", "bold green"),
            f"{self._speed:.0f} times as fast as life, Ctrl-C ends\n",
            f"{_local_time(light['updated_at'])}  lamp ",
            (f"{bar:<20}", "yellow"),
            f" {light['now_level']:.0%} ({light['now_reason']}), {light['on_seconds_today'] / 3600:.1f} h{integral}",
        )

    def _plants(self) -> Table:
        table = Table(expand=False)
        for title in ("plant", "photographed", *(METRICS[key].name.lower() for key in COLUMNS)):
            table.add_column(title, justify="left" if title == "plant" else "right")
        newest: dict[int, dict[str, Any]] = {}
        for result in sorted(self._rows["analysis_result"], key=lambda row: row["id"]):
            newest[result["plant_id"]] = {**newest.get(result["plant_id"], {}), **_without_nulls(result)}
        for plant in sorted(self._rows["plant"], key=lambda row: row["id"]):
            result = newest.get(plant["id"], {})
            cells = [metric_cell(result, key) for key in COLUMNS]
            table.add_row(plant["name"], _local_time(result["at"]) if "at" in result else "", *cells)
        return table

    def _messages(self) -> Text:
        text = Text()
        for row in sorted(self._rows["notification"], key=lambda row: -row["id"])[:4]:
            text.append(f"{_local_time(row['created_at'])}  {row['title']}: ", style=f"bold {MARK[row['category']]}")
            text.append(f"{row['message']} {row['advice'] or ''}\n")
        failed = [row for row in self._rows["capture"] if row["state"] == "failed"]
        for row in failed:
            text.append(f"photograph {row['id']} failed: {row['error']}\n", style="red")
        return text


def _without_nulls(result: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in result.items() if value is not None}


def metric_cell(result: dict[str, Any], metric: str) -> Text:
    """Format a metric of a result in the colour of its level."""
    band = result_band(result, metric)
    return Text(reading_text(result, metric), style=LEVEL_STYLES.get(band.level if band else "", ""))


def _local_time(timestamp: str) -> str:
    """Format a stored timestamp in local time."""
    return datetime.fromisoformat(timestamp).astimezone().strftime("%d %b %H:%M")
