"""What a device says when it is paired with a hub, and what it is told."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class EnrolmentRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A device with its code."""

    code: Annotated[str, Meta(min_length=1, max_length=20)]
    device: Annotated[str, Meta(pattern=r"^[0-9A-Za-z_-]{1,64}$")]
    name: Annotated[str, Meta(min_length=1, max_length=80)]


class HubCredentials(msgspec.Struct, frozen=True, kw_only=True):
    """The hub's broker, and who the device is there; kept by the device in a file only it can read."""

    host: str
    port: int
    tls: bool
    ca: str
    """PEM certificate; empty: the system's authorities."""
    user: str
    password: str
    base_topic: str
