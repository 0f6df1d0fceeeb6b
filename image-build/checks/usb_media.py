"""USB stick images with an update, hot-plugged into a guest."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from guest import Guest

BROKEN = "systemd.mask=sproutcast.service"
"""An update whose daemon never comes up."""


def make_key(folder: Path) -> Path:
    """Create an untrusted key pair; returns the private key."""
    folder.mkdir(parents=True, exist_ok=True)
    key = folder / "stranger.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(key)], check=True)
    return key


def make_broken_boot(boot: Path, work: Path) -> Path:
    """Boot image whose kernel command line prevents the daemon from starting."""
    copy, config = work / "broken.vfat", work / "slot.cfg"
    shutil.copy(boot, copy)
    subprocess.run(["mcopy", "-o", "-i", str(copy), "::/slot.cfg", str(config)], check=True)
    config.write_text(config.read_text().replace("quiet", f"quiet {BROKEN}"))
    subprocess.run(["mcopy", "-o", "-i", str(copy), str(config), "::/slot.cfg"], check=True)
    return copy


def make_usb_image(work: Path, *, boot: Path, system: Path, version: str, key: Path, name: str) -> Path:
    """Image of a USB stick with an update."""
    update, image = work / f"{name}.sproutcast", work / f"{name}.stick"
    make = [sys.executable, "-m", "sproutcast_pi", "update", "make", str(update), "--board", "virtual"]
    make += ["--boot", str(boot), "--system", str(system), "--version", version, "--key", str(key)]
    subprocess.run([*make, "--notes", f"The {name} one."], check=True)
    with image.open("wb") as file:
        file.truncate(update.stat().st_size + (32 << 20))
    subprocess.run(["mkfs.vfat", "-F32", str(image)], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["mcopy", "-i", str(image), str(update), "::/"], check=True)
    update.unlink()
    return image


def plug_in(guest: Guest, image: Path) -> None:
    """Plug in the stick and wait until the guest has detected it."""
    blocks = {"driver": "raw", "node-name": "stick", "read-only": True}
    guest.qmp("blockdev-add", {**blocks, "file": {"driver": "file", "filename": str(image), "read-only": True}})
    guest.qmp("device_add", {"driver": "usb-storage", "id": "stick-usb", "drive": "stick"})
    guest.wait_until("ls /sys/class/block | grep -q '^sd'", 120)


def pull_out(guest: Guest) -> None:
    """Unplug the stick."""
    guest.qmp("device_del", {"id": "stick-usb"})
    guest.wait_until("! ls /sys/class/block | grep -q '^sd'", 120)
    guest.qmp("blockdev-del", {"node-name": "stick"})
