"""Enrolment messages: what a device sends to pair with a hub, and the credentials it receives."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from sproutcast_pi.messages.message import Message
from sproutcast_pi.model.device_ids import DEVICE_ID_PATTERN


class EnrolmentRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A device with its code."""

    code: Annotated[str, Meta(min_length=1, max_length=20)]
    device: Annotated[str, Meta(pattern=DEVICE_ID_PATTERN)]
    name: Annotated[str, Meta(min_length=1, max_length=80, pattern=r"\A[^\x00-\x1f\x7f]*\Z")]


class EnrolmentRefusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why the hub did not pair a device."""

    error: str
    """In English."""
    message: Message | None = None


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
