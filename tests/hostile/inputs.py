"""Hostile inputs for every boundary, drawn from a seed."""

from __future__ import annotations

import json
import struct
from random import Random
from typing import Any

from tests.store.subscriptions.test_hostile_queries import ARGUMENTS, KNOWN, OPERATORS

NUMBERS = (0, -1, 1, 2**31, 2**53, 2**63 - 1, 2**63, -(2**63) - 1, 10**400, 0.5, -0.0, 1e308, 5e-324)
TEXTS = (
    "", " ", "a" * 81, "a" * 100_000, "\0", "\x1b[2J", "\u202e", "\ufeff", "é" * 200, "🌱" * 90, "=1+1",
    "../../etc/passwd", "/etc/passwd", "'; DROP TABLE plant; --", "<script>", "{}", "[", "null", "NaN", "0000-00-00",
    "9999-12-31T23:59:60Z", "2026-02-30", "24:00", "-1:00", "%s%n", "${x}", "{0}", "CON", "spr-0000000000zz\n",
)  # fmt: skip
LITERALS = ("NaN", "Infinity", "-Infinity", "9" * 5000, '"\\ud800"', "1e999", "[" * 500 + "]" * 500, "tru", "\xff", '"')
"""What JSON calls a value, or does not."""


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


def http_request(draw: Random) -> bytes:
    """A request as bytes: odd methods, paths, headers and bodies."""
    method = draw.choice(("GET", "POST", "PUT", "OPTIONS", "DELETE", "get", "X" * 50))
    path = draw.choice(
        (
            "/", "/v1/schema", "/v1/call/log_care", "/v1/call/%00", "/v1/call/" + "a" * 3000, "/v1/pair", "//",
            "/v1/aim?after=1", "/v1/aim?after=" + "9" * 4500, "/v1/pictures/../../etc/passwd", "/v1/nothing",
            "/v1/pictures/%2e%2e%2fx.jpg", "/v1/pictures/%00.jpg", "/v1/database/%ff/subscribe", "/v1/subscribe",
            "/v1/catalogue/xx", "/metrics",
        )
    )  # fmt: skip
    body = draw.choice(LITERALS).encode("latin-1") if draw.random() < 0.5 else json.dumps(value(draw)).encode()
    length = len(body) if draw.random() < 0.9 else draw.choice((0, -1, 10**20))
    extra = draw.choice(
        ("", "Cookie: sproutcast_token=\xff\r\n", "Sec-Fetch-Site: cross-site\r\n", "Range: bytes=9-1\r\n")
    )
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{extra}Content-Length: {length}\r\n\r\n"
    )
    return head.encode("latin-1") + body


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
