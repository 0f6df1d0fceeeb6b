"""What concerns the whole device: whom to ask for an update or a restart, and the services that follow it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from sproutcast_pi import __version__
from sproutcast_pi.config.settings import UpdateOptions
from sproutcast_pi.errors import RefusedError
from sproutcast_pi.ports import Clock
from sproutcast_pi.services.appliance.asking import SYSTEM_RUN, Appliance, Desk
from sproutcast_pi.services.boot.start import Start
from sproutcast_pi.services.keep_running import Wakeable
from sproutcast_pi.services.light_keeper import LightKeeper
from sproutcast_pi.services.updates.bundle import UpdateError
from sproutcast_pi.services.updates.excuses import EXCUSES, Part
from sproutcast_pi.services.updates.follower import UpdateFollower
from sproutcast_pi.services.updates.ledger import read_entry
from sproutcast_pi.services.updates.probation import Probation, Proof
from sproutcast_pi.services.updates.running import Running, running
from sproutcast_pi.store.engine import INTERNAL, Store

SYSTEM = Path("/var/lib/sproutcast-system")
DISPLAYS = Path("/dev/dri")


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to ask, and what has to run for it."""

    appliance: Appliance
    services: list[Wakeable]


def build_device(
    *,
    options: UpdateOptions,
    store: Store,
    clock: Clock,
    keeper: LightKeeper,
    start: Start,
    leave_safe_mode: Callable[[], None],
) -> Device:
    """Build them; on a desk nobody carries anything out, and the version is all there is to show."""
    desk = Desk.found()
    asked = proofs(store, keeper, start)
    appliance = Appliance(
        desk,
        url=options.url,
        intend=start.intend,
        leave_safe_mode=leave_safe_mode,
        broken=lambda: broken(asked) if start.settled else (),
    )
    now = _running()
    follower = UpdateFollower(
        store=store,
        clock=clock,
        version=__version__,
        running=now,
        answers=desk.answers or SYSTEM_RUN,
        system=SYSTEM,
        check=appliance.check_for_update,
        check_every_s=options.check_h * 3600 if options.url else 0.0,
        note=lambda message: start.events.note("update", message),
    )
    appliance.asked = follower.asked
    if now is None or not now.trying:
        return Device(appliance=appliance, services=[follower])
    tried = read_entry(SYSTEM)
    probation = Probation(
        clock=clock,
        proofs=asked,
        broken=tried.broken if tried else (),
        tell=follower.proving,
        commit=appliance.commit_update,
        roll_back=appliance.roll_back_update,
    )
    return Device(appliance=appliance, services=[follower, probation])


def proofs(store: Store, keeper: LightKeeper, start: Start, *, displays: Path = DISPLAYS) -> dict[str, Proof]:
    """What an update has to show before it stays."""

    def start_proof() -> str | None:
        return "The program failed three times in a row and runs in safe mode." if start.safe else None

    def light() -> str | None:
        return None if keeper.driven else "The lamp's output can't be driven."

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


def broken(asked: Mapping[str, Proof]) -> tuple[Part, ...]:
    """What does not work, of all that another version need not bring about."""
    return tuple(part for part in EXCUSES if asked[part]())


def _running() -> Running | None:
    try:
        return running()
    except UpdateError:
        return None
