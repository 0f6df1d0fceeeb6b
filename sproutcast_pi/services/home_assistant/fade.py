"""A light that takes its time: the steps of a transition."""

from __future__ import annotations

from collections.abc import Iterator

STEP_S = 1.0
MOST_STEPS = 60
"""Each step is a row in the log; more would not look smoother."""


def steps(begin: float, end: float, seconds: float) -> Iterator[tuple[float, float]]:
    """(seconds from now, level) of each step from level `begin` to `end`; the last one is `end` exactly."""
    if seconds <= 0 or begin == end:
        yield 0.0, end
        return
    count = max(1, min(MOST_STEPS, round(seconds / STEP_S)))
    for number in range(1, count):
        share = number / count
        yield seconds * share, round(begin + (end - begin) * share, 4)
    yield seconds, end
