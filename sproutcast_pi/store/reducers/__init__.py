"""Every write there is: named, validated, transactional functions."""

from __future__ import annotations

from sproutcast_pi.store.reducers import (
    captures,
    care,
    clients,
    followers,
    health,
    keeping,
    light,
    notifications,
    owner,
    plans,
    plants,
    profiles,
    settings,
    software,
    timelapses,
)
from sproutcast_pi.store.registry import Reducer, collect


def all_reducers() -> dict[str, Reducer]:
    """Return every reducer by its name."""
    return collect(
        (
            plants,
            plans,
            captures,
            care,
            notifications,
            timelapses,
            light,
            settings,
            health,
            software,
            profiles,
            clients,
            keeping,
            followers,
            owner,
        )
    )
