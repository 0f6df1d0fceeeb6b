"""Waits of the tests: for a condition that can only be polled, and for rows that a store announces."""

import threading
import time

from sproutcast_pi.store.engine import INTERNAL

PATIENCE_S = 90.0
"""Far longer than anything takes on a busy machine: a wait that ends by it is a failure."""
POLL_S = 0.01


def wait_until(condition, seconds=PATIENCE_S, *, between=lambda: time.sleep(POLL_S), state=lambda: None):
    """Return what `condition()` returns once it is true: something another process or thread does.

    `between`: what is done between two looks. `state`: what a failure says of how things are.
    """
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, f"it did not happen in {seconds:g} s: {state()}"
        between()
    return found


def wait_for_rows(store, sql, enough, seconds=PATIENCE_S, *, parameters=()):
    """Return the rows of `sql` once `enough(rows)` is true, looked at after every change of a table it reads."""
    changed = threading.Event()
    end = time.monotonic() + seconds
    plain = sql.partition(" WHERE ")[0].partition(" ORDER ")[0] if parameters else sql
    subscription = store.subscribe(plain, lambda _: changed.set(), caller=INTERNAL)
    try:
        while True:
            changed.clear()
            rows = store.query(sql, parameters)
            if enough(rows):
                return rows
            assert changed.wait(max(0.0, end - time.monotonic())), f"not in {seconds:g} s: {rows[-5:]}"
    finally:
        subscription.close()


def wait_for_health(store, part, enough, seconds=PATIENCE_S):
    """Return the row of `health` of this part once `enough(row)` is true."""
    sql = "SELECT * FROM health WHERE part = ?"
    rows = wait_for_rows(store, sql, lambda rows: rows and enough(rows[0]), seconds, parameters=(part,))
    return rows[0]
