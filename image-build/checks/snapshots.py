"""Snapshots of a paused guest's card, inspected on the host as after a power cut."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from card_image import partition, read_file
from guest import Guest, GuestError

INSPECTOR = Path(__file__).parent / "inside" / "inspector.py"
STATE_FOLDER = "/state/var/lib/sproutcast"
UNCORRECTED = 4
"""e2fsck(8): from this exit status on, errors were left in the file system."""


class Snapshots:
    """Snapshots of data partition and boot environment of a running guest."""

    def __init__(self, card: Path, work: Path) -> None:
        self._card = card
        self._file_system = work / "still.ext4"
        self._folder = work / "still"

    def take(self, guest: Guest) -> bytes | None:
        """Copy the data partition while the guest is paused; returns the boot environment."""
        guest.qmp("stop")
        try:
            self._copy()
            return read_file(self._card, "grubenv")
        finally:
            guest.qmp("cont")

    def inspect(self) -> dict[str, Any]:
        """Repair the copied file system as a start would and inspect its store; raises GuestError."""
        mended = subprocess.run(["e2fsck", "-p", str(self._file_system)], capture_output=True, text=True, check=False)
        if mended.returncode >= UNCORRECTED:
            raise GuestError(f"the file system was damaged: {mended.stdout}")
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        dump = f"rdump {STATE_FOLDER} {self._folder}"
        subprocess.run(["debugfs", "-R", dump, str(self._file_system)], capture_output=True, check=True)
        store = self._folder / Path(STATE_FOLDER).name
        looked = subprocess.run([sys.executable, INSPECTOR, store], capture_output=True, text=True, check=False)
        if looked.returncode:
            raise GuestError(f"the store can't be opened: {looked.stderr[-500:]}")
        found: dict[str, Any] = json.loads(looked.stdout)
        return found

    def _copy(self) -> None:
        """Copy only the allocated blocks of a sparse card."""
        self._file_system.unlink(missing_ok=True)
        # Read again: the first start grows the partition to its card.
        offset, size = partition(self._card, "persistent")
        end = offset + size
        with self._card.open("rb") as card, self._file_system.open("wb") as copy:
            copy.truncate(size)
            at = offset
            while at < end:
                try:
                    first = os.lseek(card.fileno(), at, os.SEEK_DATA)
                except OSError:
                    break
                at = min(os.lseek(card.fileno(), first, os.SEEK_HOLE), end)
                card.seek(first)
                copy.seek(first - offset)
                while first < at:
                    first += copy.write(card.read(min(1 << 20, at - first)))
