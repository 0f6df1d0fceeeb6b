"""What tests of updates and of the deputy share: a maker's keys."""

import pytest
from update_cast import made_key


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    made_key(folder)
    return folder
