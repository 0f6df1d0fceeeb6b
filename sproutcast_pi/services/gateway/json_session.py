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
from sproutcast_pi.services.gateway.live import ClientSubscription
from sproutcast_pi.services.gateway.send_queue import (
    ChunkedMessage,
    EncodedMessage,
    PendingTransaction,
    SendQueue,
    SubscriptionDiff,
)
from sproutcast_pi.services.gateway.session import WebSocketSession
from sproutcast_pi.services.gateway.steps import (
    BatchBuilder,
    BatchEntry,
    BatchItem,
    CallResult,
    EncodingCache,
    Ended,
    FirstRows,
    TransactionChanges,
)
from sproutcast_pi.services.gateway.websocket_frames import TEXT, encode_frame
from sproutcast_pi.store.messages import QueryDiff

CHUNK_ROWS = 1_000
"""Encoding so many rows takes about a millisecond on a Pi, which is all that other clients wait for."""
MISSED_PER_MESSAGE = 200

_encode = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(Request)


class JsonCodec:
    """What the outbox needs written."""

    opcode = TEXT

    def encode_merged(self, seq: int, transactions: int, merged: dict[ClientSubscription, ByKey | ByCount]) -> bytes:
        """Several transactions as one diff."""
        changes = []
        for live, rows in merged.items():
            insert, update, delete = rows.lists()
            if (insert or update or delete) and not live.closed:
                changes.append(Change(id=live.id, insert=insert, update=update, delete=delete))
        fields = {"type": "diff", "seq": seq, "transactions": transactions, "changes": changes}
        return _encode(fields)

    def encode_resync(self, ids: list[int], seq: int) -> bytes:
        """Subscribe to these again."""
        return _encode(Resync(ids=ids, seq=seq))


class JsonSession(WebSocketSession):
    """Reads requests, writes responses."""

    accepts_json = True

    def create_send_queue(self, socket: web.WebSocketResponse, transport: asyncio.Transport) -> SendQueue:
        """An outbox that writes JSON."""
        return SendQueue(socket, transport, JsonCodec(), self._settings, self.unsubscribe_all)

    def send_hello(self) -> None:
        """Say who we are."""
        store = self._pipeline.store
        self._send(
            Hello(
                device=store.device,
                epoch=store.epoch,
                seq=store.seq,
                role=self.principal.role,
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
                await self.call_reducer(request.id, request.reducer, request.args)
            elif isinstance(request, Subscribe):
                await self.subscribe(request.id, request.sql, request.since, request.epoch)
            else:
                self.unsubscribe(request.id)
                self._send(Unsubscribed(id=request.id))
        except RefusedError as refused:
            self._send_refusal(request.id, refused)

    def deliver_batch(self, entries: list[BatchEntry], encoded: EncodingCache) -> None:
        """Tell the client of a batch; those who see the same under the same ids share its bytes."""
        shape = self._batch_key(entries) if self.send_queue.idle else None
        if shape is None:
            super().deliver_batch(entries, encoded)
            return
        framed = encoded.batches.get(shape)
        if framed is None:
            plan = BatchBuilder()
            for entry in entries:
                plan.add(entry)
            changes = [step for step in plan.items if isinstance(step, TransactionChanges)]
            frames = (_encode_diff(step.seq, step.reducer, step.diffs, encoded)[1] for step in changes)
            framed = encoded.batches[shape] = b"".join(frames)
        self.send_queue.write(framed)

    def deliver(self, steps: list[BatchItem], encoded: EncodingCache) -> None:
        """Send each step."""
        for step in steps:
            if isinstance(step, TransactionChanges) and step.call_result is None:
                parts = [part for part in step.diffs if not part[0].closed]
                if not parts:
                    continue
                payload, framed = _encode_diff(step.seq, step.reducer, parts, encoded)
                if self.send_queue.idle:
                    self.send_queue.write(framed)
                else:
                    self.send_queue.enqueue(PendingTransaction(step.seq, parts, payload))
            else:
                self._deliver_one(step, encoded)

    def end_slow_subscription(self, live: ClientSubscription) -> None:
        """Ask the client to subscribe again when it can take the rows."""
        self._send(Resync(ids=[live.id], seq=self._pipeline.store.seq))

    def _batch_key(self, entries: list[BatchEntry]) -> tuple[int, ...] | None:
        """What tells this client's bytes from another's, None when it is told of more than changes."""
        shape: list[int] = []
        for entry in entries:
            if isinstance(entry, CallResult) or not isinstance(entry[2], QueryDiff) or entry[1].closed:
                return None
            shape += (entry[1].id, id(entry[2]))
        return tuple(shape)

    def _deliver_one(self, step: BatchItem, encoded: EncodingCache) -> None:
        match step:
            case TransactionChanges(call_result=answered) if answered is not None:
                self._send_call_result(answered, [part for part in step.diffs if not part[0].closed], encoded)
            case CallResult():
                self._send_call_result(step, [], encoded)
            case FirstRows() if not step.subscription.closed:
                step.subscription.key = step.rows.key
                if step.resumed:
                    self.send_queue.enqueue(ChunkedMessage(_missed_chunks(step)))
                else:
                    self._send_rows(step)
            case FirstRows() if step.delivered is not None:
                step.delivered.set()
            case Ended() if self.unsubscribe(step.subscription.id) is not None:
                self._send_refusal(step.subscription.id, step.error)

    def _send_call_result(self, answered: CallResult, parts: list[SubscriptionDiff], encoded: EncodingCache) -> None:
        error = answered.future.exception()
        if error is None:
            result = answered.future.result()
            try:
                payload = _encode(Answer(id=answered.id, seq=result.seq, value=result.value))
            except (TypeError, ValueError):
                payload = _encode(Answer(id=answered.id, seq=result.seq, value=repr(result.value)))
            if parts:
                payload = payload[:-1] + b',"changes":[' + _encode_changes(parts, encoded) + b"]}"
            self.send_queue.enqueue(EncodedMessage(payload))
        elif isinstance(error, RefusedError):
            self._send_refusal(answered.id, error)
        else:
            self._send_refusal(answered.id, RefusedError(f"It failed: {error}", code="internal"))

    def _send_rows(self, step: FirstRows) -> None:
        live, rows = step.subscription, step.rows
        total = len(rows.rows)

        def piece(some: Any, *, start: int = 0, more: bool = not rows.done) -> bytes:
            reset = live.resuming and rows.reset and start == 0
            return _encode(Rows(id=live.id, seq=rows.seq, rows=some, key=list(rows.key), more=more, reset=reset))

        def cut() -> Iterator[bytes]:
            for start in range(0, total, CHUNK_ROWS):
                end = start + CHUNK_ROWS
                yield piece(rows.rows[start:end], start=start, more=end < total or not rows.done)

        if total > CHUNK_ROWS:
            self.send_queue.enqueue(ChunkedMessage(cut()))
            return
        self.send_queue.enqueue(
            EncodedMessage(piece(rows.rows if rows.encoded is None else msgspec.Raw(rows.encoded)), step.delivered)
        )
        self.enforce_chunk_timeout(step)

    def _send_refusal(self, number: int, refused: RefusedError) -> None:
        self._send(Refused.of(number, refused))

    def _send(self, message: Any) -> None:
        self.send_queue.enqueue(EncodedMessage(_encode(message)))


def _missed_chunks(step: FirstRows) -> Iterator[bytes]:
    seq = max([step.rows.seq, *(diff.seq for diff in step.missed)])
    total = len(step.missed)
    for start in range(0, max(total, 1), MISSED_PER_MESSAGE):
        missed = [
            Missed(seq=diff.seq, reducer=diff.reducer or "", insert=diff.insert, update=diff.update, delete=diff.delete)
            for diff in step.missed[start : start + MISSED_PER_MESSAGE]
        ]
        more = start + MISSED_PER_MESSAGE < total
        yield _encode(Resumed(id=step.subscription.id, seq=seq, key=list(step.rows.key), missed=missed, more=more))


def _encode_diff(seq: int, reducer: str, parts: list[SubscriptionDiff], encoded: EncodingCache) -> tuple[bytes, bytes]:
    """Payload and frame of one transaction's diff, made once for all who see the same under the same ids."""
    shape = ("json", seq, *((live.id, id(diff)) for live, diff in parts))
    known = encoded.frames.get(shape)
    if known is None:
        head = b'{"type":"diff","seq":%d,"reducer":%s,"changes":[' % (seq, _encode(reducer))
        payload = head + _encode_changes(parts, encoded) + b"]}"
        known = encoded.frames[shape] = (payload, encode_frame(TEXT, payload))
    return known


def _encode_changes(parts: list[SubscriptionDiff], encoded: EncodingCache) -> bytes:
    return b",".join(b'{"id":%d,%s}' % (live.id, _encode_query_diff(diff, encoded)) for live, diff in parts)


def _encode_query_diff(diff: QueryDiff, encoded: EncodingCache) -> bytes:
    """The changes of one query without braces."""
    key = ("json", id(diff))
    body = encoded.bodies.get(key)
    if body is None:
        lists = {"insert": diff.insert, "update": diff.update, "delete": diff.delete}
        body = encoded.bodies[key] = _encode({name: rows for name, rows in lists.items() if rows})[1:-1]
    return body
