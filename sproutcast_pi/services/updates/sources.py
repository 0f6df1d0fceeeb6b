"""Where updates come from: a USB stick first, then the configured address. Read as a stream, never kept."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal

import msgspec

from sproutcast_pi.services.updates.bundle import Bundle, UpdateError, is_newer
from sproutcast_pi.services.updates.download_helper import Fetch

BUNDLE_SUFFIX = ".sproutcast"
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
        done = subprocess.run(
            ["mount", "-o", options, str(device), place], capture_output=True, text=True, timeout=60, check=False
        )
        if done.returncode:
            raise UpdateError(f"{device.name} can't be read: {done.stderr.strip()[-200:]}")
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
        faults: list[str] = []
        for stick in sticks:
            try:
                place = stack.enter_context(mount(stick, "ro,nosuid,nodev,noexec"))
            except UpdateError as error:
                faults.append(str(error))
                continue
            best, bad = _newest(place, key)
            faults += bad
            if best is not None:
                stream = stack.enter_context(best.open("rb"))
                yield FoundUpdate(bundle=Bundle(stream, best.name, key), source="usb")
                return
        if url:
            yield FoundUpdate(bundle=Bundle(stack.enter_context(fetch(url)), url.rsplit("/", 1)[-1], key), source="url")
        elif faults:
            raise UpdateError(" ".join(faults))
        else:
            yield None


def _newest(place: Path, key: Path) -> tuple[Path | None, list[str]]:
    best, faults = None, []
    for path in sorted(place.glob(f"*{BUNDLE_SUFFIX}")):
        try:
            with path.open("rb") as stream:
                version = Bundle(stream, path.name, key).manifest.version
        except (OSError, UpdateError) as error:
            faults.append(str(error))
            continue
        if best is None or is_newer(version, best[0]):
            best = (version, path)
    return (best[1] if best else None), faults
