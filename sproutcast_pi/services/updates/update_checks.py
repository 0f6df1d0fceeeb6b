"""Checks that a new version has to pass before it stays."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sproutcast_pi.errors import StoreError
from sproutcast_pi.services.boot.startup_status import StartupStatus
from sproutcast_pi.services.light_keeper import LightKeeper
from sproutcast_pi.services.updates.preexisting_failures import FAILURE_NOTES, Part
from sproutcast_pi.services.updates.probation import Proof
from sproutcast_pi.store.engine import Store

DISPLAY_DEVICES = Path("/dev/dri")


def update_checks(
    store: Store, keeper: LightKeeper, start: StartupStatus, *, displays: Path = DISPLAY_DEVICES
) -> dict[str, Proof]:
    """The checks by part; each returns None when passed, else a sentence."""

    def start_proof() -> str | None:
        return "The program failed three times in a row and runs in safe mode." if start.safe else None

    def light() -> str | None:
        return None if keeper.output_ok else "The lamp's output can't be driven."

    def writes() -> str | None:
        try:
            store.ping().result()
        except StoreError as error:
            return f"The database can't be written: {error}."
        return None

    def screen() -> str | None:
        if not any(displays.glob("card*")):
            return None
        drawn = store.query("SELECT 1 FROM health WHERE part = 'screen' AND state = 'ok'")
        return None if drawn else "The screen has not said that it is drawn."

    return {"start": start_proof, "light": light, "store": writes, "screen": screen}


def failed_checks(asked: Mapping[str, Proof]) -> tuple[Part, ...]:
    """What does not work, of all that another version need not bring about."""
    return tuple(part for part in FAILURE_NOTES if asked[part]())
