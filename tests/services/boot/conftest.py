"""A boot partition, and a system that has been set up before."""

from __future__ import annotations

import pytest

from sproutcast_pi.services.boot.apply_boot_config import CONFIG


@pytest.fixture
def places(tmp_path):
    boot, root = tmp_path / "boot", tmp_path / "root"
    boot.mkdir()
    (root / "etc/sproutcast").mkdir(parents=True)
    (root / CONFIG).write_text('[device]\nname = "Old"\n[light]\noutput = "gpio:18"\n')
    return boot, root
