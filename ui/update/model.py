"""What the software page shows. Pure."""

from __future__ import annotations

import msgspec

from ui.i18n.formatter import ScreenFormatter
from ui.queries import ScreenQueries


class SoftwarePage(msgspec.Struct, frozen=True, kw_only=True):
    """The version that runs and how an update stands."""

    version: str
    level: str
    icon: str
    message: str
    notes: str
    progress: float
    """0 to 1; 0 while nothing is written."""
    can_check: bool
    can_install: bool
    can_go_back: bool


LEVELS = {"failed": ("watch", "alert-triangle"), "available": ("info", "cloud-download")}
UNDER_WAY = frozenset({"checking", "installing", "restarting", "proving"})


def software_page(garden: ScreenQueries, tell: ScreenFormatter, *, here: str) -> SoftwarePage:
    """Say how the software is; `here` is the screen's own version, for as long as the daemon has not spoken."""
    row = garden.software() or {}
    state = row.get("state") or "idle"
    level, icon = LEVELS.get(state, ("info", "refresh") if state in UNDER_WAY else ("ok", "circle-check"))
    quiet = state not in UNDER_WAY
    return SoftwarePage(
        version=tell("Version {n}", n=row.get("version") or here),
        level=level,
        icon=icon,
        message=tell.row_text(row, "message"),
        notes=row.get("notes") or "",
        progress=float(row.get("progress") or 0) / 100 if state == "installing" else 0.0,
        can_check=quiet,
        can_install=state == "available",
        can_go_back=quiet and bool(row.get("slot")),
    )
