"""Whoever has no token can't keep those who have one out."""

from __future__ import annotations

import contextlib
import logging
import socket
from pathlib import Path

import pytest

from sproutcast_pi.protocol import websocket
from sproutcast_pi.services.gateway.listeners import network_of
from sproutcast_pi.simulated.clocks import FakeClock
from tests.services.gateway.helpers import PATIENCE_S, GatewayHarness, RawSocket, http_request, start_gateway


def knock(harness: GatewayHarness, address: str = "127.0.0.1") -> socket.socket:
    """A connection that says nothing."""
    return socket.create_connection(
        ("127.0.0.1", harness.gateway.port), timeout=PATIENCE_S, source_address=(address, 0)
    )


@pytest.mark.parametrize("addresses", [1, 40])
def test_idle_strangers_keep_nobody_out(harness: GatewayHarness, addresses: int) -> None:
    token = harness.token("owner")
    most = harness.gateway.settings.max_connections
    with contextlib.ExitStack() as stack:
        for number in range(most + 20):
            stack.enter_context(knock(harness, f"127.0.0.{2 + number % addresses}"))
        assert http_request(harness, "GET", "/v1/schema", token=token)[0] == 200
        assert http_request(harness, "GET", "/v1/schema", local=True)[0] == 200
        raw = RawSocket(harness)
        raw.receive_message("hello")
        raw.close()


def test_strangers_of_one_address_are_bounded_and_the_longest_idle_goes(tmp_path: Path, clock: FakeClock) -> None:
    with start_gateway(tmp_path, clock, strangers_per_address=3) as harness, contextlib.ExitStack() as stack:
        held = [stack.enter_context(knock(harness)) for _ in range(4)]
        assert held[0].recv(1) == b""
        other = stack.enter_context(knock(harness, "127.0.0.9"))
        for one in (*held[1:], other):
            one.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert b"200 OK" in one.recv(4096)


def test_a_stranger_that_asked_once_is_hung_up_on_too(tmp_path: Path, clock: FakeClock) -> None:
    with start_gateway(tmp_path, clock, headers_s=0.5) as harness, knock(harness) as one:
        one.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        received = b""
        while piece := one.recv(4096):
            received += piece
        assert b"200 OK" in received


def test_a_frame_that_trickles_in_for_ever_keeps_no_place(tmp_path: Path, clock: FakeClock) -> None:
    with start_gateway(tmp_path, clock, ping_s=1.0) as harness:
        raw = RawSocket(harness)
        raw.receive_message("hello")
        frame = websocket.encode_frame(websocket.TEXT, b" " * 5000, b"\1\2\3\4")
        raw.socket.settimeout(0.1)
        closed = False
        for byte in frame:
            with contextlib.suppress(TimeoutError):
                try:
                    raw.socket.sendall(bytes([byte]))
                    closed = not raw.socket.recv(4096)
                except OSError as error:
                    closed = not isinstance(error, TimeoutError)
                    if not closed:
                        raise
            if closed:
                break
        assert closed
        raw.close()


def test_why_a_client_was_turned_away_is_logged_at_a_bounded_rate(
    harness: GatewayHarness, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "sproutcast_pi.services.refusal_log"):
        for _ in range(50):
            http_request(harness, "GET", "/v1/schema", token="spr_wrong")
        assert http_request(harness, "GET", "/v1/schema", token="spr_wrong\x1b")[0] == 400
        http_request(harness, "GET", "/", headers={"Origin": "http://evil.example"})
        assert http_request(harness, "GET", "/v1/schema", token="spr_wrong\x1b")[0] == 400
    lines = [record.getMessage() for record in caplog.records if "refused client" in record.getMessage()]
    assert 1 <= len(lines) <= 10
    assert not any(record.exc_info for record in caplog.records)
    assert "pair again" in lines[0]
    metrics = http_request(harness, "GET", "/metrics", local=True)[1].decode()
    assert 'sproutcast_refused_total{code="unauthenticated"} 50' in metrics


def test_an_origin_that_is_refused_is_named_with_the_remedy(harness: GatewayHarness) -> None:
    status, refused, _ = http_request(harness, "GET", "/", headers={"Origin": "http://evil.example"})
    assert status == 403
    assert "http://evil.example" in refused["message"]
    assert "origins in [network]" in refused["message"]


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/database/other/schema", "/v1/call", "/v2/subscribe"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_address_is_not_found(harness: GatewayHarness, method: str, path: str) -> None:
    status, refused, _ = http_request(harness, method, path, local=True)
    assert (status, refused["code"]) == (404, "not_found")


def test_an_unknown_database_is_not_found_and_the_devices_id_is_one(harness: GatewayHarness) -> None:
    status, refused, _ = http_request(harness, "GET", "/v1/database/other/subscribe", local=True)
    assert (status, refused["code"]) == (404, "not_found")
    assert "sproutcast" in refused["message"]
    raw = RawSocket(harness, path=f"/v1/database/{harness.store.device}/subscribe", protocol="v3.bsatn.spacetimedb")
    assert raw.receive() is not None
    raw.close()


def test_too_many_requests_say_when_to_come_back(harness: GatewayHarness) -> None:
    answers = [http_request(harness, "POST", "/v1/pair", {"code": "123456"}) for _ in range(8)]
    limited = [headers for status, _, headers in answers if status == 429]
    assert limited
    assert all(int(headers["Retry-After"]) >= 1 for headers in limited)
    assert not any("in 0.0 s" in str(body) for _, body, _ in answers)


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        (("192.0.2.1", 5), "192.0.2.1"),
        (("::ffff:192.0.2.1", 5, 0, 0), "192.0.2.1"),
        (("2001:db8::1", 5, 0, 0), "2001:db8::/64"),
        (("fe80::1%eth0", 5, 0, 2), "fe80::/64"),
        ("", "local"),
    ],
)
def test_an_ipv6_host_counts_as_its_network(peer: object, network: str) -> None:
    assert network_of(peer) == network
