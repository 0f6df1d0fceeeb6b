"""A whole house for each version of Home Assistant: broker, daemon with simulated greenhouse, Home Assistant."""

import os
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from brokers import Mosquitto
from garden import Garden
from home import Home

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("SPROUTCAST_CACHE", HERE.parents[2] / ".cache")) / "home-assistant"
DEBIANS = {"2026.11": ("forky",), "2025.4": ("trixie", "g++,python3-dev")}
"""The newest release and the oldest we promise, each with the Debian whose Python it needs, and what else it does:
some of the oldest's requirements have no wheels."""


def pytest_collection_modifyitems(items):
    """In the order written, one Home Assistant after the other."""
    items.sort(key=lambda item: str(item.callspec.params.get("house")) if hasattr(item, "callspec") else "")


@pytest.fixture(scope="module", params=list(DEBIANS))
def house(request, tmp_path_factory):
    """Broker, daemon and Home Assistant, all running and known to each other."""
    version = request.param
    root = CACHE / version
    began = time.monotonic()
    suite, *packages = DEBIANS[version]
    subprocess.run([HERE / "install", suite, HERE / f"requirements-{version}.txt", root, *packages], check=True)
    installed = time.monotonic()
    folder = tmp_path_factory.mktemp(version)
    broker = Mosquitto(
        folder / "broker", f"allow_anonymous true\npersistence true\npersistence_location {folder}/broker/\n"
    )
    broker.start()
    garden = Garden(folder / "garden", broker.port)
    home = Home(root, version, broker.port)
    try:
        garden.start()
        garden.do("set_light_schedule", start="00:00", hours=24, level=0.5, ppfd_full=400, max_hours_per_day=24)
        home.start()
        running = time.monotonic()
        home.await_state("light.sproutcast_grow_light", lambda state: state in ("on", "off"), 60)
        print(
            f"\nHome Assistant {version}: installed in {installed - began:.0f} s, "
            f"running after {running - installed:.0f} s, our entities {time.monotonic() - running:.1f} s later"
        )
        yield SimpleNamespace(broker=broker, garden=garden, home=home, version=version)
    finally:
        home.remove()
        garden.close()
        broker.kill()
