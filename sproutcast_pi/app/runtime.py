"""An open store and the services on it, running."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence

from sproutcast_pi.model.light_schedule import LightSchedule
from sproutcast_pi.services.health import HealthReporter
from sproutcast_pi.services.light_keeper import LightRecorder
from sproutcast_pi.services.light_keeper.schedule_sync import ScheduleSync
from sproutcast_pi.services.supervisor import Service, Supervisor, Wakeable
from sproutcast_pi.store.engine import Store

LOG = logging.getLogger(__name__)
CLOSE_TIMEOUT_S = 2.0
"""A store takes far less to close; one on a stalled disk for ever, and the process must end all the same."""


class Runtime:
    """A list of services, started in order and stopped together, and then their store.

    `before_stop` and `after_close` are called at those moments; `recorder` writes into the store until it is closed.
    """

    def __init__(
        self,
        store: Store,
        services: Sequence[Service],
        *,
        schedule_sync: ScheduleSync,
        recorder: LightRecorder,
        before_stop: Callable[[], None] = lambda: None,
        after_close: Callable[[], None] = lambda: None,
    ) -> None:
        """Start the services."""
        self.store = store
        self.services = services
        self._schedule_sync = schedule_sync
        self._recorder = recorder
        self._before_stop = before_stop
        self._after_close = after_close
        self._supervisor = Supervisor(services, HealthReporter(store).submit)
        self._supervisor.start()

    def schedule(self) -> LightSchedule:
        """The light schedule in force."""
        return self._schedule_sync.schedule()

    def stop(self, within_s: float) -> bool:
        """Stop the services, then the store, within the given seconds; False when the store did not close."""
        end = time.monotonic() + within_s
        self._supervisor.request_stop()
        self._before_stop()
        for service in self.services:
            if isinstance(service, Wakeable):
                service.wake()
        late = self._supervisor.stop(max(0.1, end - time.monotonic() - 1.0))
        if late:
            LOG.warning("still busy and left behind: %s", ", ".join(late))
        closing = threading.Thread(target=self._close, name="store-close", daemon=True)
        closing.start()
        closing.join(max(CLOSE_TIMEOUT_S, end - time.monotonic()))
        if closing.is_alive():
            LOG.error("the store does not close, so it is left as a power cut would leave it")
        return not closing.is_alive()

    def _close(self) -> None:
        self._schedule_sync.close()
        self._recorder.flush()
        self._recorder.set_store(None)
        self.store.close()
        self._after_close()
