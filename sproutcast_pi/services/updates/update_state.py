"""What became of the last update: one small file that both slots read, since neither saw the whole of it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from sproutcast_pi.atomic_file import write_atomic
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.messages.message import Message
from sproutcast_pi.services.updates.bootloader import Slot
from sproutcast_pi.services.updates.preexisting_failures import Part

NAME = "update.json"


class UpdateState(msgspec.Struct, frozen=True, kw_only=True):
    """The last update."""

    version: str
    slot: Slot
    before: str
    """The version it was to follow, in the other slot."""
    phase: Literal["trying", "kept", "failed"] = "trying"
    reason: str = ""
    """Why it did not stay, in English, for a version that knows no `message`."""
    message: Message | None = None
    """Why it did not stay."""
    broken: tuple[Part, ...] = ()
    """What did not work before it."""


def read_update_state(folder: Path) -> UpdateState | None:
    """The last update; None when there was none."""
    try:
        return msgspec.json.decode((folder / NAME).read_bytes(), type=UpdateState)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def write_update_state(folder: Path, entry: UpdateState) -> None:
    """Keep it; everybody may read it."""
    write_atomic(folder / NAME, msgspec.json.encode(entry))
    (folder / NAME).chmod(0o644)


def finish_update(folder: Path, phase: Literal["kept", "failed"], reason: Message | None = None) -> None:
    """Write how the update ended; nothing to do when none was being tried."""
    entry = read_update_state(folder)
    if entry is not None and entry.phase == "trying":
        write_update_state(
            folder, msgspec.structs.replace(entry, phase=phase, reason=english(reason or ""), message=reason)
        )
