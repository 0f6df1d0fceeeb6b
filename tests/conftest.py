"""For all rooms: one hypothesis profile (time on a busy machine says nothing about a rule), and the photographs."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("sproutcast", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sproutcast")


@pytest.fixture(scope="session")
def plants() -> Path:
    """The photographs with ground truth, which live beside the repository and never in it."""
    folder = Path(os.environ.get("SPROUTCAST_PLANTS") or Path(__file__).parents[2] / "shared" / "plants") / "dev"
    if not folder.is_dir():
        pytest.skip(f"the photographs are not there: {folder} (set SPROUTCAST_PLANTS)")
    return folder
