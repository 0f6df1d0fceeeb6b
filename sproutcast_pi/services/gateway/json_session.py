"""A client that speaks `v1.json.sproutcast`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import msgspec
from aiohttp import web

from sproutcast_pi import __version__
from sproutcast_pi.errors import RefusedError
from sproutcast_pi.protocol.messages import (
    Answer,
    Call,
    Change,
    Hello,
    Missed,
    Refused,
    Request,
    Resumed,
    Resync,
    Rows,
    Subscribe,
    Unsubscribed,
)
from sproutcast_pi.services.gateway.coalesce import ByCount, ByKey
from sproutcast_pi.services.gateway.frames import TEXT, frame
from sproutcast_pi.services.gateway.live import Live
from sproutcast_pi.services.gateway.outbox import Outbox, Part, Stream, Transaction, Whole
from sproutcast_pi.services.gateway.session import Session
from sproutcast_pi.services.gateway.steps import Answered, Begun, Changes, Encoded, Entry, Over, Plan, Step
from sproutcast_pi.store.messages import Diff

PIECE_ROWS = 1_000
"""Encoding so many rows takes about a millisecond on a Pi, which is all that other clients wait for."""
MISSED_PIECE = 200

_encode = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(Request)


class JsonCodec:
    """What the outbox needs written."""

    opcode = TEXT

    def merged(self, seq: int, transactions: int, merged: dict[Live, ByKey | ByCount]) -> bytes:
        """Several transactions as one diff."""
        changes = []
        for live, rows in merged.items():
            insert, update, delete = rows.lists()
            if (insert or update or delete) and not live.over:
                changes.append(Change(id=live.id, insert=insert, update=update, delete=delete))
        fields = {"type": "diff", "seq": seq, "transactions": transactions, "changes": changes}
        return _encode(fields)

    def resync(self, ids: list[int], seq: int) -> bytes:
        """Subscribe to these again."""
        return _encode(Resync(ids=ids, seq=seq))


class JsonSession(Session):
    """Reads requests, writes responses."""

    takes_json = True

    def make_outbox(self, socket: web.WebSocketResponse, transport: asyncio.Transport) -> Outbox:
        """An outbox that writes JSON."""
        return Outbox(socket, transport, JsonCodec(), self._settings, self.drop_all)

    def greet(self) -> None:
        """Say who we are."""
        store = self._door.store
        self._send(
            Hello(
                device=store.device,
                epoch=store.epoch,
                seq=store.seq,
                role=self.visitor.role,
                version=__version__,
            )
        )

    async def receive(self, data: str | bytes) -> None:
        """Do what a frame asks."""
        try:
            request = _decoder.decode(data)
        except (msgspec.MsgspecError, RecursionError, ValueError) as error:
            raise RefusedError(f"That is no message of v1.json.sproutcast: {error}") from None
        try:
            if isinstance(request, Call):
                await self.call(request.id, request.reducer, request.args)
            elif isinstance(request, Subscribe):
                await self.subscribe(request.id, request.sql, request.since, request.epoch)
            else:
                self.unsubscribe(request.id)
                self._send(Unsubscribed(id=request.id))
        except RefusedError as refused:
            self._refuse(request.id, refused)

    def take(self, entries: list[Entry], encoded: Encoded) -> None:
        """Tell the client of a batch; those who see the same under the same ids share its bytes."""
        shape = self._shape(entries) if self.outbox.idle else None
        if shape is None:
            super().take(entries, encoded)
            return
        framed = encoded.batches.get(shape)
        if framed is None:
            plan = Plan()
            for entry in entries:
                plan.add(entry)
            changes = [step for step in plan.steps if isinstance(step, Changes)]
            frames = (_diff(step.seq, step.reducer, step.parts, encoded)[1] for step in changes)
            framed = encoded.batches[shape] = b"".join(frames)
        self.outbox.write(framed)

    def deliver(self, steps: list[Step], encoded: Encoded) -> None:
        """Send each step."""
        for step in steps:
            if isinstance(step, Changes) and step.answer is None:
                parts = [part for part in step.parts if not part[0].over]
                if not parts:
                    continue
                payload, framed = _diff(step.seq, step.reducer, parts, encoded)
                if self.outbox.idle:
                    self.outbox.write(framed)
                else:
                    self.outbox.put(Transaction(step.seq, parts, payload))
            else:
                self._deliver_one(step, encoded)

    def too_slow(self, live: Live) -> None:
        """Ask the client to subscribe again when it can take the rows."""
        self._send(Resync(ids=[live.id], seq=self._door.store.seq))

    def _shape(self, entries: list[Entry]) -> tuple[int, ...] | None:
        """What tells this client's bytes from another's, None when it is told of more than changes."""
        shape: list[int] = []
        for entry in entries:
            if isinstance(entry, Answered) or not isinstance(entry[2], Diff) or entry[1].over:
                return None
            shape += (entry[1].id, id(entry[2]))
        return tuple(shape)

    def _deliver_one(self, step: Step, encoded: Encoded) -> None:
        match step:
            case Changes(answer=answered) if answered is not None:
                self._answer(answered, [part for part in step.parts if not part[0].over], encoded)
            case Answered():
                self._answer(step, [], encoded)
            case Begun() if not step.live.over:
                step.live.key = step.rows.key
                if step.resumed:
                    self.outbox.put(Stream(_missed(step)))
                else:
                    self._rows(step)
            case Begun() if step.taken is not None:
                step.taken.set()
            case Over() if self.unsubscribe(step.live.id) is not None:
                self._refuse(step.live.id, step.error)

    def _answer(self, answered: Answered, parts: list[Part], encoded: Encoded) -> None:
        error = answered.future.exception()
        if error is None:
            result = answered.future.result()
            try:
                payload = _encode(Answer(id=answered.id, seq=result.seq, value=result.value))
            except (TypeError, ValueError):
                payload = _encode(Answer(id=answered.id, seq=result.seq, value=repr(result.value)))
            if parts:
                payload = payload[:-1] + b',"changes":[' + _changes(parts, encoded) + b"]}"
            self.outbox.put(Whole(payload))
        elif isinstance(error, RefusedError):
            self._refuse(answered.id, error)
        else:
            self._refuse(answered.id, RefusedError(f"It failed: {error}", code="internal"))

    def _rows(self, step: Begun) -> None:
        live, rows = step.live, step.rows
        total = len(rows.rows)

        def piece(some: Any, *, start: int = 0, more: bool = not rows.done) -> bytes:
            reset = live.resuming and rows.reset and start == 0
            return _encode(Rows(id=live.id, seq=rows.seq, rows=some, key=list(rows.key), more=more, reset=reset))

        def cut() -> Iterator[bytes]:
            for start in range(0, total, PIECE_ROWS):
                end = start + PIECE_ROWS
                yield piece(rows.rows[start:end], start=start, more=end < total or not rows.done)

        if total > PIECE_ROWS:
            self.outbox.put(Stream(cut()))
            return
        self.outbox.put(Whole(piece(rows.rows if rows.encoded is None else msgspec.Raw(rows.encoded)), step.taken))
        self.watch_piece(step)

    def _refuse(self, number: int, refused: RefusedError) -> None:
        self._send(Refused(id=number, code=refused.code, message=str(refused), field=refused.field))

    def _send(self, message: Any) -> None:
        self.outbox.put(Whole(_encode(message)))


def _missed(step: Begun) -> Iterator[bytes]:
    seq = max([step.rows.seq, *(diff.seq for diff in step.missed)])
    total = len(step.missed)
    for start in range(0, max(total, 1), MISSED_PIECE):
        missed = [
            Missed(seq=diff.seq, reducer=diff.reducer or "", insert=diff.insert, update=diff.update, delete=diff.delete)
            for diff in step.missed[start : start + MISSED_PIECE]
        ]
        more = start + MISSED_PIECE < total
        yield _encode(Resumed(id=step.live.id, seq=seq, key=list(step.rows.key), missed=missed, more=more))


def _diff(seq: int, reducer: str, parts: list[Part], encoded: Encoded) -> tuple[bytes, bytes]:
    """Payload and frame of one transaction's diff, made once for all who see the same under the same ids."""
    shape = ("json", seq, *((live.id, id(diff)) for live, diff in parts))
    known = encoded.frames.get(shape)
    if known is None:
        head = b'{"type":"diff","seq":%d,"reducer":%s,"changes":[' % (seq, _encode(reducer))
        payload = head + _changes(parts, encoded) + b"]}"
        known = encoded.frames[shape] = (payload, frame(TEXT, payload))
    return known


def _changes(parts: list[Part], encoded: Encoded) -> bytes:
    return b",".join(b'{"id":%d,%s}' % (live.id, _body(diff, encoded)) for live, diff in parts)


def _body(diff: Diff, encoded: Encoded) -> bytes:
    """The changes of one query without braces."""
    key = ("json", id(diff))
    body = encoded.bodies.get(key)
    if body is None:
        lists = {"insert": diff.insert, "update": diff.update, "delete": diff.delete}
        body = encoded.bodies[key] = _encode({name: rows for name, rows in lists.items() if rows})[1:-1]
    return body
