"""Every write there is: named, validated, transactional functions."""

from __future__ import annotations

from sproutcast_pi.store.reducer import Reducer, collect_reducers
from sproutcast_pi.store.reducers import (
    captures,
    care,
    clients,
    factory_reset,
    followers,
    health,
    light,
    notifications,
    plans,
    plants,
    profiles,
    pruning,
    questions,
    settings,
    software,
    timelapses,
)


def all_reducers() -> dict[str, Reducer]:
    """Return every reducer by its name."""
    return collect_reducers(
        (
            plants,
            plans,
            captures,
            care,
            notifications,
            questions,
            timelapses,
            light,
            settings,
            health,
            software,
            profiles,
            clients,
            pruning,
            followers,
            factory_reset,
        )
    )
