"""Carry out as root what the unprivileged daemon asked for, one order at a time, and tell how far it is."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from sproutcast_pi import __version__
from sproutcast_pi.services.appliance.orders import (
    PROGRESS,
    Check,
    Commit,
    Install,
    Order,
    Progress,
    Reset,
    Restart,
    RollBack,
    ShutDown,
    write_progress,
)
from sproutcast_pi.services.appliance.reset import wish_reset
from sproutcast_pi.services.updates.bundle import UpdateError
from sproutcast_pi.services.updates.excuses import excused
from sproutcast_pi.services.updates.fetching import carried
from sproutcast_pi.services.updates.install import Updates
from sproutcast_pi.services.updates.ledger import SILENT, close_entry, read_entry
from sproutcast_pi.services.updates.running import board, running
from sproutcast_pi.services.updates.selection import GrubEnvironment, PiFirmware
from sproutcast_pi.services.updates.sources import Found, Mount, found_update, mounted, usb_partitions

SYSTEM = Path("var/lib/sproutcast-system")
RUN = Path("run/sproutcast-system")
DOOR = "fetch.sock"
"""Behind it somebody without rights fetches what is at an address."""
KEY = Path("usr/lib/sproutcast/update-key.pem")
PARTITIONS = Path("dev/disk/by-partlabel")
BOOT_OPTIONS = "rw,nosuid,nodev,noexec,umask=0077,flush"
NEVER_PROVED = "Light, store and screen did not all prove themselves in time."


def told_to(command: tuple[str, ...]) -> None:
    """Run a program of the system; raises UpdateError when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UpdateError(f"{command[0]} failed: {done.stderr.strip()[-200:]}")


class Deputy:
    """Works on the system below `root`; `mount` and `run` are how it reaches devices and programs."""

    def __init__(
        self,
        root: Path = Path("/"),
        *,
        mount: Mount = mounted,
        run: Callable[[tuple[str, ...]], None] = told_to,
        sticks: Callable[[], list[Path]] = usb_partitions,
        version: str = __version__,
    ) -> None:
        self._root = root
        self._mount = mount
        self._run = run
        self._sticks = sticks
        self._version = version
        self._percent = -1

    def carry_out(self, order: Order) -> None:
        """Do it; what goes wrong is told in a sentence, never raised."""
        try:
            self._do(order)
        except UpdateError as error:
            self._tell(Progress(state="failed", message=str(error)))
        except OSError as error:
            self._tell(Progress(state="failed", message=f"The system would not let it be done: {error}."))

    def settle(self) -> None:
        """At boot: note that an update did not stay when the other slot came up in its place."""
        with contextlib.suppress(UpdateError):
            entry = read_entry(self._root / SYSTEM)
            if entry is not None and entry.slot != running(self._root).slot:
                close_entry(self._root / SYSTEM, "failed", SILENT)

    def guard(self) -> None:
        """When an update had time enough to prove itself: go back, unless it has."""
        with contextlib.suppress(UpdateError), self._updates() as updates:
            if updates.unproved():
                self._run(updates.roll_back(NEVER_PROVED))

    def _do(self, order: Order) -> None:
        match order:
            case Check(url=url):
                self._check(url)
            case Install():
                self._install(order)
            case Commit():
                with self._updates() as updates:
                    updates.commit()
                entry = read_entry(self._root / SYSTEM)
                stays = f"Version {self._version} has proved itself and stays."
                self._tell(Progress(state="idle", message=stays + excused(entry.broken if entry else ())))
            case RollBack(reason=reason, broken=broken):
                with self._updates() as updates:
                    command = updates.roll_back(reason, broken)
                self._tell(Progress(state="restarting", message="Restarting into the version before."))
                self._run(command)
            case Reset(keep_pictures=keep):
                wish_reset(self._root / SYSTEM, keep_pictures=keep)
                self._run(("systemctl", "reboot"))
            case Restart():
                self._run(("systemctl", "reboot"))
            case ShutDown():
                self._run(("systemctl", "poweroff"))

    def _check(self, url: str) -> None:
        self._tell(Progress(state="checking", message="Looking for an update."))
        with self._updates() as updates, self._found(url) as found:
            if found is None:
                self._tell(Progress(state="idle", message="There is no update on a stick, and no address is set."))
                return
            manifest = found.bundle.manifest
            if manifest.version == self._version:
                self._tell(Progress(state="idle", message=f"Version {self._version} is the newest."))
                return
            updates.fits(manifest)
            self._tell(self._about(found, "available", f"Version {manifest.version} is ready to be installed."))

    def _install(self, order: Install) -> None:
        self._tell(Progress(state="checking", message="Looking for the update."))
        with self._updates() as updates, self._found(order.url) as found:
            if found is None:
                raise UpdateError("There is no update on a stick, and no address is set.")
            message = f"Version {found.bundle.manifest.version} is being written; the device goes on meanwhile."
            self._percent = -1
            command = updates.install(
                found.bundle, lambda percent: self._tell_percent(found, message, percent), order.broken
            )
            self._tell(self._about(found, "restarting", "Restarting to try the update."))
        self._run(command)

    def _tell_percent(self, found: Found, message: str, percent: float) -> None:
        """Once for each whole percent."""
        if int(percent) > self._percent:
            self._percent = int(percent)
            self._tell(msgspec.structs.replace(self._about(found, "installing", message), percent=float(self._percent)))

    @contextlib.contextmanager
    def _found(self, url: str) -> Iterator[Found | None]:
        door = self._root / RUN / DOOR
        with found_update(
            url,
            self._root / KEY,
            fetch=lambda address: carried(address, door),
            sticks=self._sticks(),
            mount=self._mount,
        ) as found:
            yield found

    @contextlib.contextmanager
    def _updates(self) -> Iterator[Updates]:
        now = running(self._root)
        which = board(self._root)
        with self._mount(self._root / PARTITIONS / "bootconfig", BOOT_OPTIONS) as boot:
            yield Updates(
                now=now,
                version=self._version,
                board=which,
                selection=GrubEnvironment(boot) if which == "virtual" else PiFirmware(boot),
                partitions=self._root / PARTITIONS,
                ledger=self._root / SYSTEM,
            )

    @staticmethod
    def _about(found: Found, state: str, message: str) -> Progress:
        manifest = found.bundle.manifest
        told = {"state": state, "message": message, "version": manifest.version, "source": found.source}
        return msgspec.convert({**told, "notes": manifest.notes or None}, Progress)

    def _tell(self, progress: Progress) -> None:
        write_progress(self._root / RUN / PROGRESS, progress)
