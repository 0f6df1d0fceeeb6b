"""A real Home Assistant in a root folder of its own, on loopback, and what one asks it."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path

import aiohttp

from tests.services.home_assistant.real.seed import seed
from tests.services.mqtt.helpers import free_port

START_S = 300
LOOK_S = 0.05
"""How often a state is looked at while waiting: Home Assistant is somebody else's program, so there is no other way."""


class HomeAssistantInstance:
    """One instance; `start`, `stop` may alternate, what it learned stays."""

    def __init__(self, root: Path, version: str, broker_port: int, keys: Path) -> None:
        self.version = version
        self.root = root
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._inside = f"/srv/{version}-{self.port}"
        self.folder = root / self._inside.lstrip("/")
        self.token = seed(self.folder, version=version, port=self.port, broker_port=broker_port, keys=keys)
        self.log = self.folder / "home-assistant.log"
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start it; returns once its HTTP answers and it has started up."""
        # A mount namespace of its own, so that /proc is gone with the process.
        command = ["unshare", "--mount", f"--mount-proc={self.root}/proc", "chroot", str(self.root)]
        command += ["env", "-i", "HOME=/root", "PATH=/opt/ha/bin:/usr/bin:/bin", "LANG=C.UTF-8"]
        command += ["hass", "-c", self._inside, "--skip-pip"]
        with (self.folder / "console.log").open("ab") as console:
            self._process = subprocess.Popen(command, stdout=console, stderr=console, stdin=subprocess.DEVNULL)
        self.wait(lambda: self._get("/api/config")["state"] == "RUNNING", "Home Assistant to start", START_S)

    def stop(self) -> None:
        """Stop it in order."""
        if self._process:
            self._process.terminate()
            self._process.wait(60)
            self._process = None

    def remove(self) -> None:
        """Stop it and forget its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def wait(self, condition, what, seconds=20.0):
        """Whatever `condition()` returns once it is true; an unreachable Home Assistant is not true yet."""
        end = time.monotonic() + seconds
        last = None
        while time.monotonic() < end:
            try:
                last = condition()
            except (OSError, KeyError) as error:
                last = error
            else:
                if last:
                    return last
            assert self._process is None or self._process.poll() is None, self.tail()
            time.sleep(LOOK_S)
        raise AssertionError(f"waited {seconds:g} s in vain for {what}; last: {last!r}\n{self.tail()}")

    def tail(self) -> str:
        """The end of what it said."""
        return "\n".join(
            path.read_text(errors="replace")[-3000:]
            for path in (self.folder / "console.log", self.log)
            if path.exists()
        )

    def complaints(self) -> list[str]:
        """Warnings and errors that have to do with us or with MQTT."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        text += (self.folder / "console.log").read_text(errors="replace")
        lines = [line for line in text.splitlines() if " WARNING " in line or " ERROR " in line]
        ours = ("mqtt", "sproutcast", "basil", "template", "spr-")
        return sorted({line for line in lines if any(word in line.lower() for word in ours)})

    def states(self) -> dict[str, dict]:
        """Every state by entity id."""
        return {state["entity_id"]: state for state in self._get("/api/states")}

    def state(self, entity: str) -> str:
        """One state."""
        return self._get(f"/api/states/{entity}")["state"]

    def attributes(self, entity: str) -> dict:
        """Its attributes."""
        return self._get(f"/api/states/{entity}")["attributes"]

    def await_state(self, entity: str, wanted, seconds=20.0) -> float:
        """Wait until an entity has a state; how long that took."""
        began = time.monotonic()
        match = wanted if callable(wanted) else lambda state: state == wanted
        self.wait(lambda: match(self.state(entity)), f"{entity} to be {wanted}", seconds)
        return time.monotonic() - began

    def do(self, domain: str, service: str, **data) -> None:
        """Call a service."""
        self._open(f"/api/services/{domain}/{service}", json.dumps(data).encode())

    def add_automation(self, name: str, automation: dict) -> None:
        """Make an automation as its editor would; a bad one is refused."""
        self._open(f"/api/config/automation/config/{name}", json.dumps(automation).encode())

    def picture(self, entity: str) -> bytes:
        """The bytes an image entity serves."""
        return self._open(self.attributes(entity)["entity_picture"])

    def ask(self, kind: str, **fields):
        """One command over its WebSocket."""
        return asyncio.run(self._ask(kind, fields))

    def entities(self) -> dict[str, dict]:
        """The entity registry's rows of MQTT by unique id."""
        rows = self.ask("config/entity_registry/list")
        return {row["unique_id"]: row for row in rows if row["platform"] == "mqtt"}

    def devices(self) -> dict[str, dict]:
        """The device registry's rows by identifier."""
        return {key: row for row in self.ask("config/device_registry/list") for _, key in row["identifiers"]}

    def _get(self, path: str):
        return json.loads(self._open(path))

    def _open(self, path: str, body: bytes | None = None) -> bytes:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}{path}", data=body, headers=headers)
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.read()

    async def _ask(self, kind: str, fields: dict):
        async with aiohttp.ClientSession() as session, session.ws_connect(f"{self.url}/api/websocket") as socket:
            await socket.receive_json()
            await socket.send_json({"type": "auth", "access_token": self.token})
            await socket.receive_json()
            await socket.send_json({"id": 1, "type": kind, **fields})
            answer = await socket.receive_json()
            assert answer["success"], answer
            return answer["result"]
