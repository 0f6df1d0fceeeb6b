"""Source of the rendered camera's scene: the greenhouse simulated from the store's light history and care log."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sproutcast_pi.model.timestamps import from_text, to_text
from sproutcast_pi.simulated.greenhouse import Care, Greenhouse, advance, begin, region, scene, with_plants
from sproutcast_pi.store.engine import INTERNAL, Store

SEED = 7
FIRST_PLANTS = (("Basil", "Ocimum basilicum"), ("Lettuce", "Lactuca sativa"), ("Mint", "Mentha spicata"))
WRITE_DELAY = timedelta(minutes=5)
"""Light and care rows are written with a delay, so the last minutes are always simulated again."""


def create_first_plants(store: Store) -> None:
    """Create the simulated plants, with their regions, in a store that has none."""
    if store.query("SELECT 1 FROM plant LIMIT 1"):
        return
    for place, (name, species) in enumerate(FIRST_PLANTS):
        corners = [list(corner) for corner in region(place, len(FIRST_PLANTS))]
        arguments = {"name": name, "species": species, "region": corners, "preset": "flower_health"}
        store.call("create_plant", arguments, caller=INTERNAL)


class SceneFromStore:
    """Provider of the greenhouse's state at a time, for the worker's job."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._greenhouse: Greenhouse | None = None

    def __call__(self, at: datetime) -> dict[str, Any] | None:
        """Return the scene at `at`, deterministic for the same history."""
        plants = self._store.query("SELECT id, created_at FROM plant WHERE archived_at IS NULL ORDER BY position, id")
        if not plants:
            return scene(begin(at, [0], SEED))
        ids = [int(row["id"]) for row in plants]
        if self._greenhouse is None:
            self._greenhouse = begin(min(from_text(row["created_at"]) for row in plants), ids, SEED)
        self._greenhouse = with_plants(self._greenhouse, ids)
        since = self._greenhouse.at
        self._greenhouse = advance(self._greenhouse, at - WRITE_DELAY, light=self._light(since), care=self._care(since))
        return scene(
            advance(self._greenhouse, at, light=self._light(self._greenhouse.at), care=self._care(self._greenhouse.at))
        )

    def _light(self, since: datetime) -> list[tuple[datetime, float]]:
        """The lamp's history from the last change before `since` on."""
        since_text = to_text(since)
        rows = self._store.query(
            "SELECT at, level FROM light_change WHERE at >= coalesce("
            "(SELECT max(at) FROM light_change WHERE at <= ?), ?) ORDER BY at, id",
            (since_text, since_text),
        )
        return [(from_text(row["at"]), float(row["level"])) for row in rows]

    def _care(self, since: datetime) -> list[Care]:
        rows = self._store.query(
            "SELECT plant_id, kind, at, volume_ml FROM care_event WHERE at > ? ORDER BY at", (to_text(since),)
        )
        return [
            Care(plant=row["plant_id"], kind=row["kind"], at=from_text(row["at"]), volume_ml=row["volume_ml"])
            for row in rows
        ]
