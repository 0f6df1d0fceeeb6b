"""A panel in memory for the tests that draw; skipped, with the reason, where nothing can be drawn."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.ui.screen_harness import Panel, prepare

ROOT = Path(__file__).resolve().parents[2]
PROBE = (
    "from tests.ui import screen_harness; screen_harness.prepare(80, 48); "
    "from kivy.core.window import Window; assert Window is not None"
)
HOW = "apt-get install libgl1-mesa-dri libegl1 libgles2 libgl1 libmtdev1"


@pytest.fixture(scope="session")
def drawable(tmp_path_factory):
    """Open the window of this process, once it is known that one opens."""
    if find_spec("kivy") is None:
        pytest.skip("Kivy is not installed: pip install -e '.[screen]'")
    environ = {**os.environ, "SDL_VIDEODRIVER": "offscreen", "PYTHONPATH": str(ROOT)}
    probe = subprocess.run(
        [sys.executable, "-c", PROBE], env=environ, capture_output=True, text=True, timeout=110, check=False
    )
    assert "ModuleNotFoundError" not in probe.stderr, probe.stderr
    if probe.returncode != 0:
        pytest.skip(f"nothing can be drawn in memory here: {HOW}\n{probe.stderr[-300:]}")
    os.environ["SDL_VIDEODRIVER"] = "offscreen"
    prepare(800, 480)


@pytest.fixture
def panel(drawable):
    """The screen with the household of five plants, at 800 by 480."""
    made = Panel()
    yield made
    made.close()


@pytest.fixture
def make_panel(drawable):
    """Panels made as asked."""
    made = []

    def make(**how):
        made.append(Panel(**how))
        return made[-1]

    yield make
    for each in made:
        each.close()
