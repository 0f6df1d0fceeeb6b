"""A complete set-up for each version of Home Assistant: broker, daemon with simulated greenhouse, Home Assistant."""

import os
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.services.home_assistant.real.greenhouse_daemon import GreenhouseDaemon
from tests.services.home_assistant.real.instance import HomeAssistantInstance
from tests.services.mqtt.helpers import Mosquitto, certificates, free_port

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("SPROUTCAST_CACHE", HERE.parents[3] / ".cache")) / "home-assistant"
VERSIONS = ("2026.11", "2025.4")
"""The newest release and the oldest we promise; `make test-home-assistant` installs both."""


RULES = """\
allow_anonymous true
persistence true
persistence_location {folder}/broker/
listener {port} 127.0.0.1
cafile {keys}/ca.pem
certfile {keys}/server.pem
keyfile {keys}/server.key
require_certificate true
"""
"""The test itself listens without TLS; the appliance and Home Assistant come with a certificate each, or not at all."""
ALWAYS_DAY = {
    "hours": 24,
    "sunrise_min": 0,
    "sunset_min": 0,
    "level": 0.5,
    "ppfd_full": 400,
    "max_hours_per_day": 24,
}
"""What the lamp does must not depend on when the tests run."""


def pytest_collection_modifyitems(items):
    """In the order written, one Home Assistant after the other."""
    items.sort(key=lambda item: str(item.callspec.params.get("harness")) if hasattr(item, "callspec") else "")


@pytest.fixture(scope="module", params=VERSIONS)
def harness(request, tmp_path_factory):
    """Broker, daemon and Home Assistant, all running and known to each other."""
    version = request.param
    root = CACHE / version
    if not (root / ".complete").exists():
        pytest.fail(f"Home Assistant {version} is not installed in {root}; run `make test-home-assistant` as root.")
    folder = tmp_path_factory.mktemp(version)
    keys, secured = certificates(folder / "keys"), free_port()
    broker = Mosquitto(folder / "broker", RULES.format(folder=folder, port=secured, keys=keys))
    broker.start()
    daemon = GreenhouseDaemon(folder / "garden", secured, keys)
    home = HomeAssistantInstance(root, version, secured, keys)
    try:
        daemon.start()
        daemon.do("set_light_schedule", **ALWAYS_DAY)
        began = time.monotonic()
        home.start()
        running = time.monotonic() - began
        home.await_state("light.sproutcast_grow_light", lambda state: state in ("on", "off"), 60)
        shown = time.monotonic() - began - running
        print(f"\nHome Assistant {version}: running after {running:.0f} s, our entities {shown:.1f} s later")
        yield SimpleNamespace(broker=broker, daemon=daemon, home=home, version=version)
    finally:
        home.remove()
        daemon.close()
        broker.kill()
