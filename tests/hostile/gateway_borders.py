"""Borders of the gateway: calls, queries, frames of both protocols, requests and pairing, by role and by door."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from sproutcast_pi.protocol import websocket
from tests.hostile import inputs
from tests.hostile.connections import BSATN, JSON, Door, UnansweredError, Wire
from tests.hostile.outcome import Outcome

MAX_BYTES = 200_000
"""Half a character, or more than this, is no message at all and ends the connection; the frames try those."""
PHOTO_SHARE = 0.01
"""Each photograph takes a worker some seconds."""


def try_calls(door: Door, draw: Random, count: int, outcome: Outcome) -> None:
    """Call reducers with arguments that nearly fit; each must be answered under its id."""
    _, schema = door.request("GET", "/v1/schema")
    known = [one for one in schema["reducers"] if one["name"] != "request_capture"]
    photo = next(one for one in schema["reducers"] if one["name"] == "request_capture")

    def message(number: int) -> dict[str, Any]:
        reducer = photo if draw.random() < PHOTO_SHARE else draw.choice(known)
        args = inputs.arguments(draw, reducer["arguments"])
        return {"type": "call", "id": number, "reducer": reducer["name"], "args": args}

    _ask_all(door, [message(number) for number in range(count)], 40, outcome)


def try_queries(door: Door, draw: Random, count: int, outcome: Outcome) -> None:
    """Subscribe to hostile queries; each is answered by rows or a refusal."""
    asked = [{"type": "subscribe", "id": number, "sql": inputs.query(draw)} for number in range(count)]
    _ask_all(door, asked, 10, outcome)


def try_json_frames(door: Door, draw: Random, count: int, outcome: Outcome) -> None:
    """Damaged frames of our own protocol."""
    _try_frames(door, JSON, [(inputs.json_frame(draw), websocket.TEXT) for _ in range(count)], outcome)


def try_bsatn_frames(door: Door, draw: Random, count: int, outcome: Outcome) -> None:
    """Damaged frames of the SpacetimeDB protocol."""
    _try_frames(door, BSATN, [(inputs.bsatn_frame(draw), websocket.BINARY) for _ in range(count)], outcome)


def try_http(door: Door, draw: Random, count: int, outcome: Outcome) -> None:
    """Odd requests; whatever is no request at all may be hung up on."""
    for _ in range(count):
        request = inputs.http_request(draw, door.authorization() if draw.random() < 0.8 else {})
        _try_request(door if not door.token else door.moved(draw), request, outcome)


def try_pairing(door: Door, draw: Random, count: int, outcome: Outcome) -> None:
    """Requests to pair with codes and names that are none; nobody may get in."""
    for _ in range(count):
        request = inputs.pair_request(draw)
        answer = _try_request(door.moved(draw), request, outcome)
        if b'"token"' in answer:
            outcome.faults.append(f"let in: {request!r}")


def _try_request(door: Door, request: bytes, outcome: Outcome) -> bytes:
    try:
        answer = door.exchange(request)
    except UnansweredError as error:
        outcome.unanswered.append(str(error))
        return b""
    if b" 500 " in answer[:20]:
        outcome.internal.append(f"{request[:200]!r}: {answer[-300:]!r}")
    return answer


def _try_frames(door: Door, protocol: tuple[str, str], frames: list[tuple[bytes, int]], outcome: Outcome) -> None:
    wire = Wire(door, protocol)
    for payload, opcode in frames:
        try:
            wire.try_frame(payload, opcode)
        except UnansweredError:
            outcome.unanswered.append(repr(payload[:200]))
            wire = Wire(door, protocol)
    wire.close()
    if wire.codes[1011]:
        outcome.internal.append(f"{wire.codes[1011]} sessions of {protocol[1]} were closed for an error of ours")


def _ask_all(door: Door, messages: list[dict[str, Any]], at_once: int, outcome: Outcome) -> None:
    """Requests with ids, some at once; each must be answered under its id."""
    wire = Wire(door, JSON)
    for start in range(0, len(messages), at_once):
        waiting: dict[int, str] = {}
        for message in messages[start : start + at_once]:
            text = json.dumps(message).encode()
            if len(text) > MAX_BYTES or b"\\ud8" in text:
                continue
            waiting[message["id"]] = text[:300].decode()
            wire.send(text, websocket.TEXT)
        while waiting:
            try:
                found = wire.frame()
            except UnansweredError:
                found = None
            if found is None:
                outcome.unanswered += [f"{text} (codes {dict(wire.codes)})" for text in waiting.values()]
                wire = Wire(door, JSON)
                break
            if found[0] == websocket.PING:
                wire.send(found[1], websocket.PONG)
            elif found[0] == websocket.TEXT:
                _take_answer(wire, json.loads(found[1]), waiting, outcome)
    wire.close()


def _take_answer(wire: Wire, answer: dict[str, Any], waiting: dict[int, str], outcome: Outcome) -> None:
    asked = waiting.pop(answer.get("id", -1), None)
    if answer["type"] == "refused" and answer["code"] == "internal":
        outcome.internal.append(f"{asked}: {answer['message']}")
    elif asked is not None and answer["type"] == "rows":
        wire.send(json.dumps({"type": "unsubscribe", "id": answer["id"]}).encode(), websocket.TEXT)
