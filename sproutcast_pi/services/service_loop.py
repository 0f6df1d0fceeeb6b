"""Loop condition of a service that sleeps until it is woken."""

from __future__ import annotations

import threading


def keep_going(wake: threading.Event, stop: threading.Event) -> bool:
    """Whether another round begins. Clears `wake` before it looks at `stop`, or a stop could be slept over."""
    wake.clear()
    return not stop.is_set()
