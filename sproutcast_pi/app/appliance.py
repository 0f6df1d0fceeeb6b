"""What concerns the whole device: whom to ask for an update or a restart, and the services that follow it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from sproutcast_pi import __version__
from sproutcast_pi.config.settings import UpdateOptions
from sproutcast_pi.errors import RefusedError
from sproutcast_pi.ports import Clock
from sproutcast_pi.services.appliance.device_control import SYSTEM_RUN, DeviceControl, HelperFiles
from sproutcast_pi.services.boot.startup_status import StartupStatus
from sproutcast_pi.services.light_keeper import LightKeeper
from sproutcast_pi.services.supervisor import Wakeable
from sproutcast_pi.services.updates.boot_slot import BootSlot, read_boot_slot
from sproutcast_pi.services.updates.bundle import UpdateError
from sproutcast_pi.services.updates.preexisting_failures import FAILURE_NOTES, Part
from sproutcast_pi.services.updates.probation import Probation, Proof
from sproutcast_pi.services.updates.update_state import read_update_state
from sproutcast_pi.services.updates.update_status import UpdateStatusPublisher
from sproutcast_pi.store.engine import INTERNAL, Store

SYSTEM_STATE = Path("/var/lib/sproutcast-system")
DISPLAY_DEVICES = Path("/dev/dri")


class DeviceServices(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to ask, and what has to run for it."""

    control: DeviceControl
    services: list[Wakeable]


def build_device_services(
    *,
    options: UpdateOptions,
    store: Store,
    clock: Clock,
    keeper: LightKeeper,
    start: StartupStatus,
    leave_safe_mode: Callable[[], None],
) -> DeviceServices:
    """Build them; on a desk nobody carries anything out, and the version is all there is to show."""
    desk = HelperFiles.locate()
    asked = update_checks(store, keeper, start)
    appliance = DeviceControl(
        desk,
        url=options.url,
        intend=start.record_intent,
        leave_safe_mode=leave_safe_mode,
        broken=lambda: failed_checks(asked) if start.settled else (),
    )
    now = _boot_slot()
    follower = UpdateStatusPublisher(
        store=store,
        clock=clock,
        version=__version__,
        running=now,
        answers=desk.status_folder or SYSTEM_RUN,
        system=SYSTEM_STATE,
        check=appliance.check_for_update,
        check_every_s=options.check_h * 3600 if options.url else 0.0,
        note=lambda message: start.events.record("update", message),
    )
    appliance.on_request = follower.expect_response
    if now is None or not now.trying:
        return DeviceServices(control=appliance, services=[follower])
    tried = read_update_state(SYSTEM_STATE)
    probation = Probation(
        clock=clock,
        proofs=asked,
        broken=tried.broken if tried else (),
        tell=follower.set_trial_status,
        commit=appliance.commit_update,
        roll_back=appliance.roll_back_update,
    )
    return DeviceServices(control=appliance, services=[follower, probation])


def update_checks(
    store: Store, keeper: LightKeeper, start: StartupStatus, *, displays: Path = DISPLAY_DEVICES
) -> dict[str, Proof]:
    """What an update has to show before it stays."""

    def start_proof() -> str | None:
        return "The program failed three times in a row and runs in safe mode." if start.safe else None

    def light() -> str | None:
        return None if keeper.output_ok else "The lamp's output can't be driven."

    def writes() -> str | None:
        try:
            store.call("clear_health", {"part": "none"}, caller=INTERNAL)
        except RefusedError as error:
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


def _boot_slot() -> BootSlot | None:
    try:
        return read_boot_slot()
    except UpdateError:
        return None
