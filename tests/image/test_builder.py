"""Our configurations through rpi-image-gen's own parser and resolver: `make test-image-builder RPI_IMAGE_GEN=...`."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
BUILDER = os.environ.get("RPI_IMAGE_GEN", "")
pytestmark = pytest.mark.skipif(
    not BUILDER, reason="rpi-image-gen is Raspberry Pi's own and not brought here; RPI_IMAGE_GEN names its folder"
)


@pytest.fixture(params=["pi4", "pi5"])
def resolved(request, tmp_path):
    """Board, layers in order, and variables."""
    command = [HERE / "resolve_recipe", BUILDER, f"sproutcast-{request.param}.yaml", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    layers = [line.split(":")[0] for line in (tmp_path / "plan").read_text().splitlines()]
    values = (line.split("=", 1) for line in (tmp_path / "env").read_text().splitlines() if "=" in line)
    return request.param, layers, {name: value.strip('"') for name, value in values}


def test_our_layer_comes_after_every_layer_whose_files_its_hooks_touch(resolved):
    board, layers, _values = resolved
    assert board.replace("pi", "rpi") in layers
    # config.txt, /bootfs, journald's settings, iwd, the by-slot names.
    touched = {"rpi-boot-firmware", "image-rota", "systemd-min", "iwd", "rpi-ab-slot-mapper"}
    assert touched <= set(layers)
    assert all(layers.index(name) < layers.index("sproutcast") for name in touched)


def test_the_layout_is_what_the_page_says(resolved):
    board, _layers, values = resolved
    assert values["IGconf_image_name"] == f"sproutcast-{board}"
    assert values["IGconf_image_rootfs_type"] == "erofs"
    sizes = [values[f"IGconf_image_{part}_part_size"] for part in ("boot", "system", "data")]
    assert sizes == ["128M", "1500M", "1G"]


def test_the_kernels_line_survives_what_the_builder_does_to_it(resolved, tmp_path):
    """Its last step on the boot partition, on a line as our hook leaves it."""
    line = (Path(BUILDER) / "templates/rpi/boot-firmware/cmdline.txt").read_text().strip()
    (tmp_path / "cmdline.txt").write_text(f"{line} cgroup_enable=memory\n")
    step = Path(BUILDER) / "image/gpt/ab_userdata/slot-post-process.sh"
    environment = {**os.environ, "IMAGEMOUNTPATH": str(tmp_path), "IGconf_image_rootfs_type": "erofs"}
    subprocess.run(["bash", step, "BOOT"], env=environment, check=True, capture_output=True)
    words = (tmp_path / "cmdline.txt").read_text().split()
    assert words[-1] == "cgroup_enable=memory"
    assert "root=/dev/disk/by-slot/active/system" in words
