"""Painted pictures with a known plant, and the development photographs where they are."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLANTS = Path(os.environ.get("SPROUTCAST_PLANTS", ROOT.parent / "shared" / "plants")) / "dev"


@pytest.fixture(scope="session")
def dev():
    if not PLANTS.is_dir():
        pytest.skip(f"no development photographs at {PLANTS}: set SPROUTCAST_PLANTS")
    return PLANTS
