"""Checks that a new version has to pass before it stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sproutcast_pi.errors import StoreError
from sproutcast_pi.messages.areas import updates
from sproutcast_pi.messages.message import Message
from sproutcast_pi.services.boot.startup_status import StartupStatus
from sproutcast_pi.services.light_keeper import LightKeeper
from sproutcast_pi.services.updates.preexisting_failures import FAILURE_NOTES, Part
from sproutcast_pi.services.updates.probation import Proof
from sproutcast_pi.store.engine import Store


def update_checks(
    store: Store, keeper: LightKeeper, start: StartupStatus, *, display_connected: Callable[[], bool]
) -> dict[str, Proof]:
    """The checks by part; each returns None when passed, else what is wrong. Without a display the screen passes."""

    def start_proof() -> Message | None:
        return updates.SAFE_MODE() if start.safe else None

    def light() -> Message | None:
        return None if keeper.output_ok else updates.LIGHT_FAILS()

    def writes() -> Message | None:
        try:
            store.ping().result()
        except StoreError as error:
            return updates.STORE_FAILS(reason=error.message)
        return None

    def screen() -> Message | None:
        if not display_connected():
            return None
        drawn = store.query("SELECT 1 FROM health WHERE part = 'screen' AND state = 'ok'")
        return None if drawn else updates.SCREEN_SILENT()

    return {"start": start_proof, "light": light, "store": writes, "screen": screen}


def failed_checks(asked: Mapping[str, Proof]) -> tuple[Part, ...]:
    """What does not work, of all that another version need not bring about."""
    return tuple(part for part in FAILURE_NOTES if asked[part]())
