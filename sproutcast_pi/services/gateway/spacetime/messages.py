"""The messages of `v2`/`v3.bsatn.spacetimedb` that its client sends and needs, from the protocol's description."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from sproutcast_pi.services.gateway.spacetime import bsatn
from sproutcast_pi.services.gateway.spacetime.bsatn import NONE, SOME, U32, BsatnError, BsatnReader, array, blob, text

PROTOCOLS = ("v3.bsatn.spacetimedb", "v2.bsatn.spacetimedb")
UNCOMPRESSED = b"\0"
MAX_QUERIES = 100


class SubscribeRequest(msgspec.Struct, frozen=True):
    """A set of queries that begins, and later ends, together."""

    request_id: int
    query_set_id: int
    queries: list[str]


class UnsubscribeRequest(msgspec.Struct, frozen=True):
    """The end of a set; its rows are sent back when asked for."""

    request_id: int
    query_set_id: int
    send_rows: bool


class CallReducerRequest(msgspec.Struct, frozen=True):
    """A call with its arguments still encoded."""

    request_id: int
    reducer: str
    arguments: bytes


Request = SubscribeRequest | UnsubscribeRequest | CallReducerRequest


def read_requests(data: bytes) -> list[Request]:
    """All requests of a frame (v3 may put several into one); raises BsatnError."""
    reader = BsatnReader(data)
    requests: list[Request] = []
    while not reader.at_end:
        requests.append(_read(reader))
    return requests


def _read(reader: BsatnReader) -> Request:
    tag = reader.u8()
    if tag == 0:
        request_id, query_set_id, count = reader.u32(), reader.u32(), reader.u32()
        if count > MAX_QUERIES:
            raise BsatnError(f"a set of {count} queries is too large; {MAX_QUERIES} are allowed")
        return SubscribeRequest(request_id, query_set_id, [reader.text() for _ in range(count)])
    if tag == 1:
        return UnsubscribeRequest(reader.u32(), reader.u32(), reader.u8() == 1)
    if tag == 3:  # noqa: PLR2004 - the tags of the protocol's sum type, in its order
        request_id = reader.u32()
        reader.u8()
        return CallReducerRequest(request_id, reader.text(), reader.blob())
    raise BsatnError(f"message {tag} is not spoken here: subscribe, unsubscribe and call reducers")


def initial_connection(identity: bytes, connection_id: bytes, token: str) -> bytes:
    """Who the client is to us: 32 and 16 bytes."""
    return UNCOMPRESSED + b"\0" + identity + connection_id + text(token)


def subscribe_applied(request_id: int, query_set_id: int, tables: Sequence[tuple[str, bytes]]) -> bytes:
    """The first rows of a set, by table."""
    return UNCOMPRESSED + b"\1" + U32.pack(request_id) + U32.pack(query_set_id) + _tables(tables)


def unsubscribe_applied(request_id: int, query_set_id: int, tables: Sequence[tuple[str, bytes]] | None) -> bytes:
    """A set has ended; with the rows that leave the client's cache when it asked for them."""
    rows = NONE if tables is None else SOME + _tables(tables)
    return UNCOMPRESSED + b"\2" + U32.pack(request_id) + U32.pack(query_set_id) + rows


def subscription_error(request_id: int | None, query_set_id: int, error: str) -> bytes:
    """A set was refused; without a request the client hangs up."""
    request = NONE if request_id is None else SOME + U32.pack(request_id)
    return UNCOMPRESSED + b"\3" + request + U32.pack(query_set_id) + text(error)


def transaction_update(update: bytes) -> bytes:
    """Somebody else's transaction."""
    return UNCOMPRESSED + b"\4" + update


def reducer_succeeded(request_id: int, at_us: int, update: bytes) -> bytes:
    """The client's own call, with its changes; an empty update is said shorter."""
    head = UNCOMPRESSED + b"\6" + U32.pack(request_id) + bsatn.I64.pack(at_us)
    return head + (b"\0" + blob(b"") + update if update != EMPTY_UPDATE else b"\1")


def reducer_failed(request_id: int, at_us: int, reason: str, *, internal: bool) -> bytes:
    """The client's own call was refused, or failed for a reason of ours."""
    head = UNCOMPRESSED + b"\6" + U32.pack(request_id) + bsatn.I64.pack(at_us)
    return head + (b"\3" + text(reason) if internal else b"\2" + blob(text(reason)))


EMPTY_UPDATE = U32.pack(0)


def update(sets: Iterable[tuple[int, Sequence[bytes]]]) -> bytes:
    """A transaction's changes: of each query set, its tables as `table_update` encodes them."""
    return array([U32.pack(query_set_id) + array(tables) for query_set_id, tables in sets])


def table_update(name: str, inserts: bytes, deletes: bytes) -> bytes:
    """One table's changed rows: two row lists."""
    return text(name) + array([b"\0" + inserts + deletes])


def _tables(tables: Sequence[tuple[str, bytes]]) -> bytes:
    return array([text(name) + rows for name, rows in tables])
