"""The daemon's side: ask the privileged helper, where there is one; on a desk say that there is none."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import appliance, updates
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.messages.message import Message
from sproutcast_pi.services.appliance.helper_protocol import (
    REQUEST_FILE,
    Check,
    Commit,
    HelperRequest,
    Install,
    Reset,
    Restart,
    RollBack,
    ShutDown,
    write_request,
)
from sproutcast_pi.services.boot.start_counter import Intent
from sproutcast_pi.services.updates.preexisting_failures import Part

SYSTEM_RUN = Path("/run/sproutcast-system")
"""The privileged helper's progress file; made as root when the package is installed as a service."""
INTENTS: Mapping[type, Intent] = {Reset: "reset", Restart: "restart", ShutDown: "shut_down", RollBack: "update"}


class HelperFiles(msgspec.Struct, frozen=True, kw_only=True):
    """Where orders go and answers come from; both None where nobody carries out orders."""

    request_path: Path | None = None
    status_folder: Path | None = None

    def request_pending(self) -> bool:
        """Whether an order has not been taken yet."""
        return self.request_path is not None and self.request_path.exists()

    @staticmethod
    def locate(environment: Mapping[str, str] = os.environ, answers: Path = SYSTEM_RUN) -> HelperFiles:
        """As systemd made it, or none."""
        run = environment.get("RUNTIME_DIRECTORY")
        return (
            HelperFiles(request_path=Path(run) / REQUEST_FILE, status_folder=answers)
            if run and answers.is_dir()
            else HelperFiles()
        )


class DeviceControl:
    """What may be asked of the device. Every method returns at once and raises RefusedError with a sentence."""

    def __init__(
        self,
        desk: HelperFiles,
        *,
        url: str,
        intend: Callable[[Intent], None],
        leave_safe_mode: Callable[[], None],
        broken: Callable[[], tuple[Part, ...]] = lambda: (),
        asked: Callable[[], None] = lambda: None,
    ) -> None:
        """`intend` notes why the machine will restart; `asked` notifies the follower of its answers.

        `broken` returns what does not work now, which another version need not bring about.
        """
        self._files = desk
        self._url = url
        self._record_intent = intend
        self._leave_safe_mode = leave_safe_mode
        self._broken = broken
        self.on_request = asked

    def check_for_update(self) -> None:
        """Look on a stick, then at the configured address."""
        self._request(Check(url=self._url))

    def install_update(self) -> None:
        """Install what is there, and restart."""
        self._request(Install(url=self._url, broken=self._broken()))

    def commit_update(self) -> None:
        """Keep the version that runs."""
        self._request(Commit())

    def roll_back_update(self, reason: Message | None = None) -> None:
        """Restart into the other slot."""
        self._request(RollBack(reason=reason or updates.OWNER_ASKED(), broken=self._broken()))

    def factory_reset(self, keep_pictures: bool) -> None:
        """Restart with a factory reset."""
        self._request(Reset(keep_pictures=keep_pictures))

    def restart(self) -> None:
        """Restart the machine."""
        self._request(Restart())

    def shut_down(self) -> None:
        """Switch the machine off."""
        self._request(ShutDown())

    def leave_safe_mode(self) -> None:
        """Try everything again."""
        self._leave_safe_mode()

    def _request(self, order: HelperRequest) -> None:
        path = self._files.request_path
        if path is None:
            raise RefusedError(appliance.NO_APPLIANCE(), code="unavailable")
        if self._files.request_pending():
            raise RefusedError(appliance.BUSY(), code="conflict")
        try:
            write_request(path, order)
        except OSError as error:
            raise RefusedError(appliance.NOT_REQUESTED(reason=cause(error)), code="unavailable") from error
        if type(order) in INTENTS:
            self._record_intent(INTENTS[type(order)])
        self.on_request()
