"""What belongs together reaches the event loop together."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from typing import Any

from sproutcast_pi.services.gateway.hub import Broadcaster
from sproutcast_pi.store.engine import ReducerResult


class Carried(asyncio.SelectorEventLoop):
    """A loop that keeps what it was asked to run."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[list[Any]] = []

    def call_soon_threadsafe(self, callback: Any, *args: Any, context: Any = None) -> Any:
        self.batches.append(args[0])


def test_an_answer_is_not_left_behind_when_the_store_is_quicker_than_the_caller() -> None:
    """The writer may have told everything before `submit` returns; its changes must wait for the answer."""
    loop = Carried()
    hub = Broadcaster(loop)
    future: Future[ReducerResult] = Future()
    change: Any = ("client", "live", "diff")

    def write() -> None:
        hub.add(change)
        future.set_result(ReducerResult(value=None, seq=1))
        hub.flush()

    writer = threading.Thread(target=write)

    def submit() -> Future[ReducerResult]:
        writer.start()
        # Far more than the writer needs when nothing holds it.
        writer.join(0.5)
        return future

    hub.submit_call("session", 7, submit)  # type: ignore[arg-type]  # only told apart
    writer.join()
    loop.close()
    ((first, second),) = loop.batches
    assert first is change
    assert second.id == 7
