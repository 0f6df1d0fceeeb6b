"""The lamp's memory as a small file of its own: it must be readable before the store is, and outlive a damaged one."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import msgspec

from sproutcast_pi.services.light_keeper.accounting import LightState

LOG = logging.getLogger(__name__)
FILE_NAME = "light.json"


def load_state(folder: Path) -> LightState | None:
    """What was remembered in `folder`; None when nothing was, or it can't be read. Never raises."""
    try:
        return msgspec.json.decode((folder / FILE_NAME).read_bytes(), type=LightState)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        LOG.warning("the lamp's memory %s can't be read and is begun anew: %s", folder / FILE_NAME, error)
        return None


def save_state(memory: LightState, folder: Path) -> None:
    """Keep `memory` in `folder`, whole or not at all; raises OSError."""
    temporary = folder / f"{FILE_NAME}.part"
    with temporary.open("wb") as file:
        file.write(msgspec.json.encode(memory))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / FILE_NAME)
