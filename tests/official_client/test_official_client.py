"""The unmodified `spacetimedb` client from npm against a running gateway; `make test-official-client` prepares it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from sproutcast_pi.protocol import http
from sproutcast_pi.protocol.client import DaemonClient
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.engine import INTERNAL
from tests.services.gateway.helpers import PATIENCE_S, GatewayHarness, start_gateway

HERE = Path(__file__).parent
PACKAGES = HERE.parents[1] / ".cache/official-client/node_modules"
"""What `install` fetched from npm."""

pytestmark = pytest.mark.skipif(
    not PACKAGES.is_dir(), reason="the client from npm is not there; `make test` fetches it"
)

ALL = ["SELECT * FROM plant", "SELECT * FROM analysis_result", "SELECT * FROM notification"]


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our script, compiled against the bindings that the command of today writes."""
    folder = tmp_path_factory.mktemp("client")
    for name in ("package.json", "tsconfig.json", "talk.ts"):
        (folder / name).write_bytes((HERE / name).read_bytes())
    (folder / "node_modules").symlink_to(PACKAGES)
    bindings = [sys.executable, "-m", "sproutcast_pi", "bindings", "typescript", str(folder / "bindings")]
    subprocess.run(bindings, check=True, capture_output=True)
    compiler = ["node", "node_modules/typescript/bin/tsc", "-p", "."]
    done = subprocess.run(compiler, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return folder / "out/talk.js"


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[GatewayHarness]:
    with start_gateway(tmp_path, FakeClock()) as running:
        yield running


class Node:
    """The script, running."""

    def __init__(self, script: Path, url: str, token: str) -> None:
        self.child = subprocess.Popen(
            ["node", str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "URL": url.replace("http", "ws"), "TOKEN": token},
            text=True,
        )
        self.received: SimpleQueue[list[Any]] = SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    def send(self, *command: Any) -> None:
        assert self.child.stdin is not None
        self.child.stdin.write(json.dumps(command) + "\n")
        self.child.stdin.flush()

    def receive(self, *start: Any) -> list[Any]:
        """The next line, which must begin like this."""
        line = self.received.get(timeout=PATIENCE_S)
        assert line[: len(start)] == list(start), line
        return line[len(start) :]

    def _listen(self) -> None:
        assert self.child.stdout is not None
        for line in self.child.stdout:
            # The client logs to the same place.
            if line.startswith('["'):
                self.received.put(json.loads(line))

    def close(self) -> None:
        self.child.kill()
        self.child.wait()


@pytest.fixture
def node(harness: GatewayHarness, script: Path) -> Iterator[Node]:
    running = Node(script, harness.url, harness.token("carer"))
    (identity,) = running.receive("connected")
    assert identity.removeprefix("0x").startswith("c200")
    yield running
    running.close()


def finish_a_capture(harness: GatewayHarness, plant: int) -> None:
    """What the daemon does when a picture has been measured."""
    capture = harness.call("request_capture", reason="button")
    harness.call("begin_capture", capture_id=capture)
    measured = {"plant": plant, "bbox": [0, 0, 10, 10], "area_px": 1234, "area_percent": 1.5, "hue_deg": 96.5}
    answer = {
        "capture": capture,
        "file": "a.jpg",
        "width": 100,
        "height": 80,
        "bytes": 10,
        "sha256": "0" * 64,
        "quality": {"verdict": "ok", "sharpness": 0.8, "exposure": 0.4, "reasons": []},
        "plants": [measured],
    }
    harness.store.call("finish_capture", {"capture_id": capture, "answer": answer}, caller=INTERNAL)


def test_rows_arrive_and_every_change_after_them(harness: GatewayHarness, node: Node) -> None:
    plant = harness.call("create_plant", name="Basil")
    node.send("subscribe", "all", ALL)
    assert node.receive("applied", "all") == [["Basil"]]
    node.receive("plant inserted", "Basil", None)
    harness.call("create_plant", name="Chives")
    node.receive("plant inserted", "Chives", None)
    harness.call("update_plant", plant_id=plant, location="Window")
    assert node.receive("plant updated", "Basil") == [None, "Window"]
    harness.call("delete_plant", plant_id=plant)
    node.receive("plant deleted", "Basil")


def test_a_result_is_seen_the_moment_a_capture_finishes(harness: GatewayHarness, node: Node) -> None:
    plant = harness.call("create_plant", name="Basil")
    node.send("subscribe", "all", ALL)
    node.receive("applied")
    node.receive("plant inserted")
    finish_a_capture(harness, plant)
    received = node.received.get(timeout=PATIENCE_S)
    while received[0] != "result":
        received = node.received.get(timeout=PATIENCE_S)
    assert received == ["result", plant, 1234, 96.5]


def test_a_call_changes_the_cache_before_it_returns(harness: GatewayHarness, script: Path) -> None:
    owner = Node(script, harness.url, harness.token("owner"))
    owner.receive("connected")
    owner.send("subscribe", "all", ALL)
    owner.receive("applied")
    owner.send("createPlant", "Basil")
    owner.receive("plant inserted", "Basil", None)
    assert owner.receive("called", "createPlant") == [["Basil"]]
    owner.close()


def test_a_refused_call_says_why(node: Node) -> None:
    node.send("logCare", 99, "water")
    name, message = node.receive("refused")
    assert name == "SenderError"
    assert "99" in message


def test_a_carer_may_log_care(harness: GatewayHarness, node: Node) -> None:
    plant = harness.call("create_plant", name="Basil")
    node.send("logCare", plant, "water")
    node.receive("called", "logCare")
    assert harness.store.query("SELECT kind, caller FROM care_event") == [{"kind": "water", "caller": "the carer"}]


def test_overlapping_sets_of_queries_begin_and_end_by_themselves(harness: GatewayHarness, node: Node) -> None:
    harness.call("create_plant", name="Basil")
    harness.call("create_plant", name="Chives")
    node.send("subscribe", "all", ["SELECT * FROM plant"])
    node.receive("applied", "all")
    node.receive("plant inserted")
    node.receive("plant inserted")
    node.send("subscribeTyped", "one", "Basil")
    node.receive("applied", "one")
    node.send("unsubscribe", "all")
    assert node.receive("unsubscribed", "all") == [1]
    node.receive("plant deleted", "Chives")
    harness.call("create_plant", name="Dill")
    node.send("unsubscribe", "one")
    assert node.receive("unsubscribed", "one") == [0]
    node.receive("plant deleted", "Basil")


@pytest.mark.parametrize("queries", [["SELECT * FROM plant", "SELECT * FROM setting"], ALL])
def test_a_set_of_several_queries_takes_all_its_rows_with_it(
    harness: GatewayHarness, node: Node, queries: list[str]
) -> None:
    harness.call("create_plant", name="Basil")
    harness.call("set_setting", name="ui.x", value=1)
    settings = int("SELECT * FROM setting" in queries)
    for name in ("first", "again"):
        node.send("subscribe", name, queries)
        node.receive("applied", name)
        node.receive("plant inserted", "Basil")
        node.send("counts", name)
        assert node.receive("counts", name) == [1, settings]
        node.send("unsubscribe", name)
        assert node.receive("unsubscribed", name) == [0]
        node.receive("plant deleted", "Basil")
        node.send("counts", name)
        assert node.receive("counts", name) == [0, 0]


def test_a_number_can_be_emptied(harness: GatewayHarness, node: Node) -> None:
    plant = harness.call("create_plant", name="Basil", pot_diameter_cm=12, note="A note")
    node.send("updatePlant", plant, {"location": "Window"})
    node.receive("called", "updatePlant")
    node.send("updatePlant", plant, {"clear": ["potDiameterCm"]})
    node.receive("called", "updatePlant")
    (row,) = harness.store.query("SELECT pot_diameter_cm, note, location FROM plant")
    assert row == {"pot_diameter_cm": None, "note": "A note", "location": "Window"}


def test_reducers_and_procedures_are_exported_by_name(node: Node) -> None:
    node.send("exported")
    assert node.receive("exported") == ["createPlant", 0]


def test_refused_sql_is_an_error_of_that_subscription_only(harness: GatewayHarness, node: Node) -> None:
    node.send("subscribe", "bad", ["SELECT * FROM plant", "SELECT * FROM client"])
    assert "owners" in node.receive("subscription error", "bad")[0]
    node.send("subscribe", "all", ALL)
    node.receive("applied", "all")
    harness.call("create_plant", name="Basil")
    node.receive("plant inserted", "Basil")


def test_a_revoked_token_ends_the_connection(harness: GatewayHarness, node: Node) -> None:
    harness.call("revoke_client", client_id=1)
    node.receive("disconnected")


def test_without_a_known_token_nobody_connects(harness: GatewayHarness, script: Path) -> None:
    stranger = Node(script, harness.url, "spr_stolen")
    stranger.receive("connect error")
    stranger.close()


def test_a_page_sees_a_result_of_the_running_appliance_and_cares_for_the_plant(tmp_path: Path, script: Path) -> None:
    """The whole program: daemon, simulated camera, worker, store, gateway, and a client from elsewhere."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (tmp_path / "c.toml").write_text(f'[network]\nhost = "127.0.0.1"\nport = {port}\n')
    at = tmp_path / "s.sock"
    run = ["run", "--config", "c.toml", "--data", "data", "--camera", "simulated", "--light", "simulated"]
    daemon = subprocess.Popen(
        [sys.executable, "-m", "sproutcast_pi", *run, "--socket", str(at)], cwd=tmp_path, stderr=subprocess.DEVNULL
    )
    live = threading.Event()
    screen = DaemonClient(at)
    screen.on_state(lambda state, _: live.set() if state == "live" else None)
    screen.start()
    try:
        assert live.wait(60)
        code = screen.call("start_pairing", {"role": "carer"}).result(PATIENCE_S)["code"]
        url = f"http://127.0.0.1:{port}"
        page = Node(script, url, http.http_request(url, "POST", "/v1/pair", {"code": code, "name": "Page"})["token"])
        page.receive("connected")
        page.send("subscribe", "all", ALL)
        page.receive("applied")
        screen.call("request_capture", {"reason": "button"}).result(PATIENCE_S)
        received = page.received.get(timeout=60)
        while received[0] != "result":
            received = page.received.get(timeout=60)
        page.send("logCare", received[1], "water")
        received = page.received.get(timeout=60)
        while received[0] != "called":
            received = page.received.get(timeout=60)
        page.close()
    finally:
        screen.stop()
        daemon.terminate()
        daemon.wait(PATIENCE_S)
