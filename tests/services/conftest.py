"""What tests of updates and of the privileged helper share: a maker's keys."""

import pytest

from tests.services.updates.helpers import make_key


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    make_key(folder)
    return folder
