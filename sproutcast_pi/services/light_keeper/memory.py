"""The lamp's memory as a small file of its own: it must be readable before the store is, and outlive a damaged one."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import msgspec

from sproutcast_pi.services.light_keeper.record import LightMemory

LOG = logging.getLogger(__name__)
NAME = "light.json"


def recall(folder: Path) -> LightMemory | None:
    """What was remembered in `folder`; None when nothing was, or it can't be read. Never raises."""
    try:
        return msgspec.json.decode((folder / NAME).read_bytes(), type=LightMemory)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        LOG.warning("the lamp's memory %s can't be read and is begun anew: %s", folder / NAME, error)
        return None


def remember(memory: LightMemory, folder: Path) -> None:
    """Keep `memory` in `folder`, whole or not at all; raises OSError."""
    temporary = folder / f"{NAME}.part"
    with temporary.open("wb") as file:
        file.write(msgspec.json.encode(memory))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / NAME)
