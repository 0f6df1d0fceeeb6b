"""A card image seen from outside: copied as if flashed, its FAT partitions read and written while no guest uses it."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from pathlib import Path


class CardError(Exception):
    """The card is not what was expected."""


def fresh_card(image: Path, work: Path, *, size: str = "4G", extra: str = "sproutcast.check") -> Path:
    """A copy of the image on a larger card, as after flashing; sparse, so it is quick. `extra` goes to the kernel."""
    work.mkdir(parents=True, exist_ok=True)
    card = work / "card.img"
    subprocess.run(["cp", "--sparse=always", str(image), str(card)], check=True)
    os.truncate(card, int(size.removesuffix("G")) << 30)
    write_file(card, "extra.cfg", f'set extra="{extra}"\n')
    return card


def dropin(unit: str, text: str) -> str:
    """The kernel's word that gives a systemd unit of the guest a drop-in, for one start and without a file."""
    return f"systemd.set_credential_binary=systemd.unit-dropin.{unit}:{base64.b64encode(text.encode()).decode()}"


def partition(card: Path, name: str) -> tuple[int, int]:
    """Where a partition lies: offset and size in bytes."""
    table = json.loads(subprocess.run(["sfdisk", "-J", str(card)], capture_output=True, check=True).stdout)
    for entry in table["partitiontable"]["partitions"]:
        if entry["name"] == name:
            return entry["start"] * 512, entry["size"] * 512
    raise CardError(f"{card} has no partition {name}")


def matching_share(card: Path, name: str, image: Path) -> float:
    """How much of an image, 0 to 1, a partition holds from its start to the first difference."""
    offset, _ = partition(card, name)
    same = 0
    with card.open("rb") as file, image.open("rb") as wanted:
        file.seek(offset)
        while (block := wanted.read(1 << 20)) and file.read(len(block)) == block:
            same += len(block)
    return same / image.stat().st_size


def erase_partition(card: Path, name: str) -> None:
    """Make a partition empty, so that what is found there afterwards was written since."""
    offset, size = partition(card, name)
    hole = ["fallocate", "--punch-hole", "--offset", str(offset), "--length", str(size), str(card)]
    subprocess.run(hole, check=True)


def write_file(card: Path, name: str, text: str, at: str = "bootconfig") -> None:
    """Write a file to a FAT partition of a card that no guest is using."""
    offset, _ = partition(card, at)
    subprocess.run(["mcopy", "-o", "-i", f"{card}@@{offset}", "-", f"::/{name}"], input=text.encode(), check=True)


def read_file(card: Path, name: str, at: str = "bootconfig") -> bytes | None:
    """A file of a FAT partition; None when it is not there."""
    offset, _ = partition(card, at)
    done = subprocess.run(["mtype", "-i", f"{card}@@{offset}", f"::/{name}"], capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else None
