"""Updates on files in place of partitions: what is written, what is refused, and what a cut leaves."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.services.updates.bundle import UpdateError, newer
from sproutcast_pi.services.updates.install import Running, Updates, running
from sproutcast_pi.services.updates.selection import GrubEnvironment, PiFirmware

GRUBENV = b"# GRUB Environment Block\nslot=a\ntry=\n".ljust(1024, b"#")
AUTOBOOT = "[all]\ntryboot_a_b=1\nboot_partition=2\n[tryboot]\nboot_partition=3\n"
BOOT, SYSTEM = b"kernel" * 1000, b"system" * 50_000


def made_key(folder):
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", folder / "private"], check=True)
    subprocess.run(["openssl", "pkey", "-in", folder / "private", "-pubout", "-out", folder / "public"], check=True)


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    made_key(folder)
    return folder


@pytest.fixture
def device(tmp_path, keys):
    class Device:
        boot = tmp_path / "bootconfig"
        parts = tmp_path / "parts"

        def updates(self, *, slot="a", trying=False, key=keys / "public", version="0.1.0"):
            return Updates(
                now=Running(slot=slot, trying=trying),
                version=version,
                board="virtual",
                selection=GrubEnvironment(self.boot),
                partitions=self.parts,
                key=key,
            )

    Device.boot.mkdir()
    (Device.boot / "grubenv").write_bytes(GRUBENV)
    Device.parts.mkdir()
    for name in ("boot_a", "boot_b", "system_a", "system_b"):
        (Device.parts / name).write_bytes(name.encode().ljust(400_000, b"."))
    return Device()


def bundled(path, private, *, version="0.2.0", boards=("virtual",), spoil=None, cut=None, system=SYSTEM, **more):
    images = [
        {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in (("boot", BOOT), ("system", SYSTEM))
    ]
    manifest = json.dumps({"format": 1, "version": version, "boards": boards, "images": images, **more}).encode()
    (path.parent / "m").write_bytes(manifest)
    sign = [
        "openssl",
        "pkeyutl",
        "-sign",
        "-inkey",
        private,
        "-rawin",
        "-in",
        path.parent / "m",
        "-out",
        path.parent / "s",
    ]
    subprocess.run(sign, check=True)
    members = {
        "manifest.json": spoil(manifest) if spoil else manifest,
        "manifest.sig": (path.parent / "s").read_bytes(),
    }
    for name, content in (("boot", BOOT), ("system", system)):
        members[f"{name}.zst"] = subprocess.run(["zstd", "-qc"], input=content, capture_output=True, check=True).stdout
    with tarfile.open(path, "w") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    if cut:
        path.write_bytes(path.read_bytes()[:cut])
    return path


def test_an_update_goes_to_the_other_slot_and_is_tried_once(device, keys, tmp_path):
    assert device.updates().install(bundled(tmp_path / "u", keys / "private")) == ("systemctl", "reboot")
    assert (device.parts / "boot_b").read_bytes().startswith(BOOT)
    assert (device.parts / "system_b").read_bytes().startswith(SYSTEM)
    assert (device.parts / "system_a").read_bytes().startswith(b"system_a")
    environment = (device.boot / "grubenv").read_bytes()
    assert b"slot=a\n" in environment
    assert b"try=b\n" in environment
    assert len(environment) == 1024


def test_a_proved_update_is_kept_and_an_unproved_one_is_not_updated_over(device, keys, tmp_path):
    trying = device.updates(slot="b", trying=True, version="0.2.0")
    with pytest.raises(UpdateError, match="not proved itself"):
        trying.install(bundled(tmp_path / "u", keys / "private", version="0.3.0"))
    assert trying.commit() is True
    assert GrubEnvironment(device.boot).in_force() == "b"
    assert trying.commit() is False
    trying.install(bundled(tmp_path / "u", keys / "private", version="0.3.0"))
    assert (device.parts / "system_a").read_bytes().startswith(SYSTEM)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"spoil": lambda text: text.replace(b"0.2.0", b"9.9.9")}, "not signed"),
        ({"version": "0.1.0"}, "already has 0.1.0"),
        ({"version": "0.0.9"}, "already has 0.1.0"),
        ({"boards": ("pi5",)}, "not for this device"),
        ({"system": SYSTEM[:-1] + b"x"}, "system image is damaged"),
        ({"system": SYSTEM + b"more"}, "system image is damaged"),
        ({"system": SYSTEM[:-9]}, "system image is damaged"),
        ({"cut": 900}, "damaged"),
        ({"cut": 3_000}, "not written|too early"),
        ({"surprise": 1}, "does not know"),
    ],
)
def test_a_bad_update_is_refused_and_never_started(device, keys, tmp_path, change, reason):
    with pytest.raises(UpdateError, match=reason):
        device.updates().install(bundled(tmp_path / "u", keys / "private", **change))
    assert (device.boot / "grubenv").read_bytes() == GRUBENV
    assert (device.parts / "system_a").read_bytes().startswith(b"system_a")


def test_a_stranger_s_signature_and_a_missing_key_are_refused(device, tmp_path):
    made_key(tmp_path)
    with pytest.raises(UpdateError, match="not signed"):
        device.updates().install(bundled(tmp_path / "u", tmp_path / "private"))
    with pytest.raises(UpdateError, match="no key"):
        device.updates(key=tmp_path / "nowhere").install(tmp_path / "u")


def test_a_partition_that_is_too_small_or_missing_is_told(device, keys, tmp_path):
    (device.parts / "system_b").unlink()
    with pytest.raises(UpdateError, match="not written"):
        device.updates().install(bundled(tmp_path / "u", keys / "private"))


@given(st.binary(max_size=2000))
def test_no_bytes_are_an_update(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("u")
    (folder / "u").write_bytes(content)
    updates = Updates(
        now=Running(slot="a", trying=False),
        version="0.1.0",
        board="virtual",
        selection=GrubEnvironment(folder),
        partitions=folder,
        key=folder,
    )
    with pytest.raises(UpdateError):
        updates.install(folder / "u")


def test_the_pi_s_own_file_is_kept_in_its_form(tmp_path):
    (tmp_path / "autoboot.txt").write_text(AUTOBOOT)
    firmware = PiFirmware(tmp_path)
    assert firmware.in_force() == "a"
    assert firmware.try_next("b")[-1] == "--reboot-argument=0 tryboot"
    with pytest.raises(UpdateError):
        firmware.try_next("a")
    firmware.commit("b")
    assert firmware.in_force() == "b"
    assert "[tryboot]\nboot_partition=2\n" in (tmp_path / "autoboot.txt").read_text()


@pytest.mark.parametrize(("one", "two"), [("0.10", "0.9"), ("1.0.0", "0.99.9"), ("0.1.1", "0.1")])
def test_versions_are_numbers_not_letters(one, two):
    assert newer(one, two)
    assert not newer(two, one)
    assert not newer(one, one)


def test_the_kernel_line_tells_what_runs():
    assert running("root=x sproutcast.slot=b sproutcast.try=1 quiet") == Running(slot="b", trying=True)
    with pytest.raises(UpdateError, match="no slots"):
        running("root=/dev/sda1 quiet")
