"""Borders of files: updates, backups and photographs of strangers, read in a process of their own that is measured.

Each function takes one input, returns what is wrong with how it was taken ("" when nothing is), and is timed.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from sproutcast_pi.errors import RefusedError, SproutcastError, StoreError
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.services.updates.bundle import Bundle, UpdateError
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.backup import restore_backup
from sproutcast_pi.store.engine import Store
from sproutcast_pi.store.paths import DATABASE, PICTURES

LONGEST_S = 20.0
"""On a machine that others share; each takes milliseconds, a photograph tenths of a second."""


class Taken(NamedTuple):
    """How one input was taken."""

    fault: str
    seconds: float
    peak_mb: int


def take_update(data: bytes, endless: bool, key: str) -> Taken:
    """Read an update from a stream, which goes on for ever after `data` where it is `endless`, and install it."""

    def act() -> str:
        with tempfile.TemporaryDirectory() as folder:
            targets = {"boot": Path(folder, "boot"), "system": Path(folder, "system")}
            for target in targets.values():
                target.write_bytes(bytes(300_000))
            stream = _Endless(data) if endless else io.BytesIO(data)
            try:
                Bundle(stream, "x.sproutcast", Path(key)).write(targets)
            except UpdateError as refused:
                return _sentence_fault(str(refused))
            return "" if _is_good(targets) else "something was installed that its maker did not sign"

    return _measured(act)


def take_backup(data: bytes, hole: int, home: str) -> Taken:
    """Restore a backup, whose file goes on for `hole` bytes of zeros, over a copy of the data folder `home`."""

    def act() -> str:
        with tempfile.TemporaryDirectory() as folder:
            here, backup = Path(folder, "data"), Path(folder, "b.tar")
            shutil.copytree(home, here)
            with backup.open("wb") as file:
                file.write(data)
                file.truncate(len(data) + hole)
            before = _digest(here / DATABASE)
            try:
                restore_backup(backup, here / DATABASE, here / PICTURES, datetime.now(UTC))
            except StoreError as refused:
                if _digest(here / DATABASE) != before:
                    return f"refused ({refused}), and yet the database is another"
                return _sentence_fault(str(refused))
            return _unusable(here / DATABASE)

    return _measured(act)


def take_photograph(data: bytes) -> Taken:
    """Measure a photograph as `analyze` does."""
    from sproutcast_pi.commands.analyze import _Task, analyze_one  # noqa: PLC0415 - loads OpenCV

    def act() -> str:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "p.jpg")
            file.write_bytes(data)
            answer = analyze_one(_Task(str(file), "p.jpg", f"{folder}/m.png", f"{folder}/o.jpg"), {})
            return _sentence_fault(answer["error"]) if "error" in answer else ""

    return _measured(act)


class _Endless(io.RawIOBase):
    """Some bytes, then zeros without end."""

    def __init__(self, head: bytes) -> None:
        super().__init__()
        self._head = head

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= 1 << 20:
            raise AssertionError(f"{size} bytes asked for at once")
        data, self._head = self._head[:size], self._head[size:]
        return data + bytes(size - len(data))


def peak_mb(pid: int | str) -> int:
    """The most memory a process has had since its program began, MB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) // 1000 for line in lines if line.startswith("VmHWM"))


def _measured(act: Callable[[], str]) -> Taken:
    began = time.monotonic()
    try:
        fault = act()
    except Exception as error:  # noqa: BLE001 - anything but a refusal is a fault of ours
        fault = f"internal: {error!r}"
    seconds = time.monotonic() - began
    if not fault and seconds > LONGEST_S:
        fault = f"it took {seconds:.1f} s"
    return Taken(fault, seconds, peak_mb("self"))


def _sentence_fault(sentence: str) -> str:
    shown = sentence.encode("utf-8", "replace").decode()
    return "" if sentence == shown and 0 < len(sentence) < 1000 else f"no sentence: {shown[:300]!r}"


def _is_good(targets: dict[str, Path]) -> bool:
    from tests.services.updates.helpers import BOOT, SYSTEM  # noqa: PLC0415 - only where something was installed

    return targets["boot"].read_bytes().startswith(BOOT) and targets["system"].read_bytes().startswith(SYSTEM)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _unusable(database: Path) -> str:
    """What is wrong with a database that was restored: it must open, and take what its owner does."""
    try:
        store = Store(database, clock=FakeClock(), device="spr-0123456789ab")
    except SproutcastError as error:
        return f"restored, and can't be opened: {error}"
    try:
        if store.opened.trouble:
            return f"restored, and set aside at the next start: {english(store.opened.trouble)}"
        from tests.store.helpers import OWNER  # noqa: PLC0415 - only where something was restored

        store.call("set_setting", {"name": "ui.tick", "value": 1}, caller=OWNER)
        list(store.query("SELECT * FROM plant"))
    except RefusedError as refused:
        return f"restored, and no call is taken: {refused}"
    finally:
        store.close()
    return ""
