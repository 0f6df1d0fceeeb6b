"""What goes over the connection and what it says about itself."""

from __future__ import annotations

from typing import Literal

import msgspec

from sproutcast_pi.messages.message import Message

MqttVersion = Literal["5", "3.1.1"]


class Will(msgspec.Struct, frozen=True, kw_only=True):
    """Last will: published by the broker, retained, when the connection is lost."""

    topic: str
    payload: bytes


class TopicSubscription(msgspec.Struct, frozen=True, kw_only=True):
    """Topics to subscribe to; what was retained before we came is left out unless wanted (MQTT 5)."""

    filter: str
    qos: int = 1
    retained: bool = False


class MqttMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message that arrived."""

    topic: str
    payload: bytes
    qos: int
    retained: bool
    """Stored at the broker, so nobody may have wanted it just now."""
    mid: int = 0
    """For `Connection.acknowledge`, where that is done by hand."""


class MqttSession(msgspec.Struct, frozen=True, kw_only=True):
    """How the broker took us in."""

    present: bool
    """It still knew us: subscriptions and waiting messages are there."""
    window: int
    """QoS 1 messages that may be in flight at once."""
    protocol: MqttVersion


class ConnectionStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How the connection is, in the words of the table `health`."""

    state: Literal["ok", "warn", "bad", "off"]
    message: Message
    advice: Message | None = None
