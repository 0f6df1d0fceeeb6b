"""What became of the last update: one small file that both slots read, since neither saw the whole of it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from sproutcast_pi.services.updates.excuses import Part
from sproutcast_pi.services.updates.selection import Slot
from sproutcast_pi.whole_file import write_whole

NAME = "update.json"
SILENT = "It did not come up, so the version before is back."


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """The last update."""

    version: str
    slot: Slot
    before: str
    """The version it was to follow, in the other slot."""
    phase: Literal["trying", "kept", "failed"] = "trying"
    reason: str = ""
    """Why it did not stay."""
    broken: tuple[Part, ...] = ()
    """What did not work before it."""


def read_entry(folder: Path) -> Entry | None:
    """The last update; None when there was none."""
    try:
        return msgspec.json.decode((folder / NAME).read_bytes(), type=Entry)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def write_entry(folder: Path, entry: Entry) -> None:
    """Keep it; everybody may read it."""
    write_whole(folder / NAME, msgspec.json.encode(entry))
    (folder / NAME).chmod(0o644)


def close_entry(folder: Path, phase: Literal["kept", "failed"], reason: str = "") -> None:
    """Write how the update ended; nothing to do when none was being tried."""
    entry = read_entry(folder)
    if entry is not None and entry.phase == "trying":
        write_entry(folder, msgspec.structs.replace(entry, phase=phase, reason=reason))
