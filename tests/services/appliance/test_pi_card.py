"""An update on a Pi: only the card it was started from is written, and the owner's config.txt comes along."""

from __future__ import annotations

import contextlib
import shutil

import pytest

from sproutcast_pi.messages.areas import updates
from sproutcast_pi.services.appliance.helper_protocol import PROGRESS_FILE, Install, read_progress
from sproutcast_pi.services.appliance.privileged_helper import PrivilegedHelper
from sproutcast_pi.services.updates.owner_config import SHIPPED
from tests.services.updates.helpers import BOOT, SYSTEM, make_bundle

NODES = {
    "bootconfig": "bootconfig",
    "active/boot": "boot_a",
    "active/system": "system_a",
    "other/boot": "boot_b",
    "other/system": "system_b",
}


class Pi:
    """A Pi 5 with two cards of the same labels; udev's plain labels lead to the one in the reader."""

    def __init__(self, root, keys):
        self.root = root
        self.ran = []
        chosen = root / "proc/device-tree/chosen/bootloader"
        for folder in (chosen, root / "run/sproutcast-system", root / "var/lib/sproutcast-system", root / "stick"):
            folder.mkdir(parents=True)
        (chosen / "partition").write_bytes(bytes([0, 0, 0, 2]))
        (root / "proc/device-tree/model").write_bytes(b"Raspberry Pi 5 Model B Rev 1.0\0")
        for name in (SHIPPED, "usr/lib/sproutcast/update-key.pem"):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / SHIPPED).write_text("dtparam=audio=on\n")
        (root / "usr/lib/sproutcast/update-key.pem").write_bytes((keys / "public").read_bytes())
        self.own, self.reader = (self._card(root / name) for name in ("own", "reader"))
        (root / "dev/disk/by-partlabel").mkdir(parents=True)
        for label in NODES.values():
            (root / "dev/disk/by-partlabel" / label).symlink_to(self.reader / label)
        for node, label in NODES.items():
            link = root / "dev/disk/by-slot" / node
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(self.own / label)
        make_bundle(root / "stick/new.sproutcast", keys / "private", boards=("pi5",))

    @staticmethod
    def _card(folder):
        """Partitions as files, and beside each the folder that shows when it is mounted."""
        for label in NODES.values():
            (folder / f"{label}.mounted").mkdir(parents=True)
            (folder / label).write_bytes(label.encode().ljust(400_000, b"."))
        (folder / "bootconfig.mounted/autoboot.txt").write_text(
            "[all]\nboot_partition=2\n[tryboot]\nboot_partition=3\n"
        )
        (folder / "boot_a.mounted/config.txt").write_text("dtparam=audio=on\ngpio=18=op,dl\n")
        (folder / "boot_b.mounted/config.txt").write_text("dtparam=audio=on\nauto_initramfs=1\n")
        return folder

    def install(self):
        @contextlib.contextmanager
        def mount(device, _options):
            node = device.resolve()
            yield node if node.is_dir() else node.with_name(f"{node.name}.mounted")

        helper = PrivilegedHelper(
            self.root, mount=mount, run=self.ran.append, sticks=lambda: [self.root / "stick"], version="0.1.0"
        )
        helper.execute(Install())
        return read_progress(self.root / "run/sproutcast-system" / PROGRESS_FILE)


@pytest.fixture
def pi(tmp_path, keys):
    return Pi(tmp_path, keys)


def test_a_second_card_with_the_same_labels_is_never_written(pi):
    before = {path: path.read_bytes() for path in pi.reader.rglob("*") if path.is_file()}
    assert pi.install().state == "restarting"
    assert (pi.own / "boot_b").read_bytes().startswith(BOOT)
    assert (pi.own / "system_b").read_bytes().startswith(SYSTEM)
    assert (pi.own / "system_a").read_bytes().startswith(b"system_a")
    assert {path: path.read_bytes() for path in before} == before
    assert pi.ran == [("systemctl", "reboot", "--reboot-argument=0 tryboot")]


def test_without_its_own_cards_names_nothing_is_written_anywhere(pi):
    shutil.rmtree(pi.root / "dev/disk/by-slot/other")
    reported = pi.install()
    assert (reported.state, reported.message) == ("failed", updates.NO_PARTITION(partition="other/boot"))
    assert (pi.reader / "boot_b").read_bytes().startswith(b"boot_b")
    assert pi.ran == []


def test_the_owners_lines_of_config_txt_are_in_the_slot_that_is_tried(pi):
    pi.install()
    carried = (pi.own / "boot_b.mounted/config.txt").read_text()
    assert carried.startswith("dtparam=audio=on\nauto_initramfs=1\n")
    assert "gpio=18=op,dl" in carried


def test_a_config_txt_that_cannot_be_carried_keeps_the_update_from_being_tried(pi):
    (pi.own / "boot_b.mounted/config.txt").unlink()
    (pi.own / "boot_b.mounted/config.txt").mkdir()
    assert pi.install().state == "failed"
    assert pi.ran == []
