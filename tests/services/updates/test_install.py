"""Updates on files in place of partitions: what is written, what is refused, and what a cut leaves."""

from __future__ import annotations

import contextlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.messages.areas.text import verbatim
from sproutcast_pi.services.updates.boot_slot import BootSlot, board_type, read_boot_slot
from sproutcast_pi.services.updates.bootloader import GrubEnvironment, PiFirmware
from sproutcast_pi.services.updates.build_bundle import build_bundle
from sproutcast_pi.services.updates.bundle import Bundle, UpdateError, is_newer
from sproutcast_pi.services.updates.card import CardPartitions
from sproutcast_pi.services.updates.install import UpdateInstaller
from sproutcast_pi.services.updates.sources import find_update, usb_partitions
from sproutcast_pi.services.updates.update_state import read_update_state
from tests.services.updates.helpers import BOOT, GRUBENV, SYSTEM, make_bundle, make_key

AUTOBOOT = "[all]\ntryboot_a_b=1\nboot_partition=2\n[tryboot]\nboot_partition=3\n"


@contextlib.contextmanager
def as_it_is(device, _options):
    yield device


@pytest.fixture
def device(tmp_path, keys):
    class Device:
        boot = tmp_path / "bootconfig"
        parts = tmp_path / "dev/disk/by-partlabel"
        ledger = tmp_path / "ledger"

        def install(self, path, *, key=keys / "public", progress=lambda _percent: None, **how):
            with path.open("rb") as stream:
                return self.updates(**how).install(Bundle(stream, path.name, key), progress)

        def updates(self, *, slot="a", trying=False, version="0.1.0"):
            return UpdateInstaller(
                now=BootSlot(slot=slot, trying=trying),
                version=version,
                board="virtual",
                selection=GrubEnvironment(self.boot),
                card=CardPartitions(tmp_path, "virtual", slot),
                ledger=self.ledger,
            )

    Device.boot.mkdir()
    Device.ledger.mkdir()
    (Device.boot / "grubenv").write_bytes(GRUBENV)
    Device.parts.mkdir(parents=True)
    for name in ("boot_a", "boot_b", "system_a", "system_b"):
        (Device.parts / name).write_bytes(name.encode().ljust(400_000, b"."))
    return Device()


def test_an_update_goes_to_the_other_slot_and_is_tried_once(device, keys, tmp_path):
    assert device.install(make_bundle(tmp_path / "u", keys / "private")) == ("systemctl", "reboot")
    assert (device.parts / "boot_b").read_bytes().startswith(BOOT)
    assert (device.parts / "system_b").read_bytes().startswith(SYSTEM)
    assert (device.parts / "system_a").read_bytes().startswith(b"system_a")
    environment = (device.boot / "grubenv").read_bytes()
    assert b"slot=a\n" in environment
    assert b"try=b\n" in environment
    assert len(environment) == 1024


def test_a_proved_update_is_kept_and_an_unproved_one_is_not_updated_over(device, keys, tmp_path):
    trying = device.updates(slot="b", trying=True, version="0.2.0")
    with pytest.raises(UpdateError, match="not passed its checks"):
        device.install(make_bundle(tmp_path / "u", keys / "private", version="0.3.0"), slot="b", trying=True)
    assert trying.commit() is True
    assert GrubEnvironment(device.boot).default_slot() == "b"
    assert trying.commit() is False
    device.install(
        make_bundle(tmp_path / "u", keys / "private", version="0.3.0"), slot="b", trying=True, version="0.2.0"
    )
    assert (device.parts / "system_a").read_bytes().startswith(SYSTEM)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"spoil": lambda text: text.replace(b"0.2.0", b"9.9.9")}, "not signed"),
        ({"version": "0.1.0"}, "already has 0.1.0"),
        ({"version": "0.0.9"}, "already has 0.1.0"),
        ({"boards": ("pi5",)}, "not for this device"),
        ({"system": SYSTEM[:-1] + b"x"}, "update is damaged"),
        ({"system": SYSTEM + b"more"}, "update is damaged"),
        ({"system": SYSTEM[:-9]}, "update is damaged"),
        ({"cut": 900}, "damaged"),
        ({"cut": 3_000}, "not written|too early"),
        ({"surprise": 1}, "does not know"),
    ],
)
def test_a_bad_update_is_refused_and_never_started(device, keys, tmp_path, change, reason):
    with pytest.raises(UpdateError, match=reason):
        device.install(make_bundle(tmp_path / "u", keys / "private", **change))
    assert (device.boot / "grubenv").read_bytes() == GRUBENV
    assert (device.parts / "system_a").read_bytes().startswith(b"system_a")


def test_a_stranger_s_signature_and_a_missing_key_are_refused(device, tmp_path):
    make_key(tmp_path)
    with pytest.raises(UpdateError, match="not signed"):
        device.install(make_bundle(tmp_path / "u", tmp_path / "private"))
    with pytest.raises(UpdateError, match="no key"):
        device.install(tmp_path / "u", key=tmp_path / "nowhere")


def test_a_partition_that_is_too_small_or_missing_is_told(device, keys, tmp_path):
    (device.parts / "system_b").unlink()
    with pytest.raises(UpdateError, match="no partition by-partlabel/system_b"):
        device.install(make_bundle(tmp_path / "u", keys / "private"))


@given(st.binary(max_size=2000))
def test_no_bytes_are_an_update(tmp_path_factory, content):
    folder = tmp_path_factory.getbasetemp()
    with pytest.raises(UpdateError):
        Bundle(io.BytesIO(content), "u", folder)


def test_the_pi_s_own_file_is_kept_in_its_form(tmp_path):
    (tmp_path / "autoboot.txt").write_text(AUTOBOOT)
    firmware = PiFirmware(tmp_path)
    assert firmware.default_slot() == "a"
    assert firmware.boot_once("b")[-1] == "--reboot-argument=0 tryboot"
    with pytest.raises(UpdateError):
        firmware.boot_once("a")
    firmware.commit("b")
    assert firmware.default_slot() == "b"
    assert "[tryboot]\nboot_partition=2\n" in (tmp_path / "autoboot.txt").read_text()


@pytest.mark.parametrize(("one", "two"), [("0.10", "0.9"), ("1.0.0", "0.99.9"), ("0.1.1", "0.1")])
def test_versions_are_numbers_not_letters(one, two):
    assert is_newer(one, two)
    assert not is_newer(two, one)
    assert not is_newer(one, one)


def test_the_kernel_line_or_a_pi_s_bootloader_tells_what_runs(tmp_path):
    with pytest.raises(UpdateError, match="as a package"):
        read_boot_slot(tmp_path)
    chosen = tmp_path / "proc/device-tree/chosen/bootloader"
    chosen.mkdir(parents=True)
    (chosen / "partition").write_bytes(bytes([0, 0, 0, 3]))
    (chosen / "tryboot").write_bytes(bytes([0, 0, 0, 1]))
    (tmp_path / "proc/device-tree/model").write_bytes(b"Raspberry Pi 5 Model B Rev 1.0\0")
    assert read_boot_slot(tmp_path) == BootSlot(slot="b", trying=True)
    assert board_type(tmp_path) == "pi5"
    (tmp_path / "proc/cmdline").write_text("root=x sproutcast.slot=a sproutcast.try=0 quiet")
    assert read_boot_slot(tmp_path) == BootSlot(slot="a", trying=False)


def test_a_slot_in_force_that_could_not_start_is_out_of_force_before_it_is_written(device, keys, tmp_path):
    GrubEnvironment(device.boot).commit("b")
    with pytest.raises(UpdateError, match="damaged"):
        device.install(make_bundle(tmp_path / "u", keys / "private", system=SYSTEM[:-9]))
    assert GrubEnvironment(device.boot).default_slot() == "a"


def test_one_goes_back_to_the_version_before_and_only_to_one_that_worked(device, keys, tmp_path):
    with pytest.raises(UpdateError, match="no previous version"):
        device.updates().roll_back(verbatim("because"))
    device.install(make_bundle(tmp_path / "u", keys / "private"))
    tried = device.updates(slot="b", trying=True, version="0.2.0")
    assert tried.commit()
    assert read_update_state(device.ledger).phase == "kept"
    assert device.updates(slot="b", version="0.2.0").roll_back(verbatim("because")) == ("systemctl", "reboot")
    assert (read_update_state(device.ledger).version, read_update_state(device.ledger).slot) == ("0.1.0", "a")
    assert b"try=a\n" in (device.boot / "grubenv").read_bytes()


def test_an_unproved_update_goes_back_with_its_reason(device, keys, tmp_path):
    device.install(make_bundle(tmp_path / "u", keys / "private"))
    (device.boot / "grubenv").write_bytes(GRUBENV)
    device.updates(slot="b", trying=True, version="0.2.0").roll_back(verbatim("The screen stayed dark."))
    assert read_update_state(device.ledger).phase == "failed"
    assert read_update_state(device.ledger).reason == "The screen stayed dark."
    assert GrubEnvironment(device.boot).default_slot() == "a"


def test_progress_is_told_up_to_a_hundred(device, keys, tmp_path):
    percents = []
    device.install(make_bundle(tmp_path / "u", keys / "private"), progress=percents.append)
    assert percents == sorted(percents)
    assert percents[-1] == 100.0


def test_what_is_made_is_what_is_read(tmp_path, keys):
    (tmp_path / "boot").write_bytes(BOOT)
    (tmp_path / "system").write_bytes(SYSTEM)
    for name in ("one", "two"):
        build_bundle(
            tmp_path / name,
            images={"boot": tmp_path / "boot", "system": tmp_path / "system"},
            version="0.2.0",
            boards=("virtual",),
            key=keys / "private",
            notes="Better.",
        )
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    with (tmp_path / "one").open("rb") as stream:
        assert Bundle(stream, "one", keys / "public").manifest.notes == "Better."
    with pytest.raises(UpdateError, match="version"):
        build_bundle(tmp_path / "x", images={}, version="new", boards=("virtual",), key=keys / "private")


def nobody(_url):
    raise AssertionError("no address was to be asked")


def test_the_newest_signed_update_of_a_stick_is_taken(tmp_path, keys):
    sticks = [tmp_path / "one", tmp_path / "two"]
    for stick in sticks:
        stick.mkdir()
    with find_update("", keys / "public", fetch=nobody, sticks=sticks, mount=as_it_is) as found:
        assert found is None
    (sticks[0] / "bad.sproutcast").write_text("no update")
    with (
        pytest.raises(UpdateError, match="is not an update"),
        find_update("", keys / "public", fetch=nobody, sticks=sticks, mount=as_it_is),
    ):
        pass
    for version in ("0.2.0", "0.10.0", "0.9.0"):
        make_bundle(sticks[1] / f"{version}.sproutcast", keys / "private", version=version)
    with find_update("", keys / "public", fetch=nobody, sticks=sticks, mount=as_it_is) as found:
        assert (found.source, found.bundle.manifest.version) == ("usb", "0.10.0")


def test_only_partitions_of_usb_disks_are_sticks(tmp_path):
    devices = tmp_path / "class"
    devices.mkdir()
    for name, place, part in (
        ("sda", "pci/usb1/block/sda", False),
        ("sda1", "pci/usb1/block/sda/sda1", True),
        ("sdb", "pci/usb2/block/sdb", False),
        ("mmcblk0", "platform/mmc/block/mmcblk0", False),
    ):
        (tmp_path / place).mkdir(parents=True)
        if part:
            (tmp_path / place / "partition").write_text("1")
        (devices / name).symlink_to(tmp_path / place)
    assert [path.name for path in usb_partitions(devices)] == ["sda1", "sdb"]
