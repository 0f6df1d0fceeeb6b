"""For the whole room: a broker, and a PostgreSQL server with an empty database for each test."""

import contextlib
import itertools

import pytest

from sproutcast_pi.hub.postgres import connect
from tests.hub.servers import Postgres
from tests.services.mqtt.helpers import mosquitto  # noqa: F401 - a fixture for the whole room

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory):
    """One server, as it takes seconds to set up."""
    server = Postgres(tmp_path_factory.mktemp("postgres"))
    server.start()
    yield server
    server.remove()


@pytest.fixture
def postgres(postgres_server):
    """The address of an empty database."""
    name = f"hub{next(_NUMBERS)}"
    with contextlib.closing(connect(postgres_server.url)) as database:
        database.execute_sql(f"CREATE DATABASE {name}")
    return postgres_server.database(name)
