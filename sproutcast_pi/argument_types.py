"""Types of command-line arguments: numbers held against the same ranges as the store's reducers."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from sproutcast_pi.model.ranges import Range


def number_in(limits: Range) -> Callable[[str], float]:
    """An argparse type: a number within `limits`; what is no number, or outside, is refused with the range."""

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is no number") from None
        if not limits.low <= value <= limits.high:
            raise argparse.ArgumentTypeError(f"{text} is not within {limits.text}")
        return value

    return parse


def integer_in(low: int, high: int) -> Callable[[str], int]:
    """An argparse type: a whole number from `low` to `high`."""

    def parse(text: str) -> int:
        try:
            value = int(text) if len(text) < 20 else high + 1  # noqa: PLR2004 - longer ones are outside any range
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number") from None
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} is not within {low} to {high}")
        return value

    return parse
