"""A house: a store, a front door, the service at a real Mosquitto, and an ear at the same broker."""

import pytest
from brokers import mosquitto  # noqa: F401 - a fixture for the whole room
from ear import Ear
from house_cast import House

# A real Home Assistant takes minutes to install and start: `make test-home-assistant` names it.
collect_ignore = ["real"]


@pytest.fixture
def house(tmp_path, mosquitto):  # noqa: F811 - the fixture
    made = House(tmp_path / "house", mosquitto.port)
    yield made
    made.close()


@pytest.fixture
def ear(mosquitto):  # noqa: F811 - the fixture
    made = Ear(mosquitto.port)
    yield made
    made.close()
