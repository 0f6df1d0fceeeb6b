"""Builds the control of the whole device: requests for updates and restarts, and what publishes their state."""

from __future__ import annotations

from pathlib import Path

import msgspec

from sproutcast_pi import __version__
from sproutcast_pi.app.context import DaemonContext
from sproutcast_pi.hardware.displays import display_connected
from sproutcast_pi.services.appliance.device_control import SYSTEM_RUN, DeviceControl, HelperFiles
from sproutcast_pi.services.appliance.update_status import UpdateStatusPublisher
from sproutcast_pi.services.supervisor import Wakeable
from sproutcast_pi.services.updates.boot_slot import BootSlot, read_boot_slot
from sproutcast_pi.services.updates.bundle import UpdateError
from sproutcast_pi.services.updates.probation import Probation
from sproutcast_pi.services.updates.update_checks import failed_checks, update_checks
from sproutcast_pi.services.updates.update_state import read_update_state
from sproutcast_pi.store.engine import Store

SYSTEM_STATE = Path("/var/lib/sproutcast-system")


class DeviceServices(msgspec.Struct, frozen=True, kw_only=True):
    """Control of the device, and the services that have to run for it."""

    control: DeviceControl
    services: list[Wakeable]


def build_device_services(context: DaemonContext, store: Store) -> DeviceServices:
    """Build them; on a desk nobody acts on requests, and the version is all there is to show."""
    options, clock, start = context.settings.updates, context.clock, context.startup
    desk = HelperFiles.locate()
    asked = update_checks(store, context.keeper, start, display_connected=display_connected)
    appliance = DeviceControl(
        desk,
        url=options.url,
        intend=start.record_intent,
        leave_safe_mode=context.leave_safe_mode,
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
        report=follower.set_trial_status,
        commit=appliance.commit_update,
        roll_back=appliance.roll_back_update,
    )
    return DeviceServices(control=appliance, services=[follower, probation])


def _boot_slot() -> BootSlot | None:
    try:
        return read_boot_slot()
    except UpdateError:
        return None
