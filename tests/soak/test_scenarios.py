"""Scenarios of the simulated greenhouse: for each the right words on the right day, and no others.

`make test-scenarios` lives through all of them with ten plants and the whole of vision; by default one plant each,
measured on the true mask.
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.soak.measuring import by_truth, by_vision
from tests.soak.scenarios import DAYS, SCENARIOS, faults, live

PLANTS = int(os.environ.get("SCENARIO_PLANTS", "1"))
VISION = os.environ.get("SCENARIO_VISION") == "1"


def live_one(task: tuple[int, int]) -> tuple[str, int, int, list[str]]:
    """One plant through one scenario: its name, the plant, how many notifications came, what was wrong."""
    scenario, plant = SCENARIOS[task[0]], task[1]
    with TemporaryDirectory() as folder:
        notices = live(scenario, plant, Path(folder), by_vision if VISION else by_truth)
    return scenario.name, plant, len(notices), faults(scenario, notices)


@pytest.mark.timeout(7200)
def test_each_scenario_has_its_words_on_their_day_and_no_others() -> None:
    tasks = [(place, plant) for place in range(len(SCENARIOS)) for plant in range(1, PLANTS + 1)]
    wrong, count = [], 0
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for name, plant, notifications, found in pool.map(live_one, tasks):
            count += notifications
            wrong += [f"{name}, plant {plant}: {fault}" for fault in found]
    print(
        f"\n{len(SCENARIOS)} scenarios x {PLANTS} plants x {DAYS} days, measured by "
        f"{'vision' if VISION else 'the true mask'}: {count} notifications, {len(wrong)} missing, late or unexpected"
    )
    assert wrong == []
