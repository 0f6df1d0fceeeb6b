"""Hostile inputs for every boundary, drawn from a seed."""

from __future__ import annotations

import json
import struct
from random import Random
from typing import Any

from sproutcast_pi.protocol import sync
from tests.store.subscriptions.test_hostile_queries import ARGUMENTS, KNOWN, OPERATORS

NUMBERS = (0, -1, 1, 2**31, 2**53, 2**63 - 1, 2**63, -(2**63) - 1, 10**400, 0.5, -0.0, 1e308, 5e-324)
TEXTS = (
    "", " ", "a" * 81, "a" * 100_000, "\0", "\x1b[2J", "\u202e", "\ufeff", "é" * 200, "🌱" * 90, "=1+1",
    "../../etc/passwd", "/etc/passwd", "'; DROP TABLE plant; --", "<script>", "{}", "[", "null", "NaN", "0000-00-00",
    "9999-12-31T23:59:60Z", "2026-02-30", "24:00", "-1:00", "%s%n", "${x}", "{0}", "CON", "spr-0000000000zz\n",
)  # fmt: skip
LITERALS = ("NaN", "Infinity", "-Infinity", "9" * 5000, '"\\ud800"', "1e999", "[" * 500 + "]" * 500, "tru", "\xff", '"')
"""What JSON calls a value, or does not."""


HEADERS = (
    "Cookie: sproutcast_token=\xff\r\n", "Authorization: Bearer \xff\xfe\r\n", "Authorization: Bearer\r\n",
    "Sec-Fetch-Site: cross-site\r\n", "Range: bytes=9-1\r\n", "Range: bytes=0-0,1-1," + "2-2," * 500 + "3-3\r\n",
    "Origin: http://\xff\r\n", "Origin: null\r\n", "Host: \xff\r\n", "Host: [::1\r\n", "Host: a:b:c\r\n",
    "If-Modified-Since: \xff\r\n", "If-None-Match: " + 'W/"x",' * 900 + "\r\n", "Accept-Encoding: \xff\r\n",
    "Content-Type: application/json; charset=\xff\r\n", "Content-Encoding: gzip\r\n", "Transfer-Encoding: chunked\r\n",
    "Expect: 100-continue\r\n", "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: \xff\r\n",
    "X-Forwarded-For: \xff\r\n", "Accept-Language: \xff,*;q=9e999\r\n", "X: " + "y" * 9000 + "\r\n",
)  # fmt: skip
"""Lines of a request's head that a server may stumble over."""


def value(draw: Random, depth: int = 0) -> Any:
    """A value no reducer expects."""
    kind = draw.randrange(8 if depth < 3 else 4)
    if kind == 0:
        return draw.choice(NUMBERS)
    if kind in (1, 2):
        return draw.choice(TEXTS)
    if kind == 3:
        return draw.choice((None, True, False))
    if kind in (4, 5):
        return [value(draw, depth + 1) for _ in range(draw.randrange(4))]
    if kind == 6:
        return {draw.choice(TEXTS)[:40]: value(draw, depth + 1) for _ in range(draw.randrange(3))}
    return "x" * draw.randrange(3000)


def arguments(draw: Random, known: dict[str, Any]) -> dict[str, Any]:
    """Arguments for a reducer with this schema: mostly its own names, mostly one of them hostile."""
    given = {name: sensible(draw, schema) for name, schema in known.items() if draw.random() < 0.8}
    for name in draw.sample(list(known), min(len(known), draw.choice((0, 1, 1, 2)))):
        given[name] = value(draw)
    if draw.random() < 0.1:
        given[draw.choice(TEXTS)[:40]] = value(draw)
    return given


def sensible(draw: Random, schema: dict[str, Any]) -> Any:
    """Something that fits, or nearly."""
    if "enum" in schema:
        return draw.choice(schema["enum"])
    kind = schema.get("type") or schema.get("anyOf", [{}])[0].get("type")
    if kind == "integer":
        return draw.choice((1, 2, 3, 50))
    if kind == "number":
        return draw.choice((0.5, 1.0, 12.0))
    if kind == "boolean":
        return draw.random() < 0.5
    if kind == "array":
        return [[0.1, 0.1], [0.5, 0.1], [0.5, 0.5]]
    return draw.choice(("Basil", "water", "2026-05-01", "08:00", f"p{draw.randrange(1000)}"))


def json_frame(draw: Random) -> bytes:
    """A frame of our own protocol that is damaged, or holds what it should not."""
    message: dict[str, Any] = {
        "type": draw.choice(("call", "subscribe", "unsubscribe", "hello", "", "x" * 1000)),
        "id": draw.choice((1, 2, -1, 2**53, 2**64, "1", None)),
        "sql": query(draw),
        "reducer": draw.choice(("log_care", "nothing", "\ud800", "x" * 5000)),
        "args": value(draw),
        "since": draw.choice(NUMBERS),
        "epoch": draw.choice(TEXTS)[:50],
    }
    text = json.dumps({name: message[name] for name in message if draw.random() < 0.8})
    if draw.random() < 0.3:
        text = text.replace("1", draw.choice(LITERALS), 1)
    return mutate(draw, text.encode("latin-1", "replace")) if draw.random() < 0.5 else text.encode("utf-8", "replace")


def bsatn_frame(draw: Random) -> bytes:
    """A frame of the SpacetimeDB protocol that is damaged, or holds what it should not."""

    def text(content: str) -> bytes:
        encoded = content.encode("utf-8", "replace")
        return struct.pack("<I", len(encoded)) + encoded

    number = struct.pack("<I", draw.randrange(1000))
    queries = [query(draw) for _ in range(draw.choice((0, 1, 2, 101)))]
    frame = draw.choice(
        (
            b"\0" + number + number + struct.pack("<I", len(queries)) + b"".join(map(text, queries)),
            b"\1" + number + number + b"\1",
            b"\3"
            + number
            + b"\0"
            + text(draw.choice(("log_care", "update_plant", "x")))
            + text("a" * draw.randrange(90)),
            bytes([draw.randrange(256)]) + draw.randbytes(draw.randrange(60)),
        )
    )
    return mutate(draw, frame) if draw.random() < 0.7 else frame


def query(draw: Random) -> str:
    """A query that means harm."""
    kind = draw.randrange(4)
    if kind == 0:
        return draw.choice(KNOWN)
    if kind == 1:
        return f"SELECT {draw.choice(ARGUMENTS)} {draw.choice(OPERATORS)} {draw.choice(ARGUMENTS)} AS n FROM plant x"
    if kind == 2:
        return f"SELECT * FROM plant WHERE name {draw.choice(('LIKE', '=', 'IN', 'IS'))} {draw.choice(ARGUMENTS)}"
    return mutate(draw, draw.choice(KNOWN)[:400].encode("utf-8", "replace")).decode("utf-8", "replace")


def http_request(draw: Random, fields: dict[str, str]) -> bytes:
    """A request as bytes: odd methods, paths, headers (`fields` among them) and bodies."""
    method = draw.choice(("GET", "POST", "PUT", "OPTIONS", "DELETE", "get", "X" * 50))
    path = draw.choice(
        (
            "/", "/v1/schema", "/v1/call/log_care", "/v1/call/%00", "/v1/call/" + "a" * 3000, "/v1/pair", "//",
            "/v1/aim?after=1", "/v1/aim?after=" + "9" * 4500, "/v1/pictures/../../etc/passwd", "/v1/nothing",
            "/v1/catalogue/%ff", "/v1/subscribe?token=%ff", "/v1/pictures/%ff%fe.jpg", "/%ff", "/v1/call/\xff", "*",
            "http://[::1/", "/v1/identity/websocket-token", "/v1/pictures/" + "a/" * 2000 + "x.jpg", "/?x=%ff&%00",
            "/v1/pictures/%2e%2e%2fx.jpg", "/v1/pictures/%00.jpg", "/v1/database/%ff/subscribe", "/v1/subscribe",
            "/v1/catalogue/xx", "/metrics",
        )
    )  # fmt: skip
    body = draw.choice(LITERALS).encode("latin-1") if draw.random() < 0.5 else json.dumps(value(draw)).encode()
    length = len(body) if draw.random() < 0.9 else draw.choice((0, -1, 10**20))
    extra = draw.choice(("", *HEADERS))
    extra += "".join(f"{name}: {content}\r\n" for name, content in fields.items())
    return _request(f"{method} {path}", extra, length) + body


def pair_request(draw: Random) -> bytes:
    """A request to pair with a code or a name that is none."""
    code: Any = draw.choice((f"{draw.randrange(10**6):06d}", draw.choice(TEXTS), value(draw), "000 000", "٣٣٣٣٣٣"))
    name: Any = draw.choice(("Phone", draw.choice(TEXTS), value(draw)))
    body = json.dumps({"code": code, "name": name} | ({"x": value(draw)} if draw.random() < 0.1 else {})).encode()
    body = mutate(draw, body) if draw.random() < 0.3 else body
    return _request("POST /v1/pair", "Content-Type: application/json\r\n", len(body)) + body


def _request(line: str, fields: str, length: int) -> bytes:
    head = f"{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{fields}Content-Length: {length}\r\n\r\n"
    return head.encode("latin-1")


def payload(draw: Random, good: tuple[str, ...]) -> bytes:
    """A message's content: something good, something nearly good, or anything."""
    kind = draw.randrange(4)
    if kind == 0:
        return draw.choice(good).encode()
    if kind == 1:
        return mutate(draw, draw.choice(good).encode())
    if kind == 2:
        return draw.choice((*LITERALS, *TEXTS)).encode("utf-8", "replace")
    return json.dumps(value(draw)).encode() if draw.random() < 0.7 else draw.randbytes(draw.randrange(2000))


def hub_answer(draw: Random, epoch: str) -> bytes:
    """What a hub might answer a device in `epoch`, or nearly."""
    number = draw.choice((0, 1, 17, 500, 2**53, -1, 2**63, 2**64 - 1))
    chosen = draw.choice((epoch, epoch, "0" * 8, "", "x" * 5000))
    answer: sync.HubMessage = draw.choice(
        (
            sync.Committed(chosen, number),
            sync.SequenceGap(chosen, number),
            sync.SnapshotPartStored(chosen, draw.choice((epoch, "ab" * 8)), number),
            sync.PhotoOffset("0" * 64, number),
            sync.PhotoStored(draw.choice(("0" * 64, "../../x", ""))),
            sync.PhotoRejected("f" * 64, draw.choice(TEXTS)),
            sync.DeviceRejected(draw.choice(TEXTS)),
        )
    )
    return _perhaps_mutated(draw, sync.encode(answer))


def device_message(draw: Random) -> bytes:
    """What a device might send to a hub, or nearly."""
    epoch = draw.choice(("0a0a0a0a", "0b0b0b0b", "", "../..", "f" * 400))
    number = draw.choice((0, 1, 2, 3, 100, 2**53, -5, 2**63 - 1))
    message: sync.DeviceMessage = draw.choice(
        (
            sync.Batch(epoch, number, number + draw.choice((0, 1, -1)), _transactions(draw, number)),
            sync.Batch(epoch, 0, 1, _transactions(draw, 1)),
            sync.SnapshotPart(epoch, number, "abcd", draw.choice((0, 1, 10**7)), draw.choice((0, 1, 2)), _rows(draw)),
            sync.PhotoChunk(
                epoch,
                draw.choice((1, 2, 0, 2**60)),
                draw.choice(("thumb", "photo", "../x")),
                draw.choice((f"{draw.randrange(4):064x}", "x" * 64, "f" * 64 + "\n")),
                draw.choice((1, 100, 2**26, 2**40, -1)),
                draw.choice((0, 50, 2**26, -1)),
                draw.randbytes(draw.choice((0, 1, 100, 5000))),
            ),
        )
    )
    return _perhaps_mutated(draw, sync.encode(message))


def _transactions(draw: Random, seq: int) -> list[sync.SyncTransaction]:
    whole = range(draw.choice((0, 1, 1, 3)))
    return [
        sync.SyncTransaction(seq + n, draw.choice(TEXTS)[:30], "log_care", draw.choice(TEXTS)[:90], _rows(draw))
        for n in whole
    ]


def _rows(draw: Random) -> list[sync.RowChange]:
    tables = ("plant", "care_event", "capture", "_meta", "client", "device", "plant; DROP TABLE plant", "light")
    rows = []
    for _ in range(draw.randrange(4)):
        row = {name: small(draw) for name in draw.sample(("id", "name", "at", "note", "kind", "plant_id", "x\0"), 4)}
        rows.append(sync.RowChange(draw.choice(tables), row, draw.random() < 0.2))
    return rows


def small(draw: Random) -> Any:
    """A value that MessagePack can hold."""
    return draw.choice(
        (draw.choice(TEXTS), 0, 1, -1, 2**63 - 1, 2**64 - 1, 1e308, float("nan"), None, True, b"\xff", [])
    )


def _perhaps_mutated(draw: Random, data: bytes) -> bytes:
    kind = draw.randrange(6)
    if kind == 0:
        return mutate(draw, data)
    if kind == 1:
        return draw.choice((b"z", b"m", b"", b"x")) + draw.randbytes(draw.randrange(300))
    return data


def mutate(draw: Random, data: bytes) -> bytes:
    """Some bytes changed, cut or repeated."""
    kept = bytearray(data or b"\0")
    for _ in range(draw.randrange(1, 4)):
        place = draw.randrange(len(kept))
        choice = draw.randrange(3)
        if choice == 0:
            kept[place] = draw.randrange(256)
        elif choice == 1:
            del kept[place : place + draw.randrange(1, 9)]
        else:
            kept[place:place] = kept[place : place + 9]
        kept = kept or bytearray(b"\0")
    return bytes(kept)
