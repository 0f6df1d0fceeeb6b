"""What can be called beside reducers: deeds that change no row, and whose answers no log may hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import appliance
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.services.appliance.device_control import DeviceControl
from sproutcast_pi.services.pairing import Pairing
from sproutcast_pi.store.callers import Role


class Procedures(msgspec.Struct, frozen=True, kw_only=True):
    """Who does the deeds; a hub has no appliance to ask."""

    pairing: Pairing
    appliance: DeviceControl | None = None

    def device(self) -> DeviceControl:
        """The appliance; raises RefusedError where there is none."""
        if self.appliance is None:
            raise RefusedError(appliance.NOT_HERE(), code="unavailable")
        return self.appliance


class StartPairing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Open a pairing code for five minutes and one use; returns code, role, expires_at and the url of the page."""

    role: Literal["viewer", "carer", "owner"] = "carer"


class CancelPairing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Void the open pairing code."""


class CheckForUpdate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Look for an update on a USB stick, then at the configured address; the answer comes in table software."""


class InstallUpdate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Install the update that is there, restart, and keep it once it has proved itself."""


class RollBackUpdate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Restart into the version before."""


class FactoryReset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Restart as on the first day; plants, pictures and measurements stay if asked."""

    keep_pictures: bool


class LeaveSafeMode(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Try everything again."""


class RestartDevice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Restart the machine."""


class ShutDownDevice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Switch the machine off in order."""


class Procedure(msgspec.Struct, frozen=True, kw_only=True):
    """A named deed with its role and arguments, looking from outside like a reducer."""

    name: str
    role: Role
    arguments: type[msgspec.Struct]
    handler: Callable[[Procedures, Any], Any]

    def run(self, doers: Procedures, args: Mapping[str, Any]) -> Any:
        """Do it; raises RefusedError naming the argument that does not fit."""
        try:
            return self.handler(doers, msgspec.convert(dict(args), self.arguments))
        except msgspec.ValidationError as fault:
            raise RefusedError(appliance.BAD_ARGUMENT(name=self.name, reason=cause(fault))) from None

    def schema(self) -> dict[str, Any]:
        """Name, role, description and the JSON schema of each argument."""
        arguments = {
            field.name: msgspec.json.schema(field.type) | {"required": field.required}
            for field in msgspec.structs.fields(self.arguments)
        }
        description = self.arguments.__doc__ or ""
        return {"name": self.name, "role": self.role, "description": description, "arguments": arguments}


_DEFINITIONS: tuple[tuple[str, Role, type[msgspec.Struct], Callable[[Procedures, Any], Any]], ...] = (
    ("start_pairing", "owner", StartPairing, lambda do, given: msgspec.to_builtins(do.pairing.open(given.role))),
    ("cancel_pairing", "owner", CancelPairing, lambda do, _: do.pairing.close()),
    ("check_for_update", "carer", CheckForUpdate, lambda do, _: do.device().check_for_update()),
    ("install_update", "carer", InstallUpdate, lambda do, _: do.device().install_update()),
    ("roll_back_update", "owner", RollBackUpdate, lambda do, _: do.device().roll_back_update()),
    ("factory_reset", "owner", FactoryReset, lambda do, its: do.device().factory_reset(its.keep_pictures)),
    ("leave_safe_mode", "owner", LeaveSafeMode, lambda do, _: do.device().leave_safe_mode()),
    ("restart_device", "owner", RestartDevice, lambda do, _: do.device().restart()),
    ("shut_down_device", "owner", ShutDownDevice, lambda do, _: do.device().shut_down()),
)
"""Updates are the maker's or they are not installed, so whoever cares for the plants may ask for one."""
PROCEDURES: Mapping[str, Procedure] = {
    name: Procedure(name=name, role=role, arguments=arguments, handler=deed)
    for name, role, arguments, deed in _DEFINITIONS
}
