"""Where updates come from: a USB stick first, then the configured address. Read as a stream, never kept."""

from __future__ import annotations

import contextlib
import itertools
import os
import stat
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Literal

import msgspec

from sproutcast_pi.messages.areas import updates
from sproutcast_pi.messages.areas.causes import cause, reported
from sproutcast_pi.messages.areas.text import sentences
from sproutcast_pi.messages.message import Message
from sproutcast_pi.services.updates.bundle import Bundle, UpdateError, is_newer
from sproutcast_pi.services.updates.download_helper import Fetch
from sproutcast_pi.shown_name import shown_name

BUNDLE_SUFFIX = ".sproutcast"
MAX_BUNDLES = 50
"""Files of that ending that are looked at on one stick."""
MAX_FAULTS = 3
"""Bad ones that are named."""
BLOCK_DEVICES = Path("/sys/class/block")

Source = Literal["usb", "url"]
Mount = Callable[[Path, str], AbstractContextManager[Path]]


class FoundUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """An update the maker signed, opened up to its first image."""

    bundle: Bundle
    source: Source


@contextlib.contextmanager
def mounted(device: Path, options: str) -> Iterator[Path]:
    """A partition, mounted for as long as it is looked at. Raises UpdateError."""
    with tempfile.TemporaryDirectory(prefix="sproutcast-") as place:
        try:
            done = subprocess.run(
                ["mount", "-o", options, str(device), place],
                capture_output=True,
                text=True,
                errors="replace",
                timeout=60,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise UpdateError(updates.STICK_SILENT(device=device.name)) from error
        if done.returncode:
            raise UpdateError(updates.UNREADABLE(file=device.name, reason=reported(done.stderr)))
        try:
            yield Path(place)
        finally:
            subprocess.run(["umount", place], timeout=120, check=False)


def usb_partitions(devices: Path = BLOCK_DEVICES) -> list[Path]:
    """What is plugged in: partitions of USB disks, and disks that have none."""
    names = sorted(path.name for path in devices.iterdir() if "/usb" in str(path.resolve()))
    whole = {name for name in names if not (devices / name / "partition").exists()}
    split = {disk for disk in whole if any(name != disk and name.startswith(disk) for name in names)}
    return [Path("/dev", name) for name in names if name not in split]


@contextlib.contextmanager
def find_update(
    url: str, key: Path, *, fetch: Fetch, sticks: Sequence[Path] = (), mount: Mount = mounted
) -> Iterator[FoundUpdate | None]:
    """The newest update on the sticks, else the one at `url`, else None.

    Raises UpdateError with a sentence when there is a file, but none that may be installed.
    """
    with contextlib.ExitStack() as stack:
        faults: list[Message] = []
        for stick in sticks:
            try:
                place = stack.enter_context(mount(stick, "ro,nosuid,nodev,noexec"))
            except UpdateError as error:
                faults.append(error.message)
                continue
            best, bad = _newest(place, key)
            faults += bad
            if best is not None:
                stream = stack.enter_context(open_file(best))
                yield FoundUpdate(bundle=Bundle(stream, shown_name(best.name), key), source="usb")
                return
        if url:
            name = shown_name(url.rsplit("/", 1)[-1][:100])
            yield FoundUpdate(bundle=Bundle(stack.enter_context(fetch(url)), name, key), source="url")
        elif faults:
            raise UpdateError(_summary(faults))
        else:
            yield None


def _newest(place: Path, key: Path) -> tuple[Path | None, list[Message]]:
    best = None
    faults: list[Message] = []
    paths = sorted(itertools.islice(place.glob(f"*{BUNDLE_SUFFIX}"), MAX_BUNDLES))
    for path in paths:
        try:
            with open_file(path) as stream:
                version = Bundle(stream, shown_name(path.name), key).manifest.version
        except UpdateError as error:
            faults.append(error.message)
            continue
        except OSError as error:
            faults.append(updates.UNREADABLE(file=shown_name(path.name), reason=cause(error)))
            continue
        if best is None or is_newer(version, best[0]):
            best = (version, path)
    return (best[1] if best else None), faults


def open_file(path: Path) -> IO[bytes]:
    """A plain file, open for reading. Raises UpdateError for a pipe, a device or a link: a stick is a stranger's."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise UpdateError(updates.NOT_A_FILE(file=shown_name(path.name)))
    return os.fdopen(descriptor, "rb")


def _summary(faults: list[Message]) -> Message:
    rest = len(faults) - MAX_FAULTS
    return sentences(*faults[:MAX_FAULTS], updates.MORE_UNUSABLE(n=rest) if rest > 0 else None)
