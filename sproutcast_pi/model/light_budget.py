"""Light budget: ledger of the lamp's lit seconds in the last 24 h, robust against crashes, reboots and clock jumps.

The ledger has a time of its own: seconds the program ran, advanced by a monotonic clock, plus the pauses between runs
where a trusted clock on both sides of a pause proves how long it was. An unmeasurable pause counts as no time at
all, so light never ages out of the window early. The saved ledger reserves the time the lamp may have been on after
it. A clock set back while running is used again only after a day, since either of its times may be wrong.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

WINDOW_S = 86400.0
MARGIN_S = 30.0
"""Margin before the limit at which the budget counts as spent, so that a late tick can't overrun it."""
SET_BACK_S = 300.0
"""Backward step from which a clock counts as set back rather than corrected."""
RESUME_S = 600.0
"""Hysteresis of a spent budget, so that the lamp does not flicker at the limit."""


class LightLedger(msgspec.Struct, frozen=True, kw_only=True):
    """Ledger of lit time. A value: store it as JSON, `advance` it, `restore` it after a restart."""

    now_s: float = 0.0
    spans: tuple[tuple[float, float], ...] = ()
    """Lit spans (from, to) in ledger seconds, oldest first, within the window."""
    spent: bool = False
    promised_s: float = 0.0
    """Reserved seconds: after a crash the lamp counts as lit this long beyond `now_s`."""
    known_at: datetime | None = None
    """The newest trusted time ..."""
    known_s: float = 0.0
    """... and the ledger second it belongs to."""
    paused_s: float | None = None
    """The ledger second of the first restart since then: an unmeasured pause lies there."""
    set_back_s: float | None = None
    """The ledger second at which the clock was found set back."""


def advance(
    ledger: LightLedger, elapsed_s: float, *, lit: bool, limit_s: float, trusted_now: datetime | None = None
) -> LightLedger:
    """Return the ledger `elapsed_s` monotonic seconds later, during which the lamp was on (`lit`) or off.

    `limit_s`: maximum lit seconds in any 24 h. `trusted_now`: the wall clock, if trusted.
    """
    elapsed_s = max(elapsed_s, 0.0)
    now_s = ledger.now_s + elapsed_s
    spans = ledger.spans
    if lit and elapsed_s:
        if spans and spans[-1][1] >= ledger.now_s and spans[-1][0] >= (ledger.paused_s or 0.0):
            spans = (*spans[:-1], (spans[-1][0], now_s))
        else:
            spans = (*spans, (ledger.now_s, now_s))
    ledger = msgspec.structs.replace(ledger, now_s=now_s, spans=spans, promised_s=0.0)
    if trusted_now is not None:
        ledger = _measure_pause(ledger, trusted_now)
    kept = tuple(span for span in ledger.spans if span[1] > now_s - WINDOW_S)
    ledger = msgspec.structs.replace(ledger, spans=kept)
    return msgspec.structs.replace(ledger, spent=_is_spent(ledger, limit_s, elapsed_s))


def used_s(ledger: LightLedger) -> float:
    """Return the lit seconds in the last 24 h."""
    begin = ledger.now_s - WINDOW_S
    return sum(end - max(start, begin) for start, end in ledger.spans if end > begin)


def left_s(ledger: LightLedger, limit_s: float) -> float:
    """Return the seconds the lamp may still be on, never below 0."""
    return max(limit_s - used_s(ledger), 0.0)


def reserve(ledger: LightLedger, seconds: float) -> LightLedger:
    """Return the ledger to save: it stays valid if the lamp is on for `seconds` more and then the power fails.

    Save again before those seconds are over, and before switching the lamp on.
    """
    return msgspec.structs.replace(ledger, promised_s=max(seconds, 0.0))


def restore(ledger: LightLedger) -> LightLedger:
    """Return the saved ledger after a restart: the reserved seconds count as lit."""
    restart_s = ledger.now_s + ledger.promised_s
    spans = ledger.spans
    if ledger.promised_s:
        spans = (*spans, (ledger.now_s, restart_s))
    paused_s = restart_s if ledger.paused_s is None else ledger.paused_s
    return msgspec.structs.replace(ledger, now_s=restart_s, spans=spans, promised_s=0.0, paused_s=paused_s)


def _measure_pause(ledger: LightLedger, trusted_now: datetime) -> LightLedger:
    """Insert the length of an unmeasured pause once the clock is trusted; earlier spans move back by it."""
    spans = ledger.spans
    if ledger.known_at is not None:
        counted_s = ledger.now_s - ledger.known_s
        ahead_s = (trusted_now - ledger.known_at).total_seconds() - counted_s
        if ahead_s < -SET_BACK_S:
            since_s = ledger.now_s if ledger.set_back_s is None else ledger.set_back_s
            if ledger.now_s - since_s < WINDOW_S:
                return msgspec.structs.replace(ledger, set_back_s=since_s)
        elif ahead_s > 0 and ledger.paused_s is not None:
            spans = tuple(_shifted_back(span, ahead_s, ledger.paused_s) for span in spans)
    return msgspec.structs.replace(
        ledger, spans=spans, known_at=trusted_now, known_s=ledger.now_s, paused_s=None, set_back_s=None
    )


def _shifted_back(span: tuple[float, float], pause_s: float, paused_s: float) -> tuple[float, float]:
    """The span shifted back by the pause, if it ended before the pause."""
    return (span[0] - pause_s, span[1] - pause_s) if span[1] <= paused_s else span


def _is_spent(ledger: LightLedger, limit_s: float, tick_s: float) -> bool:
    if limit_s >= WINDOW_S:
        return False
    if limit_s <= 0:
        return True
    left = left_s(ledger, limit_s)
    if ledger.spent:
        return left < max(min(RESUME_S, limit_s / 2), tick_s)
    return left < min(max(MARGIN_S, tick_s), limit_s)
