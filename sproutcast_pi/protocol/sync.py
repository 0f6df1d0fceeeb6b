"""The messages between a device and the hub: rows and photographs up, acknowledgements down; MessagePack, compressed.

A device's history is a line of transactions, numbered from 1 within an `epoch`. A batch speaks of all numbers in
(`after`, `upto`], though it holds only those with something for the hub. The hub keeps one position a device and epoch.
"""

from __future__ import annotations

import zlib
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from sproutcast_pi.messages.areas.text import verbatim
from sproutcast_pi.messages.formatter import ENGLISH
from sproutcast_pi.messages.message import Message

PARTITIONS = 64
"""Devices are assigned to this many lanes by name, so that one worker sees all of a device; it can never be changed."""
MAX_MESSAGE_BYTES = 512 * 1024
"""Below NATS's limit of 1 MiB a message; Mosquitto's and RabbitMQ's are higher."""
MAX_DECOMPRESSED_BYTES = 8 * 1024 * 1024
"""What a message may grow to when it is unpacked; anything larger is an attack."""
COMPRESS_FROM_BYTES = 400

Seq = Annotated[int, Meta(ge=0, le=2**53)]
Epoch = Annotated[str, Meta(pattern=r"^[0-9a-f]{4,32}$")]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
PhotoKind = Annotated[str, Meta(pattern=r"^(thumb|photo)$")]


class RowChange(msgspec.Struct, frozen=True, array_like=True):
    """One row: as it is now, or that it is gone."""

    table: str
    row: dict[str, Any]
    """All columns; of a deleted row only those of its key."""
    deleted: bool = False


class SyncTransaction(msgspec.Struct, frozen=True, array_like=True):
    """What one reducer did."""

    seq: Seq
    at: str
    reducer: str
    caller: str
    changes: list[RowChange]


class Batch(msgspec.Struct, frozen=True, array_like=True, tag="rows"):
    """Transactions in order; with `after` == `upto` it only asks how far the hub is."""

    epoch: Epoch
    after: Seq
    upto: Seq
    transactions: list[SyncTransaction] = []


class SnapshotPart(msgspec.Struct, frozen=True, array_like=True, tag="copy"):
    """A piece of a full copy of all rows as of `upto`, for when the log does not reach back to the hub's position."""

    epoch: Epoch
    upto: Seq
    snapshot: Epoch
    part: Annotated[int, Meta(ge=0, le=1_000_000)]
    parts: Annotated[int, Meta(ge=1, le=1_000_000)]
    rows: list[RowChange]
    instead: bool = False
    """It counts though the hub's position is beyond it, for the device's history is another than the hub knew."""


class PhotoChunk(msgspec.Struct, frozen=True, array_like=True, tag="chunk"):
    """A piece of a picture; an empty one asks how much of it the hub has."""

    epoch: Epoch
    capture: Annotated[int, Meta(ge=1, le=2**53)]
    kind: PhotoKind
    sha256: Sha256
    total: Annotated[int, Meta(ge=1, le=64 * 1024 * 1024)]
    offset: Annotated[int, Meta(ge=0, le=64 * 1024 * 1024)]
    data: Annotated[bytes, Meta(max_length=MAX_MESSAGE_BYTES)] = b""


class Committed(msgspec.Struct, frozen=True, array_like=True, tag="ack"):
    """The hub has everything of this epoch up to `upto` on disk; the device may forget it."""

    epoch: str
    upto: int


class SequenceGap(msgspec.Struct, frozen=True, array_like=True, tag="gap"):
    """The hub has this epoch up to `upto` and what came leaves a gap: continue there, or send a full copy."""

    epoch: str
    upto: int


class SnapshotPartStored(msgspec.Struct, frozen=True, array_like=True, tag="part"):
    """The hub has the first `parts` pieces of this copy on disk."""

    epoch: str
    snapshot: str
    parts: int


class PhotoOffset(msgspec.Struct, frozen=True, array_like=True, tag="at"):
    """The hub has the first `offset` bytes of this picture."""

    sha256: str
    offset: int


class PhotoStored(msgspec.Struct, frozen=True, array_like=True, tag="kept"):
    """The hub has the picture whole, and its hash is right."""

    sha256: str


class PhotoRejected(msgspec.Struct, frozen=True, array_like=True, tag="unwanted"):
    """The hub will not take this picture."""

    sha256: str
    reason: str


class DeviceRejected(msgspec.Struct, frozen=True, array_like=True, tag="no"):
    """The hub takes nothing from this device; `reason` is why in English, `message` the same for other languages."""

    reason: str
    message: Message | None = None

    @property
    def shown(self) -> Message:
        """Why; in English where this version does not know the message."""
        known = self.message is not None and ENGLISH.message_or(self.message, "")
        return self.message if self.message is not None and known else verbatim(self.reason)


DeviceMessage = Batch | SnapshotPart | PhotoChunk
HubMessage = Committed | SequenceGap | SnapshotPartStored | PhotoOffset | PhotoStored | PhotoRejected | DeviceRejected

_encoder = msgspec.msgpack.Encoder()
_device_decoder = msgspec.msgpack.Decoder(DeviceMessage)
_hub_decoder = msgspec.msgpack.Decoder(HubMessage)


def encode(message: DeviceMessage | HubMessage) -> bytes:
    """Return the message as it goes over the wire."""
    plain = _encoder.encode(message)
    if len(plain) < COMPRESS_FROM_BYTES or isinstance(message, PhotoChunk):
        return b"m" + plain
    return b"z" + zlib.compress(plain, 1)


def decode_device_message(payload: bytes) -> DeviceMessage:
    """Return what a device sent; raises ValueError for anything else."""
    message: DeviceMessage = _decode(_device_decoder, payload)
    return message


def decode_hub_message(payload: bytes) -> HubMessage:
    """Return what a hub sent; raises ValueError for anything else."""
    message: HubMessage = _decode(_hub_decoder, payload)
    return message


def partition(device: str) -> str:
    """Return the lane of a device, two digits."""
    return f"{zlib.crc32(device.encode()) % PARTITIONS:02d}"


def rows_topic(base: str, device: str) -> str:
    """Where a device sends rows."""
    return f"{base}/{device}/sync/{partition(device)}/rows"


def photos_topic(base: str, device: str) -> str:
    """Where a device sends pictures."""
    return f"{base}/{device}/sync/{partition(device)}/photos"


def answers_topic(base: str, device: str) -> str:
    """The topic of the hub's messages to a device."""
    return f"{base}/{device}/sync/answers"


def _decode(decoder: msgspec.msgpack.Decoder[Any], payload: bytes) -> Any:
    try:
        return decoder.decode(_decompress(payload))
    except (msgspec.DecodeError, zlib.error, RecursionError, UnicodeDecodeError) as error:
        raise ValueError(f"not a message of ours: {error}") from error


def _decompress(payload: bytes) -> bytes:
    if payload[:1] == b"m":
        return payload[1:]
    if payload[:1] != b"z":
        raise ValueError("not a message of ours: it begins with neither m nor z")
    unpacker = zlib.decompressobj()
    plain = unpacker.decompress(payload[1:], MAX_DECOMPRESSED_BYTES)
    if not unpacker.eof:
        raise ValueError(f"a message of ours is whole and at most {MAX_DECOMPRESSED_BYTES} bytes when unpacked")
    return plain
