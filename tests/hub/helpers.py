"""A device, a hub and what is between them, in one process; the parts are the real ones."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

from sproutcast_pi.hub.hub_storage import SqliteStorage
from sproutcast_pi.hub.intake import Intake, WorkerShard
from sproutcast_pi.hub.photo_upload import PhotoUploads
from sproutcast_pi.hub.store import open_hub_store
from sproutcast_pi.services.mqtt.broker import Broker
from sproutcast_pi.services.sync.service import SyncOptions, SyncService
from sproutcast_pi.services.sync.sync_toggle import SyncToggle
from sproutcast_pi.simulated.clocks import SpeedClock
from sproutcast_pi.store.engine import INTERNAL, Store
from tests.waiting import wait_for_health, wait_for_rows

OPTIONS = SyncOptions(patience_s=2.0, pictures="all", picture_bytes_per_hour=0)


def broker_at(port, **more):
    return Broker(host="127.0.0.1", port=port, **more)


class Device:
    def __init__(self, folder: Path, port: int, name="spr-000000000001", options=OPTIONS, broker=None):
        self.folder = folder
        self.clock = SpeedClock()
        self.store = Store(folder / "sproutcast.db", clock=self.clock, device=name)
        self._following = self.service = SyncService(
            store=self.store,
            broker=broker or broker_at(port),
            options=options,
            pictures=folder / "pictures",
            state=folder / "sync",
            clock=self.clock,
        )
        self._stop = threading.Event()
        self._thread = None

    def switched(self, *, enabled: bool, faults=()):
        """From now on `start` starts the owner's switch; before the service is made, each of `faults` is raised."""
        waiting = list(faults)

        def make():
            if waiting:
                raise waiting.pop()
            return self._following

        self.service = SyncToggle(store=self.store, enabled=enabled, make=make)

    internal = INTERNAL

    def call(self, name, /, **args):
        return self.store.call(name, args, caller=INTERNAL).value

    def start(self):
        self._stop.clear()
        self._thread = threading.Thread(target=self.service.run, args=(self._stop,), daemon=True)
        self._thread.start()

    def stop(self):
        if self._thread:
            self._stop.set()
            self.service.wake()
            self._thread.join(60)
            assert not self._thread.is_alive()
            self._thread = None

    def await_health(self, state):
        """How the sync is, once it is in that state."""
        return wait_for_health(self.store, "sync", lambda row: row["state"] == state)

    def photograph(self, content: bytes, thumb: bytes = b"small") -> int:
        """A capture that went well, as the worker leaves it."""
        capture = self.call("request_capture", reason="schedule")
        self.call("begin_capture", capture_id=capture)
        folder = self.folder / "pictures"
        folder.mkdir(exist_ok=True)
        (folder / f"{capture}.jpg").write_bytes(content)
        (folder / f"{capture}.thumb.jpg").write_bytes(thumb)
        self.call("finish_capture", capture_id=capture, answer=self._answer(capture, content))
        return capture

    def _answer(self, capture, content):
        return {
            "capture": capture,
            "file": f"{capture}.jpg",
            "thumb": f"{capture}.thumb.jpg",
            "sha256": hashlib.sha256(content).hexdigest(),
            "bytes": len(content),
            "quality": {"verdict": "ok", "sharpness": 0.5, "exposure": 0.5},
        }

    def close(self):
        self.stop()
        self.store.close()


class Hub:
    def __init__(self, folder: Path, port: int, enrol=True, broker=None):
        self.folder = folder
        self.clock = SpeedClock()
        self.store = open_hub_store(folder / "hub.db", self.clock)
        self.keeping = SqliteStorage(self.store, enrol=enrol)
        self._broker = broker or broker_at(port)
        self.intake = None

    def start(self):
        self.intake = Intake(
            broker=self._broker,
            base_topic="sproutcast",
            client_id="hub",
            keeping=self.keeping,
            photographs=PhotoUploads(self.folder / "photographs", self.keeping, max_bytes=30_000_000),
            part=WorkerShard(),
            shared=False,
            keep_session=True,
            on_link=lambda _: None,
        )
        self.intake.start()

    def stop(self):
        if self.intake:
            self.intake.stop()
            self.intake = None

    def close(self):
        self.stop()
        self.store.close()

    def until(self, sql, enough, seconds=90.0):
        """Wait until the rows of a live query satisfy `enough`; return them."""
        return wait_for_rows(self.store, sql, enough, seconds)
