"""How long the lamp has burned in the last 24 h, kept so that no crash, reboot or clock jump can forget it.

The ledger has a time of its own: seconds the program ran, advanced by a monotonic clock, plus the pauses between runs
where a trusted clock on both sides of a pause proves how long it was. A pause nobody can measure counts as no time at
all, so light never ages out of the window early. What was saved last promises how long the lamp may have burned after
it. A clock set back while running is only built upon after a day: which of its two times was wrong, nobody knows.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

WINDOW_S = 86400.0
MARGIN_S = 30.0
"""The budget counts as spent this early, so a late tick can't overrun it."""
SET_BACK_S = 300.0
"""A clock that much behind what was counted was set back, not corrected."""
RESUME_S = 600.0
"""Once spent, so much must have come back before the lamp burns again: a lamp must not flicker at the limit."""


class LightLedger(msgspec.Struct, frozen=True, kw_only=True):
    """The lamp's account. A value: store it as JSON, `advance` it, `reopen` it after a restart."""

    now_s: float = 0.0
    spans: tuple[tuple[float, float], ...] = ()
    """When the lamp burned (from, to) in ledger seconds, oldest first, nothing older than the window."""
    spent: bool = False
    promised_s: float = 0.0
    """After a crash the lamp counts as having burned this long beyond `now_s`."""
    known_at: datetime | None = None
    """The newest trusted moment ..."""
    known_s: float = 0.0
    """... and the ledger second it belongs to."""
    paused_s: float | None = None
    """The ledger second of the first restart since then: an unmeasured pause lies there."""
    set_back_s: float | None = None
    """The ledger second at which the clock was found set back."""


def advance(
    ledger: LightLedger, elapsed_s: float, *, lit: bool, limit_s: float, trusted_now: datetime | None = None
) -> LightLedger:
    """Return the ledger `elapsed_s` monotonic seconds later, in which the lamp burned (`lit`) or not.

    `limit_s`: most burning seconds in any 24 h. `trusted_now`: the wall clock, where it can be trusted.
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
    """Return the seconds the lamp burned in the last 24 h."""
    begin = ledger.now_s - WINDOW_S
    return sum(end - max(start, begin) for start, end in ledger.spans if end > begin)


def left_s(ledger: LightLedger, limit_s: float) -> float:
    """Return the seconds the lamp may still burn now, never below 0."""
    return max(limit_s - used_s(ledger), 0.0)


def reserve(ledger: LightLedger, seconds: float) -> LightLedger:
    """Return the ledger to save: it holds even if the lamp burns `seconds` longer and then the power fails.

    Save again before those seconds are over, and before the lamp goes on.
    """
    return msgspec.structs.replace(ledger, promised_s=max(seconds, 0.0))


def restore(ledger: LightLedger) -> LightLedger:
    """Return the saved ledger as it stands after a restart: what was promised counts as burned."""
    restart_s = ledger.now_s + ledger.promised_s
    spans = ledger.spans
    if ledger.promised_s:
        spans = (*spans, (ledger.now_s, restart_s))
    paused_s = restart_s if ledger.paused_s is None else ledger.paused_s
    return msgspec.structs.replace(ledger, now_s=restart_s, spans=spans, promised_s=0.0, paused_s=paused_s)


def _measure_pause(ledger: LightLedger, trusted_now: datetime) -> LightLedger:
    """Give an unmeasured pause its length, now that the clock says it; all before it is that much longer ago."""
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
    """The span as much earlier as the pause was long, if it was over before the pause."""
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
