"""What can be called beside reducers: deeds that change no row, and whose answers no log may hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.services.pairing import Pairing
from sproutcast_pi.store.callers import Role


class StartPairing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Open a pairing code for five minutes and one use; returns code, role and expires_at."""

    role: Literal["viewer", "carer", "owner"] = "carer"


class CancelPairing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Void the open pairing code."""


class Procedure(msgspec.Struct, frozen=True, kw_only=True):
    """A named deed with its role and arguments, looking from outside like a reducer."""

    name: str
    role: Role
    arguments: type[msgspec.Struct]
    deed: Callable[[Pairing, Any], Any]

    def run(self, pairing: Pairing, args: Mapping[str, Any]) -> Any:
        """Do it; raises RefusedError naming the argument that does not fit."""
        try:
            return self.deed(pairing, msgspec.convert(dict(args), self.arguments))
        except msgspec.ValidationError as fault:
            raise RefusedError(f"{self.name}: {fault}") from None

    def schema(self) -> dict[str, Any]:
        """Name, role, description and the JSON schema of each argument."""
        arguments = {
            field.name: msgspec.json.schema(field.type) | {"required": field.required}
            for field in msgspec.structs.fields(self.arguments)
        }
        description = self.arguments.__doc__ or ""
        return {"name": self.name, "role": self.role, "description": description, "arguments": arguments}


def _start(pairing: Pairing, given: StartPairing) -> Any:
    return msgspec.to_builtins(pairing.open(given.role))


def _cancel(pairing: Pairing, given: CancelPairing) -> None:
    del given
    pairing.close()


PROCEDURES: Mapping[str, Procedure] = {
    each.name: each
    for each in (
        Procedure(name="start_pairing", role="owner", arguments=StartPairing, deed=_start),
        Procedure(name="cancel_pairing", role="owner", arguments=CancelPairing, deed=_cancel),
    )
}
