"""When to ask whether the outlines are right, and what is known of the place. Pure."""

from __future__ import annotations

from sproutcast_pi.protocol.row_cache import Row
from ui.i18n.formatter import ScreenFormatter
from ui.queries import ScreenQueries, decode_json

LAMP_STATE = "lamp"
"""Photographs under the lamp are the ones that are compared."""


def profile_of(garden: ScreenQueries) -> Row | None:
    """The newest thing known of how plants look here under the lamp."""
    rows = [
        row for row in garden.live.table("profile") if row["lamp_state"] == LAMP_STATE and row["state"] != "retired"
    ]
    return max(rows, key=lambda row: row["id"], default=None)


def unconfirmed_photo(garden: ScreenQueries) -> Row | None:
    """The photograph whose outlines somebody should look at now; None when there is nothing to ask."""
    if not garden.plants():
        return None
    photo = garden.newest_photo()
    if photo is None or not photo.get("overlay") or photo.get("outline"):
        return None
    profile = profile_of(garden)
    confirmed = profile is not None and profile["state"] == "active" and decode_json(profile.get("lessons"), [])
    return None if confirmed else photo


def profile_summary(garden: ScreenQueries, tell: ScreenFormatter) -> str:
    """Say what is known of the place."""
    profile = profile_of(garden)
    if profile is None:
        return tell("How plants look at this place is not learned yet.")
    known = tell.row_text(profile, "message")
    return tell(
        "{known} Certainty {share}.", known=known, share=tell.percent(float(profile["confidence"]) * 100)
    ).strip()
