"""The owner's switch for the sync: obeyed at once, and with it a pairing that was made meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from sproutcast_pi.errors import ConfigError
from sproutcast_pi.services.health import HealthReporter
from sproutcast_pi.services.live_rows import LiveRows
from sproutcast_pi.services.sync.status_messages import FOLLOWER, SyncStatus, disabled, not_configured
from sproutcast_pi.store.engine import INTERNAL, Store

if TYPE_CHECKING:
    from sproutcast_pi.services.sync.service import SyncService

SETTING_QUERY = "SELECT * FROM setting WHERE name = 'sync_enabled'"


class SyncToggle:
    """Follows the store to the hub while that is wanted: as the owner chose on the screen, else as `enabled` says.

    `make` builds the service each time it is switched on; it raises ConfigError when no hub is known.
    """

    name = "sync"

    def __init__(self, *, store: Store, enabled: bool, make: Callable[[], SyncService]) -> None:
        self._store = store
        self._enabled = enabled
        self._build_service = make
        self._changed = threading.Event()
        self._service: SyncService | None = None

    def wake(self) -> None:
        """Look at once whether to stop; any thread may call."""
        self._changed.set()
        following = self._service
        if following:
            following.wake()

    def run(self, stop: threading.Event) -> None:
        """Follow while it is wanted, until `stop` is set."""
        chosen = LiveRows(self._store, SETTING_QUERY, key="name", on_change=self.wake)
        try:
            while True:
                self._changed.clear()
                if stop.is_set():
                    return
                if not self._is_enabled(chosen):
                    self._clear_follower()
                    self._report_and_wait(disabled())
                elif (service := self._try_build()) is not None:
                    self._service = service
                    service.run_while(lambda: not stop.is_set() and self._is_enabled(chosen))
                    self._service = None
        finally:
            chosen.close()

    def _is_enabled(self, chosen: LiveRows) -> bool:
        row = chosen.one()
        return self._enabled if row is None else bool(msgspec.json.decode(row["value"]))

    def _try_build(self) -> SyncService | None:
        try:
            return self._build_service()
        except ConfigError as error:
            self._report_and_wait(not_configured(error.message))
            return None

    def _clear_follower(self) -> None:
        """Keep no log for a hub that is not to have it, and say nothing of what waits."""
        self._store.call("forget_follower", {"name": FOLLOWER}, caller=INTERNAL)
        HealthReporter(self._store).clear("outbox")

    def _report_and_wait(self, standing: SyncStatus) -> None:
        """Report the status, and wait for changes."""
        HealthReporter(self._store).report("sync", **msgspec.structs.asdict(standing))
        self._changed.wait()
