"""The daemon's side: ask the deputy, where there is one; on a desk say that there is none."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.services.appliance.orders import (
    ORDER,
    Check,
    Commit,
    Install,
    Order,
    Reset,
    Restart,
    RollBack,
    ShutDown,
    write_order,
)
from sproutcast_pi.services.boot.starts import Intent
from sproutcast_pi.services.updates.excuses import Part

SYSTEM_RUN = Path("/run/sproutcast-system")
"""Where the deputy tells how far it is; made as root when the package is installed as a service."""
INTENTS: Mapping[type, Intent] = {Reset: "reset", Restart: "restart", ShutDown: "shut_down", RollBack: "update"}


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """Where orders go and answers come from; both None where nobody carries out orders."""

    order: Path | None = None
    answers: Path | None = None

    def waiting(self) -> bool:
        """Whether an order has not been taken yet."""
        return self.order is not None and self.order.exists()

    @staticmethod
    def found(environment: Mapping[str, str] = os.environ, answers: Path = SYSTEM_RUN) -> Desk:
        """As systemd made it, or none."""
        run = environment.get("RUNTIME_DIRECTORY")
        return Desk(order=Path(run) / ORDER, answers=answers) if run and answers.is_dir() else Desk()


class Appliance:
    """What may be asked of the device. Every method returns at once and raises RefusedError with a sentence."""

    def __init__(
        self,
        desk: Desk,
        *,
        url: str,
        intend: Callable[[Intent], None],
        leave_safe_mode: Callable[[], None],
        broken: Callable[[], tuple[Part, ...]] = lambda: (),
        asked: Callable[[], None] = lambda: None,
    ) -> None:
        """`intend` notes why the machine will restart; `asked` tells whoever follows the deputy's answers.

        `broken` tells what does not work now, which another version need not bring about.
        """
        self._desk = desk
        self._url = url
        self._intend = intend
        self._leave_safe_mode = leave_safe_mode
        self._broken = broken
        self.asked = asked

    def check_for_update(self) -> None:
        """Look on a stick, then at the configured address."""
        self._ask(Check(url=self._url))

    def install_update(self) -> None:
        """Install what is there, and restart."""
        self._ask(Install(url=self._url, broken=self._broken()))

    def commit_update(self) -> None:
        """Keep the version that runs."""
        self._ask(Commit())

    def roll_back_update(self, reason: str = "The owner asked for the version before.") -> None:
        """Restart into the other slot."""
        self._ask(RollBack(reason=reason, broken=self._broken()))

    def factory_reset(self, keep_pictures: bool) -> None:
        """Restart and begin anew."""
        self._ask(Reset(keep_pictures=keep_pictures))

    def restart(self) -> None:
        """Restart the machine."""
        self._ask(Restart())

    def shut_down(self) -> None:
        """Switch the machine off."""
        self._ask(ShutDown())

    def leave_safe_mode(self) -> None:
        """Try everything again."""
        self._leave_safe_mode()

    def _ask(self, order: Order) -> None:
        path = self._desk.order
        if path is None:
            raise RefusedError("This is not the appliance: nobody here may change the system.", code="unavailable")
        if self._desk.waiting():
            raise RefusedError("The device is busy with what was asked before; wait a moment.", code="conflict")
        try:
            write_order(path, order)
        except OSError as error:
            raise RefusedError(f"This could not be asked for: {error.strerror}.", code="unavailable") from error
        if type(order) in INTENTS:
            self._intend(INTENTS[type(order)])
        self.asked()
