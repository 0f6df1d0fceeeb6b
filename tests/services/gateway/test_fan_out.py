"""A call's result and its changes reach the event loop in one batch."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from typing import Any

from sproutcast_pi.services.gateway.fan_out.broadcaster import Broadcaster
from sproutcast_pi.store.engine import ReducerResult


class RecordingLoop(asyncio.SelectorEventLoop):
    """Event loop that records its callbacks."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[list[Any]] = []

    def call_soon_threadsafe(self, callback: Any, *args: Any, context: Any = None) -> Any:
        self.batches.append(args[0])


def test_an_answer_is_not_left_behind_when_the_store_is_quicker_than_the_caller() -> None:
    """The writer may have delivered everything before `submit` returns; its changes must wait for the answer."""
    loop = RecordingLoop()
    broadcaster = Broadcaster(loop)
    future: Future[ReducerResult] = Future()
    change: Any = ("client", "live", "diff")

    def write() -> None:
        broadcaster.enqueue(change)
        future.set_result(ReducerResult(value=None, seq=1))
        broadcaster.flush()

    writer = threading.Thread(target=write)

    def submit() -> Future[ReducerResult]:
        writer.start()
        # Far more than the writer needs when nothing holds it.
        writer.join(0.5)
        return future

    broadcaster.submit_call("session", 7, submit)
    writer.join()
    loop.close()
    ((first, second),) = loop.batches
    assert first is change
    assert second.id == 7
