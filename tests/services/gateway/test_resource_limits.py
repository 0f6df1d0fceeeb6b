"""Clients that want too much: each gets a clear word, and the daemon stays as small as it was."""

from __future__ import annotations

import json
import struct
import threading
from pathlib import Path

import pytest

from sproutcast_pi.protocol import websocket
from sproutcast_pi.services.gateway.spacetime import query_sets
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.engine import INTERNAL
from tests.services.gateway.helpers import GatewayHarness, RawSocket, http_request
from tests.services.gateway.helpers import start_gateway as start

MANY = 100_000
BOUND_MB = 40
"""Both sides live in this process, and the test keeps its frames."""


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


@pytest.mark.slow
def test_a_hundred_thousand_subscriptions_of_one_client_are_refused_beyond_the_bound(harness: GatewayHarness) -> None:
    raw = RawSocket(harness)
    raw.receive_message("hello")
    bound = harness.gateway.settings.subscriptions
    before = resident_mb()
    # More at once than it may have, but no more than the answers of which fit between us while nobody reads them.
    ahead = threading.Semaphore(4000)

    def ask_for_all() -> None:
        for number in range(MANY):
            ahead.acquire()
            raw.send_message(type="subscribe", id=number, sql=f"SELECT * FROM plant WHERE id = {number}")

    asking = threading.Thread(target=ask_for_all)
    asking.start()
    begun = refused = 0
    while begun + refused < MANY:
        message = raw.receive_any("rows", "refused")
        ahead.release()
        if message["type"] == "rows":
            begun += 1
            continue
        refused += 1
        assert message["code"] == "rate_limited"
        assert "end one first" in message["message"]
    asking.join()
    assert begun == bound
    assert harness.store.stats().subscriptions <= bound + 1
    assert resident_mb() - before < BOUND_MB
    assert http_request(harness, "POST", "/v1/call/create_plant", {"name": "Alive"}, local=True)[0] == 200
    raw.close()


def test_who_asks_and_never_reads_the_refusals_is_let_go(tmp_path: Path, clock: FakeClock) -> None:
    with start(tmp_path, clock, send_queue_bytes=100_000) as harness:
        raw = RawSocket(harness)
        before = resident_mb()
        frame = websocket.encode_frame(
            websocket.TEXT,
            json.dumps({"type": "subscribe", "id": 1, "sql": "SELECT * FROM nothing"}).encode(),
            b"\1\2\3\4",
        )
        with pytest.raises(OSError, match=r"."):  # noqa: PT012 - it may take any of them to be noticed
            for _ in range(MANY):
                raw.socket.sendall(frame)
        assert resident_mb() - before < BOUND_MB
        assert http_request(harness, "POST", "/v1/call/create_plant", {"name": "Alive"}, local=True)[0] == 200
        raw.close()


def test_more_first_rows_than_one_message_may_hold_are_refused(
    harness: GatewayHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query_sets, "MAX_FIRST_ROWS_BYTES", 100_000)
    plant = harness.call("create_plant", name="Basil")
    for _ in range(2000):
        harness.store.submit("log_care", {"plant_id": plant, "kind": "water"}, caller=INTERNAL)
    harness.call("log_care", plant_id=plant, kind="water")
    raw = RawSocket(harness, path="/v1/database/sproutcast/subscribe", protocol="v3.bsatn.spacetimedb")
    for number, sql in enumerate(("SELECT * FROM care_event", "SELECT * FROM care_event WHERE id < 100")):
        query = struct.pack("<BIIII", 0, number, number, 1, len(sql)) + sql.encode()
        raw.send(query, websocket.BINARY)
    received = [raw.receive(), raw.receive(), raw.receive()]
    assert [b"narrow it with WHERE" in frame[1] for frame in received if frame is not None].count(True) == 1
    assert max(len(frame[1]) for frame in received if frame is not None) > 99 * 20
    assert http_request(harness, "POST", "/v1/call/create_plant", {"name": "Alive"}, local=True)[0] == 200
    raw.close()


def test_subscribing_and_leaving_again_and_again_leaves_nothing_behind(harness: GatewayHarness) -> None:
    raw = RawSocket(harness)
    for number in range(2000):
        raw.send_message(
            type="subscribe", id=number, sql=f"SELECT * FROM plant WHERE id = {number} OR name = 'p{number}'"
        )
        raw.receive_message("rows")
        raw.send_message(type="unsubscribe", id=number)
        raw.receive_message("unsubscribed")
    harness.store.run_on_writer(lambda: None)
    stats = harness.store.stats()
    assert (stats.live_queries, stats.subscriptions) == (1, 1), "all but the gateway's own watch on revoked tokens"
    raw.close()
