"""The beginning of each round of a service that sleeps until it is woken."""

from __future__ import annotations

import threading


def keep_going(wake: threading.Event, stop: threading.Event) -> bool:
    """Whether one begins; what woke the last is forgotten.

    First forgotten, then asked: a stop that came between the two would take its wake along, and be slept over.
    """
    wake.clear()
    return not stop.is_set()
