"""The service at a broker, with a real store and call pipeline behind it."""

import threading
from pathlib import Path

from sproutcast_pi.config.settings import HomeAssistantOptions as Options
from sproutcast_pi.config.settings import MqttOptions, Settings
from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.services.call_pipeline import CallPipeline, Principal
from sproutcast_pi.services.home_assistant.factory import CALLER, build_home_assistant
from sproutcast_pi.services.metrics import Metrics
from sproutcast_pi.services.pairing import Pairing
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.engine import INTERNAL, Store
from tests.waiting import wait_for_health

DEVICE = "spr-0123456789ab"


class HomeAssistantHarness:
    """The service at a broker, with the store behind it."""

    def __init__(self, folder: Path, port: int, **options):
        self.clock = FakeClock()
        self.pictures = folder / "pictures"
        self.pictures.mkdir(parents=True, exist_ok=True)
        self.store = Store(folder / "store.sqlite3", clock=self.clock, device=DEVICE)
        self.pipeline = CallPipeline(store=self.store, clock=self.clock, metrics=Metrics(), pairing=Pairing(self.clock))
        self.port = port
        self.options = options
        self.mqtt = {}
        self.temperature = 48.6
        self._stop = None
        self._thread = None

    def start(self):
        """Run the service."""
        settings = Settings(
            mqtt=MqttOptions(host="127.0.0.1", port=self.port, **self.mqtt),
            home_assistant=Options(enabled=True, **self.options),
        )
        principal = Principal(name=CALLER, role=settings.home_assistant.role, transport="mqtt")
        service = build_home_assistant(
            settings,
            store=self.store,
            clock=self.clock,
            call=lambda reducer, args: self.pipeline.submit(principal, reducer, args),
            pictures=self.pictures,
            temperature_c=lambda: self.temperature,
            undervoltage=lambda: None,
        )
        self._stop = threading.Event()
        self._service = service
        self._thread = threading.Thread(target=service.run, args=(self._stop,), daemon=True)
        self._thread.start()

    def stop(self):
        """End the service, in order."""
        if self._thread:
            self._stop.set()
            self._service.wake()
            self._thread.join(60)
            assert not self._thread.is_alive()
            self._thread = None

    def close(self):
        """End everything."""
        self.stop()
        self.store.close()

    def do(self, reducer, **args):
        """Call a reducer as ourselves."""
        return self.store.call(reducer, args, caller=INTERNAL).value

    def capture(self, plants=(), content=b"\xff\xd8 a picture \xff\xd9", thumb=b"small"):
        """A finished capture with these measurements."""
        capture_id = self.do("request_capture")
        self.do("begin_capture", capture_id=capture_id)
        (self.pictures / f"{capture_id}.jpg").write_bytes(content)
        (self.pictures / f"{capture_id}.thumb.jpg").write_bytes(thumb)
        answer = {
            "capture": capture_id,
            "file": f"{capture_id}.jpg",
            "thumb": f"{capture_id}.thumb.jpg",
            "bytes": len(content),
            "quality": {"verdict": "ok", "sharpness": 0.8, "exposure": 0.5},
            "plants": list(plants),
        }
        self.do("finish_capture", capture_id=capture_id, answer=answer)
        return capture_id

    def record_light(self, level, reason="day", **more):
        """What the light keeper reports."""
        self.do("record_light", level=level, reason=reason, at=to_text(self.clock.now()), **more)

    def await_health(self, part, state):
        """The first row of that part in that state, waited for."""
        return wait_for_health(self.store, part, lambda row: row["state"] == state)

    def health(self, part):
        """One row of the table `health`."""
        rows = self.store.query("SELECT * FROM health WHERE part = ?", (part,))
        return rows[0] if rows else None
