"""Which photo's outlines to confirm, and the state of the site profile. Pure."""

from __future__ import annotations

from sproutcast_pi.messages.formatter import Formatter
from sproutcast_pi.protocol.row_cache import Row
from ui.queries import ScreenQueries, decode_json

LAMP_STATE = "lamp"
"""The illuminant whose photos are compared."""


def profile_of(queries: ScreenQueries) -> Row | None:
    """The newest site profile for the lamp's light."""
    rows = [
        row
        for row in queries.row_cache.table("profile")
        if row["lamp_state"] == LAMP_STATE and row["state"] != "retired"
    ]
    return max(rows, key=lambda row: row["id"], default=None)


def unconfirmed_photo(queries: ScreenQueries) -> Row | None:
    """The photo whose outlines the owner should confirm; None if there is none."""
    if not queries.plants():
        return None
    photo = queries.newest_photo()
    if photo is None or not photo.get("overlay") or photo.get("outline"):
        return None
    profile = profile_of(queries)
    confirmed = profile is not None and profile["state"] == "active" and decode_json(profile.get("lessons"), [])
    return None if confirmed else photo


def profile_summary(queries: ScreenQueries, tr: Formatter) -> str:
    """Describe the site profile."""
    profile = profile_of(queries)
    if profile is None:
        return tr("How plants look at this place is not learned yet.")
    known = tr.row_text(profile, "message")
    return tr("{known} Certainty {share}.", known=known, share=tr.percent(float(profile["confidence"]) * 100)).strip()
