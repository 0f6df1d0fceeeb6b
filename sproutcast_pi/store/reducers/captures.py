"""Captures: wished for, begun, done or failed. Each step is taken once."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import captures, refusals
from sproutcast_pi.messages.message import Message
from sproutcast_pi.messages.validation import rule_message
from sproutcast_pi.protocol.worker import WorkerAnswer
from sproutcast_pi.store.arguments import Json, RowId, Sentence, Share
from sproutcast_pi.store.context import Context
from sproutcast_pi.store.message_columns import message_columns
from sproutcast_pi.store.reducer import reducer
from sproutcast_pi.store.reducers.checks import existing, json_text, update_row
from sproutcast_pi.store.reducers.refused_photos import follow_refused
from sproutcast_pi.store.reducers.results import record_results
from sproutcast_pi.store.tables import Capture

Reason = Literal["schedule", "catch_up", "button", "timelapse", "wizard"]


@reducer(role="carer")
def request_capture(ctx: Context, *, reason: Reason = "button") -> int:
    """Request a picture now; returns the capture's id, that of one already requested when there is one."""
    waiting = Capture.select(Capture.id).where(Capture.state == "wanted").order_by(Capture.id).first()
    if waiting is not None:
        return int(waiting.id)
    return int(Capture.create(state="wanted", reason=reason, wanted_at=ctx.at, time_trusted=int(ctx.time_trusted)).id)


@reducer(role="internal")
def begin_capture(ctx: Context, *, capture_id: RowId, light_level: Share | None = None) -> None:
    """The picture is about to be taken."""
    capture = _in_state(capture_id, "wanted")
    update_row(capture, state="taking", started_at=ctx.at, light_level=light_level, time_trusted=int(ctx.time_trusted))


@reducer(role="internal")
def finish_capture(
    ctx: Context, *, capture_id: RowId, answer: Json, light_level: Share | None = None
) -> dict[str, Any]:
    """Keep a picture, its numbers and everything that follows from them; returns counts of results and notices.

    `answer` is a `WorkerAnswer` as a mapping. A picture of refused quality is kept without results. A capture that is
    not being taken is refused (`conflict`), so a repeated answer changes nothing.
    """
    capture = _in_state(capture_id, "taking")
    worker_answer = _answer(capture_id, answer)
    assert worker_answer.quality is not None
    lamp = worker_answer.lamp
    update_row(
        capture,
        state="done",
        finished_at=ctx.at,
        file=worker_answer.file,
        thumb=worker_answer.thumb,
        overlay=worker_answer.overlay,
        width=worker_answer.width,
        height=worker_answer.height,
        bytes=worker_answer.bytes,
        sha256=worker_answer.sha256 or None,
        quality=worker_answer.quality.verdict,
        quality_reasons=json_text(worker_answer.quality.reasons),
        data=json_text({"quality_reasons": worker_answer.quality.messages}) if worker_answer.quality.messages else None,
        sharpness=worker_answer.quality.sharpness,
        exposure=worker_answer.quality.exposure,
        light_level=capture.light_level if light_level is None else light_level,
        lamp_lit=None if lamp is None or lamp.lit is None else int(lamp.lit),
        lamp_colour=None if lamp is None else lamp.colour,
        metadata=json_text(
            {
                "settings": worker_answer.settings,
                "camera": worker_answer.metadata,
                "notes": worker_answer.notes,
                "elapsed_ms": worker_answer.elapsed_ms,
                "proposals": worker_answer.proposals,
            }
        ),
        elapsed_ms=worker_answer.elapsed_ms.get("total"),
    )
    notices = follow_refused(ctx, capture, worker_answer.quality.refusal)
    if worker_answer.quality.verdict == "refused":
        return {"results": 0, "notices": notices}
    return record_results(ctx, capture, worker_answer.plants)


@reducer(role="internal")
def fail_capture(ctx: Context, *, capture_id: RowId, error: Sentence | Message, retry: bool = False) -> int | None:
    """There is no picture, and why; with `retry` the next try is wished for and its id returned."""
    capture = existing(Capture, capture_id, "capture_id")
    if capture.state not in ("wanted", "taking"):
        raise _conflict(capture)
    update_row(capture, state="failed", finished_at=ctx.at, **message_columns(error=error))
    if not retry:
        return None
    return int(
        Capture.create(
            state="wanted",
            reason=capture.reason,
            attempt=capture.attempt + 1,
            wanted_at=ctx.at,
            time_trusted=int(ctx.time_trusted),
        ).id
    )


@reducer(role="internal")
def fail_stale_captures(ctx: Context, *, error: Sentence | Message = captures.POWER_LOST()) -> int:  # noqa: B008 - a frozen value
    """At start: captures that were being taken when everything stopped have failed; returns how many."""
    return int(
        Capture.update(state="failed", finished_at=ctx.at, **message_columns(error=error))
        .where(Capture.state == "taking")
        .execute()
    )


def _in_state(capture_id: int, state: str) -> Capture:
    capture = existing(Capture, capture_id, "capture_id")
    if capture.state != state:
        raise _conflict(capture)
    return capture


def _conflict(capture: Capture) -> RefusedError:
    return RefusedError(refusals.CAPTURE_STATE(id=capture.id, state=capture.state), code="conflict", field="capture_id")


def _answer(capture_id: int, answer: Any) -> WorkerAnswer:
    try:
        worker_answer = msgspec.convert(answer, WorkerAnswer)
    except msgspec.ValidationError as fault:
        raise RefusedError(refusals.ANSWER_INVALID(rule=rule_message(fault)), field="answer") from None
    if worker_answer.capture != capture_id:
        raise RefusedError(refusals.ANSWER_OF_OTHER(id=worker_answer.capture, wanted=capture_id), field="answer")
    if worker_answer.error is not None or worker_answer.quality is None or not worker_answer.file:
        raise RefusedError(refusals.ANSWER_EMPTY(), field="answer")
    return worker_answer
