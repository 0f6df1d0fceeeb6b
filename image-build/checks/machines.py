"""Emulated machines: QEMU's arguments."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from card_image import read_file

FIRMWARE = Path("/usr/share/AAVMF/AAVMF_CODE.fd")
VARIABLES = Path("/usr/share/AAVMF/AAVMF_VARS.fd")
TCG = ("-accel", "tcg,thread=multi,tb-size=512")


class Machine(Protocol):
    """Emulated machine with a card, a socket `agent` and a file `serial.log` in the work folder."""

    def arguments(self, card: Path, work: Path) -> list[str]:
        """QEMU's arguments, the program itself first."""
        ...


@dataclass(frozen=True)
class Virt:
    """QEMU's generic arm64 board: firmware, boot menu, display, touch, network and a hardware watchdog."""

    size: tuple[int, int] = (800, 480)
    display: bool = True
    network: bool = True
    smp: int = 2
    extra: tuple[str, ...] = ()

    def arguments(self, card: Path, work: Path) -> list[str]:
        """Arguments to boot through firmware and boot menu."""
        variables = work / "vars.fd"
        if not variables.exists():
            shutil.copy(VARIABLES, variables)
        panel = ["-device", f"virtio-gpu-pci,xres={self.size[0]},yres={self.size[1]}"]
        panel += ["-device", "virtio-tablet-pci", "-device", "virtio-keyboard-pci"]
        network = ["-netdev", "user,id=net,restrict=on", "-device", "virtio-net-pci,netdev=net,romfile="]
        return [
            "qemu-system-aarch64", "-M", "virt,gic-version=3", "-cpu", "cortex-a72", *TCG,
            "-smp", str(self.smp), "-m", "2048",
            "-drive", f"if=pflash,format=raw,unit=0,file={FIRMWARE},readonly=on",
            "-drive", f"if=pflash,format=raw,unit=1,file={variables}",
            "-drive", f"file={card},format=raw,if=none,id=card,cache=writethrough",
            "-device", "virtio-blk-pci,drive=card,bootindex=1",
            "-device", "virtio-rng-pci", *(panel if self.display else []),
            *(network if self.network else ("-nic", "none")),
            "-device", "i6300esb", "-action", "watchdog=reset",
            "-device", "virtio-serial-pci",
            "-chardev", f"socket,id=agent,path={work / 'agent'},server=on,wait=off",
            "-device", "virtserialport,chardev=agent,name=org.sproutcast.check",
            "-serial", f"file:{work / 'serial.log'}",
            *self.extra,
        ]  # fmt: skip


@dataclass(frozen=True)
class Raspi3b:
    """Raspberry Pi 3B as emulated by QEMU: processor, card reader, GPIO, two serial lines; no display.

    QEMU loads kernel and devicetree from the card's slot A, in place of the Pi's firmware.
    """

    extra: str = ""
    """Further words for the kernel."""

    def arguments(self, card: Path, work: Path) -> list[str]:
        """Arguments to boot kernel, initramfs and devicetree extracted from the card."""
        for name in ("vmlinuz", "initrd.img", "raspi3b.dtb"):
            (work / name).write_bytes(read_file(card, name, "boot_a") or b"")
        tree = work / "raspi3b.dtb"
        # The firmware would identify the board; Wi-Fi's card reader and Bluetooth are not emulated.
        subprocess.run(["fdtput", "-p", "-t", "x", str(tree), "/system", "linux,revision", "a02082"], check=True)
        subprocess.run(["fdtput", "-t", "s", str(tree), "/soc/mmc@7e300000", "status", "disabled"], check=True)
        subprocess.run(["fdtput", "-r", str(tree), "/soc/serial@7e201000/bluetooth"], check=True)
        # The emulated watchdog resets the board as soon as it is armed, so systemd must leave it alone.
        line = (
            "root=PARTLABEL=system_a ro rootfstype=erofs rootwait sproutcast.slot=a sproutcast.try=0 "
            "sproutcast.check=ttyAMA0 console=ttyS1,115200 net.ifnames=0 audit=0 panic=10 mitigations=off "
            f"systemd.show_status=no systemd.watchdog_sec=0 module_blacklist=sdhci_iproc,vc4,snd_bcm2835 {self.extra}"
        )
        return [
            "qemu-system-aarch64", "-M", "raspi3b", "-smp", "4", "-m", "1G", *TCG,
            "-kernel", str(work / "vmlinuz"), "-initrd", str(work / "initrd.img"), "-dtb", str(tree), "-append", line,
            "-drive", f"file={card},format=raw,if=sd,cache=writethrough",
            "-chardev", f"socket,id=agent,path={work / 'agent'},server=on,wait=off", "-serial", "chardev:agent",
            "-serial", f"file:{work / 'serial.log'}",
        ]  # fmt: skip
