"""For all rooms: hypothesis's profiles (time on a busy machine says nothing about a rule), and the photographs."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.services.mqtt.helpers import mosquitto  # noqa: F401 - a fixture for every package

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("sproutcast", PATIENT, derandomize=True)
"""The same examples in every run: what is red was made red by a change."""
settings.register_profile("search", PATIENT, max_examples=int(os.environ.get("EXAMPLES", "2000")))
"""`make search`: examples nobody has seen."""
settings.load_profile("sproutcast")


@pytest.fixture(scope="session")
def plants() -> Path:
    """The photographs with ground truth, which live beside the repository and never in it."""
    folder = Path(os.environ.get("SPROUTCAST_PLANTS") or Path(__file__).parents[2] / "shared" / "plants") / "dev"
    if not folder.is_dir():
        pytest.skip(f"the photographs are not there: {folder} (set SPROUTCAST_PLANTS)")
    return folder
