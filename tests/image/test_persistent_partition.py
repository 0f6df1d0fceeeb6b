"""The device's own script for the persistent partition, on a card in a loop device and without a card at all."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

BUILD = Path(__file__).parents[2] / "image-build"
SCRIPT = BUILD / "device/overlay/etc/initramfs-tools/scripts/local-bottom/sproutcast-persistent"
VIRTUAL = BUILD / "virtual/overlay/etc/initramfs-tools/scripts/local-bottom/sproutcast-state"
TABLE = "label: gpt\nstart=1MiB, size=4MiB, name=system_a\nstart=5MiB, size=32MiB, name=persistent\n"
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root has loop devices and mounts")


def run(*command, **how):
    return subprocess.run(command, capture_output=True, text=True, check=True, **how).stdout


@pytest.fixture
def system(tmp_path):
    """The initramfs' own folders below `tmp_path`, and the script that knows them there and waits for nothing."""
    for folder in ("root/persistent", "root/var/lib/sproutcast", "root/var/tmp", "run", "dev"):
        (tmp_path / folder).mkdir(parents=True)
    for name, script in (("script", SCRIPT), ("virtual", VIRTUAL)):
        text = script.read_text().replace("sleep 1", ":").replace("/dev/disk/by-slot", f"{tmp_path}/dev")
        text = text.replace(". /usr/lib/sproutcast/", f". {BUILD}/overlay/usr/lib/sproutcast/")
        (tmp_path / name).write_text(re.sub(r"(?<=[ =])/run(?=/)", f"{tmp_path}/run", text))
    return tmp_path


@pytest.fixture
def card(system):
    """A card of 96 MiB whose last partition is as small as the builder left it; it has the builder's name for it."""
    image = system / "card.img"
    with image.open("wb") as file:
        file.truncate(96 << 20)
    run("sfdisk", "-q", str(image), input=TABLE)
    try:
        disk = run("losetup", "--find", "--show", str(image)).strip()
        run("partx", "--add", disk)  # a kernel of a virtual machine may know no GPT itself
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no loop device with partitions can be had here: {error.stderr}")
    try:
        partition = Path(disk + "p2")
        run("mkfs.ext4", "-q", str(partition))
        (system / "dev/persistent").symlink_to(partition)
        yield partition
    finally:
        run("partx", "--delete", disk)
        run("losetup", "--detach", disk)


def start(system, then="true", script="script"):
    """Run the script as the initramfs would, in mounts of its own; what `then` prints there."""
    whole = f"rootmnt={system}/root sh {system}/{script} < /dev/null && {then}"
    done = subprocess.run(["unshare", "--mount", "sh", "-c", whole], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def mebibytes(partition):
    dump = run("dumpe2fs", "-h", str(partition))
    blocks, size = (
        int(re.search(rf"^{name}: +(\d+)$", dump, re.MULTILINE)[1]) for name in ("Block count", "Block size")
    )
    return blocks * size >> 20


def test_the_partition_and_its_file_system_fill_the_card_at_the_first_start(system, card):
    assert mebibytes(card) == 32
    start(system)
    sectors = int(Path(f"/sys/class/block/{card.name}/size").read_text())
    assert 88 <= sectors >> 11 <= 91
    assert 88 <= mebibytes(card) <= 91
    assert not (system / "run/sproutcast-system/no-data").exists()
    table = run("sfdisk", "--dump", str(system / "card.img"))
    assert table.count("name=") == 2
    start(system)
    assert run("sfdisk", "--dump", str(system / "card.img")) == table


def test_a_partition_that_cannot_be_mounted_is_replaced_by_memory(system, card):
    run("dd", "if=/dev/zero", f"of={card}", "bs=1M", "count=32", "conv=fsync,notrunc", "status=none")
    assert "tmpfs" in start(system, f"findmnt -n -o FSTYPE {system}/root/persistent")
    assert "missing or can't be read" in (system / "run/sproutcast-system/no-data").read_text()


def test_without_the_partition_the_mounts_of_the_builder_find_what_they_expect(system):
    seen = start(system, f"cd {system}/root/persistent && findmnt -n -o FSTYPE . && find . -type d").splitlines()
    assert seen[0] == "tmpfs"
    # The fstab and the generators of rpi-image-gen's image/gpt/ab_userdata mount from these.
    assert {"./home", "./log/journal", "./common/etc", "./shared", "./slots/system_a/var/lib/sproutcast"} <= set(seen)
    unit = (system / "run/systemd/system/persistent.mount").read_text()
    assert "Type=tmpfs" in unit
    assert "by-slot" not in unit


def test_the_virtual_image_lays_its_state_over_the_root_with_the_same_functions(system, card):
    kept = ("etc/sproutcast", "var/lib/sproutcast")
    for folder in (*kept, "data", "usr/lib/sproutcast"):
        (system / "root" / folder).mkdir(parents=True, exist_ok=True)
    (system / "root/etc/sproutcast/config.toml").write_text("shipped")
    (system / "root/etc/machine-id").touch()
    (system / "root/usr/lib/sproutcast/state.txt").write_text("# kept\n" + "".join(f"/{path}\n" for path in kept))
    at = f"{system}/root"
    seen = start(system, f"cat {at}/etc/machine-id && echo owner > {at}/etc/sproutcast/config.toml", "virtual")
    assert re.fullmatch(r"[0-9a-f]{32}\n", seen)
    assert 88 <= mebibytes(card) <= 91
    again = start(system, f"cat {at}/etc/machine-id {at}/etc/sproutcast/config.toml", "virtual")
    assert again == seen + "owner\n"
    assert (system / "root/etc/sproutcast/config.toml").read_text() == "shipped"
