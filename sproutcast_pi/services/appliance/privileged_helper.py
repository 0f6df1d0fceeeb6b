"""Carry out as root what the unprivileged daemon asked for, one order at a time, and report progress."""

from __future__ import annotations

import contextlib
import logging
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from sproutcast_pi import __version__
from sproutcast_pi.messages.areas import updates
from sproutcast_pi.messages.areas.causes import cause, reported
from sproutcast_pi.messages.areas.text import sentences, verbatim
from sproutcast_pi.messages.message import Message
from sproutcast_pi.services.appliance.factory_reset import request_reset
from sproutcast_pi.services.appliance.helper_protocol import (
    PROGRESS_FILE,
    Check,
    Commit,
    HelperProgress,
    HelperRequest,
    Install,
    Reset,
    Restart,
    RollBack,
    ShutDown,
    State,
    write_progress,
)
from sproutcast_pi.services.updates.boot_slot import board_type, read_boot_slot
from sproutcast_pi.services.updates.bootloader import GrubEnvironment, PiFirmware
from sproutcast_pi.services.updates.bundle import UpdateError
from sproutcast_pi.services.updates.card import CardPartitions, SlotPartitions
from sproutcast_pi.services.updates.download_helper import downloaded
from sproutcast_pi.services.updates.install import UpdateInstaller
from sproutcast_pi.services.updates.owner_config import SHIPPED, carry_owner_config
from sproutcast_pi.services.updates.preexisting_failures import preexisting_notes
from sproutcast_pi.services.updates.sources import FoundUpdate, Mount, find_update, mounted, usb_partitions
from sproutcast_pi.services.updates.update_state import finish_update, read_update_state
from sproutcast_pi.shown_name import shown_name

SYSTEM = Path("var/lib/sproutcast-system")
RUN = Path("run/sproutcast-system")
DOWNLOAD_SOCKET = "fetch.sock"
"""Behind it somebody without rights fetches what is at an address."""
KEY = Path("usr/lib/sproutcast/update-key.pem")
BOOT_OPTIONS = "rw,nosuid,nodev,noexec,umask=0077,flush"
MAX_NOTES = 1000
"""Characters of an update's notes that are passed on."""
LOG = logging.getLogger(__name__)


def run_command(command: tuple[str, ...]) -> None:
    """Run a program of the system; raises UpdateError when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UpdateError(updates.PROGRAM_FAILED(program=command[0], reason=reported(done.stderr)))


class PrivilegedHelper:
    """Works on the system below `root`; `mount` and `run` are how it reaches devices and programs."""

    def __init__(
        self,
        root: Path = Path("/"),
        *,
        mount: Mount = mounted,
        run: Callable[[tuple[str, ...]], None] = run_command,
        sticks: Callable[[], list[Path]] = usb_partitions,
        version: str = __version__,
    ) -> None:
        self._root = root
        self._mount = mount
        self._run = run
        self._usb_partitions = sticks
        self._version = version
        self._percent = -1

    def execute(self, order: HelperRequest) -> None:
        """Do it; errors are reported as a message, never raised."""
        try:
            self._dispatch(order)
        except UpdateError as error:
            self._report(HelperProgress(state="failed", message=error.message))
        except OSError as error:
            self._report(HelperProgress(state="failed", message=updates.SYSTEM_REFUSED(reason=cause(error))))
        except Exception as error:
            # Whatever a stranger's file brought about, nobody may wait for an answer for ever.
            LOG.exception("%s could not be carried out", type(order).__name__)
            reason = shown_name(str(error)[:200]) or type(error).__name__
            self._report(HelperProgress(state="failed", message=updates.NOT_DONE(reason=verbatim(reason))))

    def record_failed_update(self) -> None:
        """At boot: note that an update did not stay when the other slot came up in its place."""
        with contextlib.suppress(UpdateError):
            entry = read_update_state(self._root / SYSTEM)
            if entry is not None and entry.slot != read_boot_slot(self._root).slot:
                finish_update(self._root / SYSTEM, "failed", updates.DID_NOT_START())

    def enforce_trial_timeout(self) -> None:
        """When an update had time enough to prove itself: go back, unless it has."""
        with contextlib.suppress(UpdateError), self._installer() as installer:
            if installer.is_on_trial():
                self._run(installer.roll_back(updates.TRIAL_TIMED_OUT()))

    def _dispatch(self, order: HelperRequest) -> None:
        match order:
            case Check(url=url):
                self._check(url)
            case Install():
                self._install(order)
            case Commit():
                with self._installer() as installer:
                    installer.commit()
                entry = read_update_state(self._root / SYSTEM)
                notes = preexisting_notes(entry.broken if entry else ())
                stays = sentences(updates.STAYS(version=self._version), *notes)
                self._report(HelperProgress(state="idle", message=stays))
            case RollBack(reason=reason, broken=broken):
                with self._installer() as installer:
                    command = installer.roll_back(reason, broken)
                self._report(HelperProgress(state="restarting", message=updates.RESTARTING_BACK()))
                self._run(command)
            case Reset(keep_pictures=keep):
                request_reset(self._root / SYSTEM, keep_pictures=keep)
                self._run(("systemctl", "reboot"))
            case Restart():
                self._run(("systemctl", "reboot"))
            case ShutDown():
                self._run(("systemctl", "poweroff"))

    def _check(self, url: str) -> None:
        self._report(HelperProgress(state="checking", message=updates.LOOKING()))
        with self._installer() as installer, self._find_update(url) as found:
            if found is None:
                self._report(HelperProgress(state="idle", message=updates.NONE_FOUND()))
                return
            manifest = found.bundle.manifest
            if manifest.version == self._version:
                self._report(HelperProgress(state="idle", message=updates.NEWEST(version=self._version)))
                return
            installer.check_compatible(manifest)
            self._report(self._progress(found, "available", updates.READY(version=manifest.version)))

    def _install(self, order: Install) -> None:
        self._report(HelperProgress(state="checking", message=updates.LOOKING()))
        with self._installer() as installer, self._find_update(order.url) as found:
            if found is None:
                raise UpdateError(updates.NONE_FOUND())
            message = updates.WRITING(version=found.bundle.manifest.version)
            self._percent = -1
            command = installer.install(
                found.bundle, lambda percent: self._report_percent(found, message, percent), order.broken
            )
            self._report(self._progress(found, "restarting", updates.RESTARTING()))
        self._run(command)

    def _report_percent(self, found: FoundUpdate, message: Message, percent: float) -> None:
        """Once for each whole percent."""
        if int(percent) > self._percent:
            self._percent = int(percent)
            self._report(
                msgspec.structs.replace(self._progress(found, "installing", message), percent=float(self._percent))
            )

    @contextlib.contextmanager
    def _find_update(self, url: str) -> Iterator[FoundUpdate | None]:
        socket_path = self._root / RUN / DOWNLOAD_SOCKET
        with find_update(
            url,
            self._root / KEY,
            fetch=lambda address: downloaded(address, socket_path),
            sticks=self._usb_partitions(),
            mount=self._mount,
        ) as found:
            yield found

    @contextlib.contextmanager
    def _installer(self) -> Iterator[UpdateInstaller]:
        now = read_boot_slot(self._root)
        which = board_type(self._root)
        card = CardPartitions(self._root, which, now.slot)
        with self._mount(card.boot_config, BOOT_OPTIONS) as boot:
            virtual = which == "virtual"
            yield UpdateInstaller(
                now=now,
                version=self._version,
                board=which,
                selection=GrubEnvironment(boot) if virtual else PiFirmware(boot),
                card=card,
                ledger=self._root / SYSTEM,
                prepare=self._keep_owner_config,
            )

    def _keep_owner_config(self, running: SlotPartitions, written: SlotPartitions) -> None:
        if board_type(self._root) == "virtual":
            return  # GRUB has no such file
        carry_owner_config(running.boot, written.boot, self._root / SHIPPED, self._mount)

    @staticmethod
    def _progress(found: FoundUpdate, state: State, message: Message) -> HelperProgress:
        manifest = found.bundle.manifest
        return HelperProgress(
            state=state,
            message=message,
            version=manifest.version,
            notes=manifest.notes[:MAX_NOTES] or None,
            source=found.source,
        )

    def _report(self, progress: HelperProgress) -> None:
        write_progress(self._root / RUN / PROGRESS_FILE, progress)
