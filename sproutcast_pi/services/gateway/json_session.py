"""A client that speaks `v1.json.sproutcast`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import msgspec
from aiohttp import web

from sproutcast_pi import __version__
from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import phones
from sproutcast_pi.messages.areas.causes import cause
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
from sproutcast_pi.services.gateway.fan_out.batch import (
    BatchBuilder,
    BatchEntry,
    BatchItem,
    CallResult,
    EncodingCache,
    Ended,
    FirstRows,
    TransactionChanges,
)
from sproutcast_pi.services.gateway.fan_out.client_subscription import ClientSubscription
from sproutcast_pi.services.gateway.send_queue import (
    ChunkedMessage,
    EncodedMessage,
    PendingTransaction,
    SendQueue,
    SubscriptionDiff,
)
from sproutcast_pi.services.gateway.session import WebSocketSession
from sproutcast_pi.services.gateway.websocket_frames import TEXT, encode_frame
from sproutcast_pi.store.messages import QueryDiff

CHUNK_ROWS = 1_000
"""Rows of a chunk: encoding them takes about a millisecond on a Pi, which is all that other clients wait for."""
MISSED_PER_MESSAGE = 200

_encode = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(Request)


class JsonCodec:
    """Encodings that the send queue asks for."""

    opcode = TEXT

    def encode_merged(self, seq: int, transactions: int, merged: dict[ClientSubscription, ByKey | ByCount]) -> bytes:
        """Several transactions as one diff."""
        changes = []
        for subscription, rows in merged.items():
            insert, update, delete = rows.lists()
            if (insert or update or delete) and not subscription.closed:
                changes.append(Change(id=subscription.id, insert=insert, update=update, delete=delete))
        fields = {"type": "diff", "seq": seq, "transactions": transactions, "changes": changes}
        return _encode(fields)

    def encode_resync(self, ids: list[int], seq: int) -> bytes:
        """Subscribe to these again."""
        return _encode(Resync(ids=ids, seq=seq))


class JsonSession(WebSocketSession):
    """Reads requests, writes responses."""

    accepts_json = True

    def create_send_queue(self, socket: web.WebSocketResponse, transport: asyncio.Transport) -> SendQueue:
        """A send queue that writes JSON."""
        return SendQueue(socket, transport, JsonCodec(), self._settings, self.unsubscribe_all)

    def send_hello(self) -> None:
        """Send device, epoch, version and role."""
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

    def on_batch(self, entries: list[BatchEntry], encoded: EncodingCache) -> None:
        """Send a batch; clients with the same diffs under the same ids share its bytes."""
        shape = self._batch_key(entries) if self.send_queue.idle else None
        if shape is None:
            super().on_batch(entries, encoded)
            return
        framed = encoded.batches.get(shape)
        if framed is None:
            builder = BatchBuilder()
            for entry in entries:
                builder.add(entry)
            changes = [item for item in builder.items if isinstance(item, TransactionChanges)]
            frames = (_encode_diff(item.seq, item.reducer, item.diffs, encoded)[1] for item in changes)
            framed = encoded.batches[shape] = b"".join(frames)
        self.send_queue.write(framed)

    def send_items(self, items: list[BatchItem], encoded: EncodingCache) -> None:
        """Send each step."""
        for item in items:
            if isinstance(item, TransactionChanges) and item.call_result is None:
                diffs = _open_diffs(item)
                if not diffs:
                    continue
                payload, framed = _encode_diff(item.seq, item.reducer, diffs, encoded)
                if self.send_queue.idle:
                    self.send_queue.write(framed)
                else:
                    self.send_queue.push(PendingTransaction(item.seq, diffs, payload))
            else:
                self._send_item(item, encoded)

    def end_slow_subscription(self, subscription: ClientSubscription) -> None:
        """Ask the client to subscribe again when it can take the rows."""
        self._send(Resync(ids=[subscription.id], seq=self._pipeline.store.seq))

    def _batch_key(self, entries: list[BatchEntry]) -> tuple[int, ...] | None:
        """Key of the batch's bytes, shared by clients with the same ids; None when it holds more than changes."""
        shape: list[int] = []
        for entry in entries:
            if isinstance(entry, CallResult) or not isinstance(entry[2], QueryDiff) or entry[1].closed:
                return None
            shape += (entry[1].id, id(entry[2]))
        return tuple(shape)

    def _send_item(self, item: BatchItem, encoded: EncodingCache) -> None:
        match item:
            case TransactionChanges(call_result=result) if result is not None:
                self._send_call_result(result, _open_diffs(item), encoded)
            case CallResult():
                self._send_call_result(item, [], encoded)
            case FirstRows() if not item.subscription.closed:
                item.subscription.key = item.rows.key
                if item.resumed:
                    self.send_queue.push(ChunkedMessage(_missed_chunks(item)))
                else:
                    self._send_rows(item)
            case FirstRows() if item.delivered is not None:
                item.delivered.set()
            case Ended() if self.unsubscribe(item.subscription.id) is not None:
                self._send_refusal(item.subscription.id, item.error)

    def _send_call_result(self, call_result: CallResult, diffs: list[SubscriptionDiff], encoded: EncodingCache) -> None:
        error = call_result.future.exception()
        if error is None:
            result = call_result.future.result()
            try:
                payload = _encode(Answer(id=call_result.id, seq=result.seq, value=result.value))
            except (TypeError, ValueError):
                payload = _encode(Answer(id=call_result.id, seq=result.seq, value=repr(result.value)))
            if diffs:
                payload = payload[:-1] + b',"changes":[' + _encode_changes(diffs, encoded) + b"]}"
            self.send_queue.push(EncodedMessage(payload))
        elif isinstance(error, RefusedError):
            self._send_refusal(call_result.id, error)
        else:
            self._send_refusal(call_result.id, RefusedError(phones.CALL_FAILED(reason=cause(error)), code="internal"))

    def _send_rows(self, item: FirstRows) -> None:
        subscription, rows = item.subscription, item.rows
        total = len(rows.rows)

        def piece(some: Any, *, start: int = 0, more: bool = not rows.done) -> bytes:
            reset = subscription.resuming and rows.reset and start == 0
            return _encode(
                Rows(id=subscription.id, seq=rows.seq, rows=some, key=list(rows.key), more=more, reset=reset)
            )

        def cut() -> Iterator[bytes]:
            for start in range(0, total, CHUNK_ROWS):
                end = start + CHUNK_ROWS
                yield piece(rows.rows[start:end], start=start, more=end < total or not rows.done)

        if total > CHUNK_ROWS:
            self.send_queue.push(ChunkedMessage(cut()))
            return
        self.send_queue.push(
            EncodedMessage(piece(rows.rows if rows.encoded is None else msgspec.Raw(rows.encoded)), item.delivered)
        )
        self.enforce_chunk_timeout(item)

    def _send_refusal(self, number: int, refused: RefusedError) -> None:
        self._send(Refused.of(number, refused))

    def _send(self, message: Any) -> None:
        self.send_queue.push(EncodedMessage(_encode(message)))


def _open_diffs(changes: TransactionChanges) -> list[SubscriptionDiff]:
    return [diff for diff in changes.diffs if not diff[0].closed]


def _missed_chunks(item: FirstRows) -> Iterator[bytes]:
    seq = max([item.rows.seq, *(diff.seq for diff in item.missed)])
    total = len(item.missed)
    for start in range(0, max(total, 1), MISSED_PER_MESSAGE):
        missed = [
            Missed(seq=diff.seq, reducer=diff.reducer or "", insert=diff.insert, update=diff.update, delete=diff.delete)
            for diff in item.missed[start : start + MISSED_PER_MESSAGE]
        ]
        more = start + MISSED_PER_MESSAGE < total
        yield _encode(Resumed(id=item.subscription.id, seq=seq, key=list(item.rows.key), missed=missed, more=more))


def _encode_diff(seq: int, reducer: str, diffs: list[SubscriptionDiff], encoded: EncodingCache) -> tuple[bytes, bytes]:
    """Payload and frame of one transaction's diff, made once for all who see the same under the same ids."""
    shape = ("json", seq, *((subscription.id, id(diff)) for subscription, diff in diffs))
    known = encoded.frames.get(shape)
    if known is None:
        head = b'{"type":"diff","seq":%d,"reducer":%s,"changes":[' % (seq, _encode(reducer))
        payload = head + _encode_changes(diffs, encoded) + b"]}"
        known = encoded.frames[shape] = (payload, encode_frame(TEXT, payload))
    return known


def _encode_changes(diffs: list[SubscriptionDiff], encoded: EncodingCache) -> bytes:
    return b",".join(
        b'{"id":%d,%s}' % (subscription.id, _encode_query_diff(diff, encoded)) for subscription, diff in diffs
    )


def _encode_query_diff(diff: QueryDiff, encoded: EncodingCache) -> bytes:
    """The changes of one query without braces."""
    key = ("json", id(diff))
    body = encoded.bodies.get(key)
    if body is None:
        lists = {"insert": diff.insert, "update": diff.update, "delete": diff.delete}
        body = encoded.bodies[key] = _encode({name: rows for name, rows in lists.items() if rows})[1:-1]
    return body
