"""What a site profile is taught with: the outlines a person confirmed, kept while they may still be."""

from __future__ import annotations

from pathlib import Path

from sproutcast_pi.store.engine import Store
from sproutcast_pi.store.messages import Row

PHOTOS_PER_PROFILE = 4
"""Pictures of the same light that train a profile: the newest."""
KEEP_UNCONFIRMED = 24
"""Newest outlines that wait to be confirmed."""
LAMP_STATE_CONDITIONS = {"lamp": "light_level > 0", "daylight": "coalesce(light_level, 0) = 0"}


def mask_name(photo: str) -> str:
    """The name of a photograph's outlines; photographs carry their capture's number, so no two are alike."""
    return f"{Path(photo).stem}.png"


def confirmed_captures(store: Store, lamp_state: str, folder: Path) -> list[Row]:
    """The newest captures (id, file) of this light, oldest first, whose outlines were called right and are there."""
    lamp = LAMP_STATE_CONDITIONS[lamp_state]
    found = store.query(
        f"SELECT id, file FROM capture WHERE outline = 'right' AND file IS NOT NULL AND {lamp} "  # noqa: S608 - ours
        "ORDER BY id DESC LIMIT ?",
        (PHOTOS_PER_PROFILE,),
    )
    return [row for row in reversed(found) if (folder / mask_name(row["file"])).is_file()]


def prune_masks(store: Store, folder: Path) -> None:
    """Delete the outlines that can no longer teach anything; those of a picture being taken have no row yet."""
    newest = store.query("SELECT id FROM capture WHERE file IS NOT NULL ORDER BY id DESC LIMIT ?", (KEEP_UNCONFIRMED,))
    oldest = min((row["id"] for row in newest), default=0)
    kept = {
        mask_name(row["file"]) for state in LAMP_STATE_CONDITIONS for row in confirmed_captures(store, state, folder)
    }
    for path in folder.glob("*-*.png"):
        if int(path.stem.rpartition("-")[2]) < oldest and path.name not in kept:
            path.unlink(missing_ok=True)
