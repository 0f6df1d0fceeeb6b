"""The device image is built elsewhere: here its recipe is read, and compared with the one that is built and started."""

from __future__ import annotations

import hashlib
import json
import lzma
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import yaml

from sproutcast_pi.config.read import check_text

BUILD = Path(__file__).parents[2] / "image-build"
DEVICE = BUILD / "device"
LAYER = DEVICE / "layer" / "sproutcast.yaml"
NAME = BUILD / "overlay/usr/lib/sproutcast/name.sh"


def listed(path: Path) -> list[str]:
    return [line.split("#")[0].strip() for line in path.read_text().splitlines() if line.split("#")[0].strip()]


def test_the_layer_has_the_header_the_builder_reads():
    header, body = LAYER.read_text().split("# METAEND\n---\n")
    assert header.startswith("# METABEGIN\n")
    fields = dict(re.findall(r"^# X-Env-Layer-(\w+): (.+)$", header, re.MULTILINE))
    assert fields["Name"] == "sproutcast"
    assert re.fullmatch(r"\d+\.\d+\.\d+", fields["Version"])
    assert set(yaml.safe_load(body)["mmdebstrap"]) == {"packages", "customize-hooks"}


def test_both_images_install_the_same_but_for_the_short_list():
    layer = yaml.safe_load(LAYER.read_text().split("---\n", 1)[1])
    wanted = [
        line.removeprefix("device: ") for line in listed(BUILD / "packages.txt") if not line.startswith("virtual:")
    ]
    assert layer["mmdebstrap"]["packages"] == wanted


def test_hooks_name_files_that_are_there():
    layer = yaml.safe_load(LAYER.read_text().split("---\n", 1)[1])
    hooks = "\n".join(layer["mmdebstrap"]["customize-hooks"])
    for name in re.findall(r"\.\./(\S+)", hooks):
        assert (BUILD / name).exists(), name
    assert (DEVICE / "overlay").is_dir()


@pytest.mark.parametrize("path", sorted((DEVICE / "config").glob("*.yaml")), ids=lambda path: path.stem)
def test_configurations_choose_the_layer_and_a_board_with_tryboot(path):
    config = yaml.safe_load(path.read_text())
    assert config["layer"]["app"] == "sproutcast"
    assert config["device"]["layer"] in {"rpi4", "rpi5"}
    assert config["image"]["rootfs_type"] == "erofs"


def test_state_that_outlives_a_slot_is_the_same_in_both_images():
    shared = (DEVICE / "overlay/etc/rpi-image-gen/slot-shared.d/sproutcast.conf").read_text()
    kept = [line for line in listed(BUILD / "overlay/usr/lib/sproutcast/state.txt") if line.startswith("/var")]
    assert re.findall(r"^Path=(.+)$", shared, re.MULTILINE) == kept


def test_what_is_kept_below_etc_is_linked_to_where_the_device_s_slots_share_it():
    layer = (DEVICE / "layer/sproutcast.yaml").read_text()
    made = (DEVICE / "overlay/usr/lib/tmpfiles.d/sproutcast-device.conf").read_text()
    for path in listed(BUILD / "overlay/usr/lib/sproutcast/state.txt"):
        if path.startswith("/etc"):
            assert path.removeprefix("/") in layer
            assert f"/var/lib/sproutcast-system{path} " in made


def test_nothing_is_shipped_below_what_is_kept():
    # What an image ships there would be laid over the owner's at every start.
    for path in re.findall(
        r"^Path=/(.+)$", (DEVICE / "overlay/etc/rpi-image-gen/slot-shared.d/sproutcast.conf").read_text(), re.MULTILINE
    ):
        for overlay in (BUILD / "overlay", DEVICE / "overlay"):
            assert not list((overlay / path).glob("*"))


def test_a_fresh_device_drives_no_pin():
    for path in (DEVICE / "overlay/etc/sproutcast/config.toml", BUILD / "virtual/overlay/etc/sproutcast/config.toml"):
        settings, faults = check_text(path.read_text())
        assert not faults
        assert settings.light.output in {"none", "simulated"}


def test_the_agent_of_the_checks_is_in_the_virtual_image_alone():
    for folder in (BUILD / "overlay", DEVICE, BUILD / "package"):
        assert not [path for path in folder.rglob("*") if "check-agent" in path.name or "sproutcast-check" in path.name]


def test_no_secret_is_in_the_recipe():
    for path in BUILD.rglob("*"):
        if path.is_file():
            assert not re.search(rb"BEGIN [A-Z ]*PRIVATE KEY|\$6\$|\$y\$", path.read_bytes()), path


def test_the_manifest_tells_imager_sizes_and_hashes(tmp_path):
    content = b"card" * 1000
    image = tmp_path / "sproutcast.img.xz"
    image.write_bytes(lzma.compress(content))
    program = [sys.executable, BUILD / "steps" / "manifest.py", image, "--url", "https://example.org/s.img.xz"]
    done = subprocess.run(program, capture_output=True, check=True)
    (entry,) = json.loads(done.stdout)["os_list"]
    required = {
        "name",
        "description",
        "icon",
        "url",
        "extract_size",
        "extract_sha256",
        "image_download_size",
        "release_date",
        "devices",
    }
    assert required <= set(entry)
    assert entry["extract_size"] == len(content)
    assert entry["extract_sha256"] == hashlib.sha256(content).hexdigest()
    assert entry["image_download_sha256"] == hashlib.sha256(image.read_bytes()).hexdigest()
    assert date.fromisoformat(entry["release_date"])
    assert entry["icon"] == "https://example.org/icon.png"
    assert (BUILD / "icon.png").read_bytes()[16:24] == (40).to_bytes(4) * 2
    assert entry["init_format"] == "cloudinit"


def test_every_path_both_slots_share_is_mounted_when_the_device_starts():
    wanted = (DEVICE / "overlay/etc/systemd/system/local-fs.target.d/sproutcast.conf").read_text()
    shared = (DEVICE / "overlay/etc/rpi-image-gen/slot-shared.d/sproutcast.conf").read_text()
    paths = re.findall(r"^Path=(.+)$", shared, re.MULTILINE)
    # systemd.unit(5), "String escaping for inclusion in unit names".
    units = [path.strip("/").replace("-", "\\x2d").replace("/", "-") + ".mount" for path in paths]
    assert re.findall(r"^Wants=(.+)$", wanted, re.MULTILINE) == units


@pytest.mark.parametrize("kept", ["data/system", "persistent/common/etc", None])
@pytest.mark.parametrize("chosen", ["greenhouse", "Not A Name", "../x", "", None])
def test_a_machine_is_called_as_its_owner_wished_or_after_its_own_identity(tmp_path, kept, chosen):
    """The script itself, where only its files are elsewhere and `hostname` prints what it was asked to set."""
    system = tmp_path / "var/lib/sproutcast-system"
    for folder in (system, tmp_path / "etc", tmp_path / "bin"):
        folder.mkdir(parents=True)
    (tmp_path / "etc/machine-id").write_text("0" * 32 + "\n")
    if chosen is not None:
        (system / "hostname").write_text(chosen + "\n")
    if kept:
        (tmp_path / kept).mkdir(parents=True)
        (tmp_path / kept / "machine-id").write_text("abcd" + "1" * 28 + "\n")
    (tmp_path / "bin/hostname").write_text('#!/bin/sh\nprintf "%s" "$1"\n')
    (tmp_path / "bin/hostname").chmod(0o755)
    script = re.sub(r"(?<= )/(?=var|data|persistent|etc)|(?<=\(cat )/", f"{tmp_path}/", NAME.read_text())
    asked = {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin"}
    named = subprocess.run(["sh", "-c", script], capture_output=True, text=True, env=asked, check=True).stdout
    own = "sproutcast-abcd" if kept else "sproutcast-0000"
    assert named == ("greenhouse" if chosen == "greenhouse" else own)


@pytest.mark.parametrize(("kept", "asked"), [("DE\n", "reg set DE"), ("de", ""), ("DE; reboot\n", ""), ("", "")])
def test_the_kernel_is_asked_for_the_channels_of_the_owners_country(tmp_path, kept, asked):
    """The script itself, where only its file is elsewhere and `iw` prints what it was asked."""
    (tmp_path / "wifi-country").write_text(kept)
    (tmp_path / "iw").write_text('#!/bin/sh\nprintf "%s" "$*"\n')
    (tmp_path / "iw").chmod(0o755)
    script = (BUILD / "overlay/usr/lib/sproutcast/country.sh").read_text()
    script = script.replace("/var/lib/sproutcast-system", str(tmp_path))
    found = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    assert subprocess.run(["sh", "-c", script], capture_output=True, text=True, env=found, check=True).stdout == asked


SYSTEMD = BUILD.parent / "systemd"


def test_the_helper_may_leave_the_argument_of_a_reboot():
    # systemctl itself writes /run/systemd/reboot-param (systemd src/shared/reboot-util.c); without it no slot is tried.
    unit = (SYSTEMD / "sproutcast-deputy.service").read_text()
    assert "ProtectSystem=strict" in unit
    (paths,) = re.findall(r"^ReadWritePaths=(.+)$", unit, re.MULTILINE)
    assert "/run/systemd" in paths.split()


def test_the_cameras_modules_are_there_when_the_units_device_classes_are_resolved():
    unit = (SYSTEMD / "sproutcast.service").read_text()
    assert "DeviceAllow=char-video4linux" in unit
    for directive in ("Wants", "After"):
        (names,) = re.findall(rf"^{directive}=(.*modprobe@.+)$", unit, re.MULTILINE)
        assert {"modprobe@videodev.service", "modprobe@mc.service"} <= set(names.split())


def test_the_daemon_may_set_the_pwm_chip_whatever_its_number():
    # ProtectKernelTunables= makes all of /sys read-only; systemd follows the links of /sys/class to the device.
    unit = (SYSTEMD / "sproutcast.service").read_text()
    assert "ProtectKernelTunables=yes" in unit
    paths = " ".join(re.findall(r"^ReadWritePaths=(.+)$", unit, re.MULTILINE)).split()
    assert paths == [f"-/sys/class/pwm/pwmchip{number}" for number in range(8)]


@pytest.mark.parametrize("folder", ["journald.conf.d", "system.conf.d"])
def test_our_settings_are_read_after_the_distributions(folder):
    # The builder writes persistent.conf and Raspberry Pi OS 40-rpi-enable-watchdog.conf; the last name wins.
    names = [path.name for path in (BUILD / "overlay/etc/systemd" / folder).iterdir()]
    assert names == [max([*names, "40-rpi-enable-watchdog.conf", "persistent.conf"])]


def test_one_supplicant_has_the_wireless_card():
    layer = yaml.safe_load(LAYER.read_text().split("---\n", 1)[1])
    assert 'chroot "$1" systemctl mask iwd.service' in layer["mmdebstrap"]["customize-hooks"]
    assert "wpasupplicant" in layer["mmdebstrap"]["packages"]


@pytest.fixture
def prepared(tmp_path):
    """What our hooks make of the files that the builder's layers have left, where they need no package inside."""
    boot = tmp_path / "boot/firmware"
    boot.mkdir(parents=True)
    # raspberrypi/rpi-image-gen templates/rpi/boot-firmware/cmdline.txt is one such line.
    (boot / "cmdline.txt").write_text("console=tty1 root=ROOTDEV fsck.repair=yes rootwait\n")
    (boot / "config.txt").write_text("dtparam=audio=on\n[pi5]\nBOOT_UART=1\n")
    layer = yaml.safe_load(LAYER.read_text().split("---\n", 1)[1])
    for hook in layer["mmdebstrap"]["customize-hooks"]:
        if "/boot" in hook:
            subprocess.run(["sh", "-euc", hook, "hook", str(tmp_path)], cwd=DEVICE, check=True)
    return tmp_path


def test_limits_of_memory_work_on_a_kernel_that_starts_without_them(prepared):
    (line,) = (prepared / "boot/firmware/cmdline.txt").read_text().splitlines()
    assert line.split()[-1] == "cgroup_enable=memory"
    assert "root=ROOTDEV" in line.split()


def test_the_owners_example_lies_on_the_partition_that_any_computer_shows(prepared):
    example = (prepared / "bootfs/sproutcast.example.toml").read_text()
    assert example == (BUILD / "sproutcast.example.toml").read_text()


def test_the_shipped_config_txt_is_kept_to_compare_the_owners_with(prepared):
    shipped = (prepared / "usr/lib/sproutcast/config.txt").read_text()
    assert shipped == (prepared / "boot/firmware/config.txt").read_text()


def test_hooks_that_read_the_firmwares_files_run_after_them():
    header = LAYER.read_text().split("# METAEND")[0]
    (required,) = re.findall(r"^# X-Env-Layer-Requires: (.+)$", header, re.MULTILINE)
    assert "rpi-boot-firmware" in required.split(",")
