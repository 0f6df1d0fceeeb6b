"""Show that long work goes on: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PRINT_EVERY = 200
"""Pieces between two plain lines."""


@contextmanager
def progress_reporter(what: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function to tell (done, of all) to; it shows on stderr."""
    if not sys.stderr.isatty():
        yield lambda done, total: _line(what, done, total)
        return
    from rich.console import Console  # noqa: PLC0415 - a second to load on a Pi, for a terminal only
    from rich.progress import Progress  # noqa: PLC0415 - as above

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _line(what: str, done: int, total: int) -> None:
    if done % PRINT_EVERY == 0 or done == total:
        print(f"{done} of {total} {what}", file=sys.stderr)
