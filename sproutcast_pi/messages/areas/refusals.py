"""Why a call was refused: what it names is missing, or does not fit."""

from __future__ import annotations

from sproutcast_pi.messages.marking import _
from sproutcast_pi.messages.message import Template

NO_SUCH_ROW = Template("refusals.no_such_row", "{field}: there is no {table:translated} {key}")

TABLE_NAMES: dict[str, str] = {
    "plant": _("plant"),
    "capture": _("capture"),
    "notification": _("notification"),
    "client": _("client"),
    "light": _("light"),
    "timelapse": _("timelapse"),
    "care_event": _("care event"),
    "profile": _("profile"),
    "setting": _("setting"),
    "alert": _("alert"),
}
"""What people call one row of a table."""
