"""Card image access from the host: copies as if flashed, FAT partitions read and written while no guest runs."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from pathlib import Path


class CardError(Exception):
    """Unexpected content of a card."""


def fresh_card(image: Path, work: Path, *, size: str = "4G", extra: str = "sproutcast.check") -> Path:
    """Sparse copy of the image on a larger card, as after flashing. `extra` is appended to the kernel command line."""
    work.mkdir(parents=True, exist_ok=True)
    card = work / "card.img"
    subprocess.run(["cp", "--sparse=always", str(image), str(card)], check=True)
    os.truncate(card, int(size.removesuffix("G")) << 30)
    write_file(card, "extra.cfg", f'set extra="{extra}"\n')
    return card


def dropin(unit: str, text: str) -> str:
    """Kernel argument that gives a systemd unit of the guest a drop-in for one start."""
    return f"systemd.set_credential_binary=systemd.unit-dropin.{unit}:{base64.b64encode(text.encode()).decode()}"


def partition(card: Path, name: str) -> tuple[int, int]:
    """Offset and size of a partition in bytes."""
    table = json.loads(subprocess.run(["sfdisk", "-J", str(card)], capture_output=True, check=True).stdout)
    for entry in table["partitiontable"]["partitions"]:
        if entry["name"] == name:
            return entry["start"] * 512, entry["size"] * 512
    raise CardError(f"{card} has no partition {name}")


def matching_share(card: Path, name: str, image: Path) -> float:
    """Share of an image, 0 to 1, that a partition holds up to the first difference."""
    offset, _ = partition(card, name)
    same = 0
    with card.open("rb") as file, image.open("rb") as expected:
        file.seek(offset)
        while (block := expected.read(1 << 20)) and file.read(len(block)) == block:
            same += len(block)
    return same / image.stat().st_size


def erase_partition(card: Path, name: str) -> None:
    """Erase a partition, so that its later content was written since."""
    offset, size = partition(card, name)
    hole = ["fallocate", "--punch-hole", "--offset", str(offset), "--length", str(size), str(card)]
    subprocess.run(hole, check=True)


def write_file(card: Path, name: str, text: str, at: str = "bootconfig") -> None:
    """Write a file to a FAT partition of a card not in use."""
    offset, _ = partition(card, at)
    subprocess.run(["mcopy", "-o", "-i", f"{card}@@{offset}", "-", f"::/{name}"], input=text.encode(), check=True)


def read_file(card: Path, name: str, at: str = "bootconfig") -> bytes | None:
    """Content of a file of a FAT partition; None if missing."""
    offset, _ = partition(card, at)
    done = subprocess.run(["mtype", "-i", f"{card}@@{offset}", f"::/{name}"], capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else None
