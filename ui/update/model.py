"""View model of the software page. Pure."""

from __future__ import annotations

import msgspec

from sproutcast_pi.messages.formatter import Formatter
from ui.queries import ScreenQueries


class SoftwarePage(msgspec.Struct, frozen=True, kw_only=True):
    """Current version and update status."""

    version: str
    level: str
    icon: str
    message: str
    notes: str
    progress: float
    """Progress, 0 to 1; 0 while nothing is being installed."""
    can_check: bool
    can_install: bool
    can_go_back: bool


LEVELS = {"failed": ("watch", "alert-triangle"), "available": ("info", "cloud-download")}
UNDER_WAY = frozenset({"checking", "installing", "restarting", "proving"})


def software_page(queries: ScreenQueries, tr: Formatter, *, here: str) -> SoftwarePage:
    """Build the page; `here` is the screen's own version, used until the daemon's row arrives."""
    row = queries.software() or {}
    state = row.get("state") or "idle"
    level, icon = LEVELS.get(state, ("info", "refresh") if state in UNDER_WAY else ("ok", "circle-check"))
    quiet = state not in UNDER_WAY
    return SoftwarePage(
        version=tr("Version {n}", n=row.get("version") or here),
        level=level,
        icon=icon,
        message=tr.row_text(row, "message"),
        notes=row.get("notes") or "",
        progress=float(row.get("progress") or 0) / 100 if state == "installing" else 0.0,
        can_check=quiet,
        can_install=state == "available",
        can_go_back=quiet and bool(row.get("slot")),
    )
