"""The owner, who calls all the while and whose every call must be obeyed in time."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

from sproutcast_pi.protocol.client import DaemonClient
from tests.hostile.connections import ANSWER_S

PAUSE_S = 0.05


class Owner:
    """A client at the Unix socket; what is slow or wrong is kept."""

    def __init__(self, at: Path) -> None:
        self.slowest_s = 0.0
        self.slowest = ""
        self.calls = 0
        self.faults: list[str] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()
        live = threading.Event()
        self._client = DaemonClient(at, name="owner")
        self._client.on_state(lambda state, _: live.set() if state == "live" else None)
        self._client.start()
        assert live.wait(ANSWER_S)
        self._thread = threading.Thread(target=self._call_on)
        self._thread.start()

    def stop(self) -> None:
        """Call no more."""
        self._stop.set()
        self._thread.join()
        self._client.stop()

    def call(self, reducer: str, **args: Any) -> Any:
        """Call a reducer and return its value; None after a failure, which is kept."""
        began = time.perf_counter()
        value = None
        try:
            value = self._client.call(reducer, args).result(ANSWER_S)
        except Exception as error:  # noqa: BLE001 - whatever it is, the owner was not obeyed
            self.faults.append(f"{reducer}: {error!r}")
        took = time.perf_counter() - began
        with self._lock:
            if took > self.slowest_s:
                self.slowest_s, self.slowest = took, reducer
            self.calls += 1
        return value

    def _call_on(self) -> None:
        while not self._stop.wait(PAUSE_S):
            self.call("set_setting", name="ui.tick", value=self.calls)
