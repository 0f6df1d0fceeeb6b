"""What came of hostile inputs: none of these lists may hold anything in the end."""

from __future__ import annotations

from collections import Counter


class Outcome:
    """Counts by border, and everything that went wrong with the input that brought it about."""

    def __init__(self) -> None:
        self.tried: Counter[str] = Counter()
        self.internal: list[str] = []
        """Errors of ours: where a refusal belongs, something else was raised."""
        self.unanswered: list[str] = []
        self.faults: list[str] = []
        """Answers that are wrong."""
        self.peak_mb: dict[str, int] = {}

    def summary(self) -> str:
        """The counts in one line."""
        counted = ", ".join(f"{border} {count}" for border, count in self.tried.items())
        return f"{sum(self.tried.values())} inputs ({counted})"
