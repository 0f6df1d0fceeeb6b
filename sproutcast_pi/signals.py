"""Signals, told in a thread of their own.

A handler runs amid whatever the main thread does just then. One that sets an event the main thread waits for can find
that event's lock held by the very thread it interrupts, and both stand still for ever.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable, Mapping

LOG = logging.getLogger(__name__)


def handle_signals(handlers: Mapping[int, Callable[[], object]]) -> None:
    """From now on call `tell[number]` for every signal of that number; only the main thread may ask."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    for number in handlers:
        signal.signal(number, _ignore_in_handler)
    threading.Thread(target=_dispatch, args=(reading, handlers), name="signals", daemon=True).start()


def _ignore_in_handler(_number: int, _frame: object) -> None:
    """Nothing is left to do: the number is in the pipe already."""


def _dispatch(reading: int, handlers: Mapping[int, Callable[[], object]]) -> None:
    while numbers := os.read(reading, 64):
        for number in numbers:
            if number not in handlers:
                continue
            try:
                handlers[number]()
            except Exception:
                LOG.exception("%s could not be obeyed", signal.Signals(number).name)
