"""Who calls, and what each role may do."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import arguments
from sproutcast_pi.messages.message import Message, Value

Role = Literal["viewer", "carer", "owner", "internal"]
"""Each may do what the ones before it may: look; look after plants; change everything; be one of our own services."""

RANKS: dict[str, int] = {role: rank for rank, role in enumerate(get_args(Role))}


class Caller(msgspec.Struct, frozen=True):
    """An authenticated caller, with its role."""

    name: str
    role: Role


INTERNAL = Caller(name="sproutcast", role="internal")
"""The daemon itself."""


def require_role(what: str | Message, caller: Caller, role: Role) -> None:
    """Return when `caller` has at least `role`; else raise RefusedError (`forbidden`)."""
    if RANKS.get(caller.role, -1) < RANKS[role]:
        who: dict[str, Value] = {"what": what, "name": caller.name, "own": caller.role}
        refused = arguments.FORBIDDEN_INTERNAL(**who) if role == "internal" else arguments.FORBIDDEN(role=role, **who)
        raise RefusedError(refused, code="forbidden")
