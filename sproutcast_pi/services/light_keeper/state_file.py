"""The light keeper's state file: readable before the store is open, and where it can't be."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from sproutcast_pi.atomic_file import write_atomic
from sproutcast_pi.model.light_budget import advance, restore
from sproutcast_pi.model.light_plan import target_level
from sproutcast_pi.model.light_schedule import LightSchedule, fit_schedule, photoperiod_day
from sproutcast_pi.services.light_keeper.accounting import LightState

LOG = logging.getLogger(__name__)
FILE_NAME = "light.json"


def load_state(folder: Path) -> LightState | None:
    """The state saved in `folder`, with a schedule that can be followed; None when there is none. Never raises."""
    path = folder / FILE_NAME
    try:
        state = msgspec.json.decode(path.read_bytes(), type=LightState)
        return _checked(state)
    except FileNotFoundError:
        return None
    except Exception as error:  # noqa: BLE001 - whatever is wrong with a file, the lamp must be lit without it
        LOG.warning("the light's state file %s can't be used; it is started afresh: %s", path, error)
        return None


def _checked(state: LightState) -> LightState:
    """The state, after one tick was computed from it; raises what that raises."""
    state = msgspec.structs.replace(state, schedule=fit_schedule(state.schedule, LightSchedule()))
    now = datetime.now(UTC) if state.at is None else state.at
    target_level(state.schedule, now, override=state.override)
    photoperiod_day(state.schedule, now)
    advance(restore(state.ledger), 1.0, lit=True, limit_s=state.schedule.max_hours_per_day * 3600, trusted_now=now)
    return state


def save_state(state: LightState, folder: Path) -> None:
    """Save `state` in `folder`, whole or not at all; raises OSError."""
    write_atomic(folder / FILE_NAME, msgspec.json.encode(state))
