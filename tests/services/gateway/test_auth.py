"""Authentication, roles, hosts, origins and rates on the network's door."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.protocol import websocket
from sproutcast_pi.services.gateway.middleware import COOKIE
from sproutcast_pi.services.pairing import MAX_ATTEMPTS, MAX_ATTEMPTS_OF_ALL, VALID_S
from sproutcast_pi.services.rate_limit import RateLimit
from sproutcast_pi.simulated.clocks import FakeClock
from tests.services.gateway.helpers import PATIENCE_S, GatewayHarness, http_request, start_gateway
from tests.waiting import wait_until

CLOSED = ["/metrics", "/v1/schema", "/v1/subscribe", "/v1/pictures/a.jpg", "/v1/database/x/subscribe"]


def shake(harness: GatewayHarness, headers: dict[str, str], path: str = "/v1/subscribe") -> int:
    """The status with which a WebSocket handshake from the network is answered."""
    with socket.create_connection(("127.0.0.1", harness.gateway.port), timeout=PATIENCE_S) as connection:
        key = websocket.new_key()
        host = headers.pop("Host", f"127.0.0.1:{harness.gateway.port}")
        connection.sendall(websocket.handshake(host, path, key, "v1.json.sproutcast", headers))
        return int(connection.recv(4096).split(b" ")[1])


def open_code(harness: GatewayHarness, role: str = "carer") -> str:
    return str(harness.call_as_owner("start_pairing", {"role": role})["code"])


@pytest.mark.parametrize("path", CLOSED)
def test_without_a_token_the_network_gets_nothing(harness: GatewayHarness, path: str) -> None:
    status, refused, _ = http_request(harness, "GET", path)
    assert (status, refused["code"]) == (401, "unauthenticated")


def test_without_a_token_nothing_can_be_called(harness: GatewayHarness) -> None:
    assert http_request(harness, "POST", "/v1/call/override_light", {"level": 1.0, "minutes": 60})[0] == 401
    assert harness.store.query("SELECT override_level FROM light") == [{"override_level": None}]


@pytest.mark.parametrize("path", ["/", "/healthz"])
def test_only_the_pairing_page_and_the_sign_of_life_are_open(harness: GatewayHarness, path: str) -> None:
    status, _, headers = http_request(harness, "GET", path)
    assert status == 200
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_code_from_the_screen_becomes_a_token_once(harness: GatewayHarness) -> None:
    code = open_code(harness)
    status, answer, headers = http_request(harness, "POST", "/v1/pair", {"code": code, "name": "Phone"})
    assert (status, answer["role"]) == (200, "carer")
    assert {"HttpOnly", "SameSite=Strict"} <= {part.strip() for part in headers["Set-Cookie"].split(";")}
    assert http_request(harness, "GET", "/v1/schema", token=answer["token"])[0] == 200
    assert http_request(harness, "GET", "/v1/schema", headers={"Cookie": f"{COOKIE}={answer['token']}"})[0] == 200
    assert http_request(harness, "POST", "/v1/pair", {"code": code})[0] == 401


def test_what_is_kept_of_a_token_does_not_let_anybody_in(harness: GatewayHarness) -> None:
    token = harness.token("owner")
    (row,) = harness.store.query("SELECT token_hash FROM client")
    assert token not in row["token_hash"]
    assert http_request(harness, "GET", "/v1/schema", token=row["token_hash"])[0] == 401


def test_a_code_grows_old(harness: GatewayHarness, clock: FakeClock) -> None:
    code = open_code(harness)
    clock.advance(VALID_S + 1)
    assert http_request(harness, "POST", "/v1/pair", {"code": code})[0] == 401


def test_guessing_ends_for_the_address_that_guesses_and_for_no_other(harness: GatewayHarness, clock: FakeClock) -> None:
    code = open_code(harness)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(MAX_ATTEMPTS):
        assert http_request(harness, "POST", "/v1/pair", {"code": wrong})[0] == 401
        clock.advance(10)
    assert http_request(harness, "POST", "/v1/pair", {"code": code})[0] == 401
    assert harness.pipeline.pair(code, "the owner's phone", "192.0.2.7")[1].role == "carer"


def test_the_guesses_of_all_addresses_void_the_code(harness: GatewayHarness) -> None:
    code = open_code(harness)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for number in range(MAX_ATTEMPTS_OF_ALL):
        with pytest.raises(RefusedError, match="not the code"):
            harness.pipeline.pair(wrong, "Guest", f"192.0.2.{number}")
    with pytest.raises(RefusedError, match="No pairing code is open"):
        harness.pipeline.pair(code, "Guest", "198.51.100.1")


@pytest.mark.parametrize("name", ["", "a" * 81, "two\nlines", "\ud800"])
def test_a_name_that_is_refused_leaves_the_code_open(harness: GatewayHarness, name: str) -> None:
    code = open_code(harness)
    assert http_request(harness, "POST", "/v1/pair", {"code": code, "name": name})[0] == 400
    assert http_request(harness, "POST", "/v1/pair", {"code": code, "name": "Phone"})[0] == 200


@pytest.mark.parametrize("shown", ["{} {}", "{}-{}", " {}\N{NO-BREAK SPACE}{} "])
def test_a_code_may_be_typed_as_it_is_printed(harness: GatewayHarness, shown: str) -> None:
    code = open_code(harness)
    assert http_request(harness, "POST", "/v1/pair", {"code": shown.format(code[:3], code[3:])})[0] == 200


def test_what_is_no_code_is_no_guess(harness: GatewayHarness, clock: FakeClock) -> None:
    code = open_code(harness)
    for _ in range(MAX_ATTEMPTS + 1):
        assert http_request(harness, "POST", "/v1/pair", {"code": "12345"})[0] == 401
        clock.advance(10)
    assert http_request(harness, "POST", "/v1/pair", {"code": code})[0] == 200


def test_a_websocket_ticket_is_worth_what_its_client_is_when_it_is_used(harness: GatewayHarness) -> None:
    token = harness.token("owner")
    tokens = [http_request(harness, "POST", "/v1/identity/websocket-token", token=token)[1]["token"] for _ in range(2)]
    harness.call("set_client_role", client_id=1, role="viewer")
    with socket.create_connection(("127.0.0.1", harness.gateway.port), timeout=PATIENCE_S) as connection:
        key = websocket.new_key()
        path = f"/v1/subscribe?token={tokens[0]}"
        connection.sendall(websocket.handshake("127.0.0.1", path, key, "v1.json.sproutcast", {}))
        received = b""
        while b'"hello"' not in received:
            received += connection.recv(4096)
        assert b'"role":"viewer"' in received
    harness.call("revoke_client", client_id=1)
    assert shake(harness, {}, f"/v1/subscribe?token={tokens[1]}") == 401


def test_a_body_held_back_is_worth_nothing_once_the_token_was_revoked(harness: GatewayHarness) -> None:
    token = harness.token("owner")
    with socket.create_connection(("127.0.0.1", harness.gateway.port), timeout=PATIENCE_S) as connection:
        head = (
            f"POST /v1/call/create_plant HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
            "Content-Length: 16\r\n\r\n"
        )
        connection.sendall(head.encode())
        # Admitted when `see_client` has been written.
        wait_until(lambda: harness.store.query("SELECT seen_at FROM client")[0]["seen_at"])
        harness.call("revoke_client", client_id=1)
        connection.sendall(b'{"name":"Stole"}')
        assert b" 401 " in connection.recv(4096)
    assert harness.store.query("SELECT id FROM plant") == []


def test_one_address_may_not_guess_quickly(harness: GatewayHarness) -> None:
    answers = [http_request(harness, "POST", "/v1/pair", {"code": "000000"})[0] for _ in range(10)]
    assert 429 in answers


def test_a_revoked_token_is_worth_nothing_at_once_and_its_connections_end(harness: GatewayHarness) -> None:
    token = harness.token("viewer")
    with socket.create_connection(("127.0.0.1", harness.gateway.port), timeout=PATIENCE_S) as connection:
        key = websocket.new_key()
        host = f"127.0.0.1:{harness.gateway.port}"
        headers = {"Authorization": f"Bearer {token}"}
        connection.sendall(websocket.handshake(host, "/v1/subscribe", key, "v1.json.sproutcast", headers))
        received = connection.recv(4096)
        assert b"101" in received
        harness.call("revoke_client", client_id=1)
        while data := connection.recv(4096):
            received += data
        assert (1008).to_bytes(2, "big") in received
    assert http_request(harness, "GET", "/v1/schema", token=token)[0] == 401


def test_leaving_revokes_the_own_token(harness: GatewayHarness) -> None:
    token = harness.token("viewer")
    assert http_request(harness, "POST", "/v1/unpair", {}, token=token)[0] == 200
    assert http_request(harness, "GET", "/v1/schema", token=token)[0] == 401


def test_a_ticket_opens_one_socket_once_and_soon(harness: GatewayHarness) -> None:
    token = harness.token("viewer")
    websocket_token = http_request(harness, "POST", "/v1/identity/websocket-token", {}, token=token)[1]["token"]
    assert shake(harness, {}, f"/v1/subscribe?token={websocket_token}") == 101
    assert shake(harness, {}, f"/v1/subscribe?token={websocket_token}") == 401


@pytest.mark.parametrize(
    ("role", "reducer", "args", "status"),
    [
        ("viewer", "log_care", {"plant_id": 1, "kind": "water"}, 403),
        ("carer", "log_care", {"plant_id": 1, "kind": "water"}, 200),
        ("carer", "start_pairing", {"role": "owner"}, 403),
        ("owner", "start_pairing", {"role": "owner"}, 200),
        ("owner", "set_health", {"part": "light", "state": "ok", "message": "x"}, 403),
        ("owner", "add_client", {"name": "x", "role": "owner", "token_hash": "0" * 64}, 403),
    ],
)
def test_each_role_may_do_its_own(
    harness: GatewayHarness, role: str, reducer: str, args: dict[str, object], status: int
) -> None:
    harness.call("create_plant", name="Basil")
    assert http_request(harness, "POST", f"/v1/call/{reducer}", args, token=harness.token(role))[0] == status


@pytest.mark.parametrize("host", ["evil.example", "sproutcast.evil.example:8080", "", "localhost.evil.example"])
def test_a_name_that_is_not_ours_is_refused(harness: GatewayHarness, host: str) -> None:
    """A web page elsewhere may let its own name point to us; the browser then sends that name."""
    token = harness.token("owner")
    assert http_request(harness, "GET", "/v1/schema", token=token, headers={"Host": host})[0] in (400, 403)
    assert http_request(harness, "GET", "/", headers={"Host": host})[0] in (400, 403)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:9", "[::1]:8080", "192.168.1.20"])
def test_our_own_names_and_addresses_are_welcome(harness: GatewayHarness, host: str) -> None:
    assert http_request(harness, "GET", "/healthz", headers={"Host": host})[0] == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example"])
def test_a_page_elsewhere_can_drive_nothing_even_with_the_cookie(harness: GatewayHarness, origin: str) -> None:
    token = harness.token("owner")
    headers = {"Origin": origin, "Cookie": f"sproutcast_token={token}"}
    status, _, response_headers = http_request(
        harness, "POST", "/v1/call/override_light", {"level": 1.0, "minutes": 60}, headers=headers
    )
    assert status == 403
    assert "Access-Control-Allow-Origin" not in response_headers
    assert shake(harness, dict(headers)) == 403
    assert harness.store.query("SELECT override_level FROM light") == [{"override_level": None}]


def test_our_own_page_may(harness: GatewayHarness) -> None:
    token = harness.token("viewer")
    headers = {"Origin": harness.url, "Cookie": f"sproutcast_token={token}"}
    assert shake(harness, headers) == 101


def test_a_page_that_was_invited_may_with_a_token(tmp_path: Path, clock: FakeClock) -> None:
    page = "http://localhost:5173"
    with start_gateway(tmp_path, clock, origins=(page,)) as harness:
        token = harness.token("viewer")
        status, _, headers = http_request(harness, "GET", "/v1/schema", token=token, headers={"Origin": page})
        assert (status, headers["Access-Control-Allow-Origin"]) == (200, page)
        status, _, headers = http_request(harness, "OPTIONS", "/v1/identity/websocket-token", headers={"Origin": page})
        assert (status, headers["Access-Control-Allow-Origin"]) == (204, page)
        assert http_request(harness, "GET", "/v1/schema", headers={"Origin": page})[0] == 401


def test_a_client_that_calls_too_often_waits_others_do_not(tmp_path: Path, clock: FakeClock) -> None:
    with start_gateway(tmp_path, clock, {"network": RateLimit(rate=1.0, burst=3.0)}) as harness:
        hasty, calm = harness.token("owner"), harness.token("owner")
        call = "/v1/call/clear_read_notifications"
        answers = [http_request(harness, "POST", call, {}, token=hasty)[0] for _ in range(5)]
        assert answers == [200, 200, 200, 429, 429]
        assert http_request(harness, "POST", call, {}, token=calm)[0] == 200
        assert http_request(harness, "POST", "/v1/call/clear_light_override", {}, token=hasty)[0] == 200
        clock.advance(1.0)
        assert http_request(harness, "POST", call, {}, token=hasty)[0] == 200


def test_a_name_cannot_forge_a_line_in_the_log(harness: GatewayHarness, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="sproutcast_pi.services.call_pipeline")
    harness.pipeline.pair(open_code(harness), "Phone")
    http_request(
        harness, "POST", "/v1/call/nothing%0Acall%20reducer=fake", {}, local=True, headers={"Sproutcast-Client": "a\tb"}
    )
    lines = [record.getMessage() for record in caplog.records]
    assert not [line for line in lines if "\n" in line or "fake" in line]


def test_a_code_never_reaches_the_transaction_log(harness: GatewayHarness) -> None:
    code = open_code(harness)
    with pytest.raises(RefusedError):
        harness.pipeline.pair("x", "Phone")
    assert not [row for row in harness.store.query("SELECT * FROM _tx") if code in str(row)]
