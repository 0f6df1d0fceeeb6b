"""Frames and bodies nobody should send, and readers that do not read. None hurts the daemon or anybody else."""

from __future__ import annotations

import contextlib
import json
import random
import socket
import threading
import time
import zlib
from pathlib import Path
from statistics import median
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sproutcast_pi.protocol import websocket
from sproutcast_pi.protocol.client import DaemonClient
from sproutcast_pi.simulated.clocks import FakeClock
from tests.services.gateway.helpers import PATIENCE_S, Follower, GatewayHarness, RawSocket, http_request, start_gateway
from tests.waiting import wait_until

ALIVE = "SELECT * FROM plant"


def still_works(harness: GatewayHarness) -> bool:
    before = harness.store.seq
    status, answer, _ = http_request(harness, "POST", "/v1/call/create_plant", {"name": "Alive"}, local=True)
    return status == 200 and answer["seq"] > before and harness.failure is None


HOSTILE_TEXTS = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'"subscribe"',
    b'{"type":"sub',
    b'{"type":"dance","id":1}',
    b'{"type":"call","id":"x","reducer":1,"args":[]}',
    b'{"type":"call","id":1e400,"reducer":"create_plant","args":{}}',
    b'{"type":"call","id":99999999999999999999999999,"reducer":"a","args":{}}',
    b'{"type":"call","id":1,"reducer":"create_plant","args":' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}",
    b'{"type":"call","id":1,"reducer":"create_plant","args":' + b"[" * 100_000,
    b'{"type":"subscribe","id":1,"sql":"\xff\xfe"}',
    b'{"type":"subscribe","id":1,"sql":null,"since":"x"}',
    b"\x00" * 1000,
]


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=range(len(HOSTILE_TEXTS)))
def test_a_frame_that_is_no_message_ends_only_its_own_connection(harness: GatewayHarness, text: bytes) -> None:
    raw = RawSocket(harness)
    raw.send(text)
    # Newer Pythons read a deeper nesting, so that the call itself is refused.
    assert raw.refused_or_closed() in ("refused", 1002, 1007, 1009, None)
    raw.close()
    assert still_works(harness)


@pytest.mark.parametrize("protocol", ["v1.json.sproutcast", "v3.bsatn.spacetimedb"])
def test_random_and_cut_frames_hurt_nobody(harness: GatewayHarness, protocol: str) -> None:
    seeds = random.Random(7)
    path = "/v1/subscribe" if "json" in protocol else "/v1/database/sproutcast/subscribe"
    good = json.dumps({"type": "subscribe", "id": 1, "sql": ALIVE}).encode()
    for _ in range(60):
        raw = RawSocket(harness, path=path, protocol=protocol)
        if seeds.random() < 0.5:
            cut = bytearray(good)
            for _ in range(seeds.randint(1, 5)):
                cut[seeds.randrange(len(cut))] = seeds.randrange(256)
            raw.send(bytes(cut), seeds.choice((websocket.TEXT, websocket.BINARY)))
        else:
            raw.socket.sendall(seeds.randbytes(seeds.randint(1, 200)))
        raw.close()
    assert still_works(harness)


def test_ten_megabytes_in_a_frame_are_refused_before_they_are_read(harness: GatewayHarness) -> None:
    raw = RawSocket(harness)
    header = bytes([0x81, 0x80 | 127]) + (10_000_000).to_bytes(8, "big") + b"\0\0\0\0"
    raw.socket.sendall(header + b"x" * 1000)
    assert raw.close_code() == 1009
    raw.close()
    assert still_works(harness)


def test_a_body_beyond_the_bound_is_refused(harness: GatewayHarness) -> None:
    status, refused, _ = http_request(
        harness, "POST", "/v1/call/create_plant", b'{"name":"' + b"x" * 200_000 + b'"}', local=True
    )
    assert (status, refused["type"]) == (413, "refused")
    assert http_request(harness, "POST", "/v1/call/create_plant", b'{"name":' + b"[" * 30_000, local=True)[0] == 400
    assert (
        http_request(harness, "POST", "/v1/call/create_plant", b'{"name":' + b"[" * 30 + b"]" * 30 + b"}", local=True)[
            0
        ]
        == 400
    )


@pytest.mark.parametrize(
    "name",
    ["__class__", "__init__", "call", "submit", "../create_plant", "create_plant;", "%00", "a" * 5000, "ü", "function"],
)
def test_names_like_attributes_are_no_reducers(harness: GatewayHarness, name: str) -> None:
    status, refused, _ = http_request(harness, "POST", f"/v1/call/{quote(name, safe='')}", {}, local=True)
    assert (status, refused["code"]) == (404, "not_found")


INJECTIONS = [
    "'; DROP TABLE plant; --",
    '" OR 1=1 --',
    "Robert'); DELETE FROM plant;--",
    "\\",
    "%",
    "a\x00b",
    "🌱" * 20,
]


@pytest.mark.parametrize("text", INJECTIONS)
def test_sql_in_an_argument_is_text(harness: GatewayHarness, text: str) -> None:
    harness.call("create_plant", name="Basil")
    for reducer, args in [
        ("create_plant", {"name": text}),
        ("update_plant", {"plant_id": 1, "location": text}),
        ("update_plant", {"plant_id": text}),
        ("log_care", {"plant_id": 1, "kind": "note", "text": text}),
        ("log_care", {"plant_id": 1, "kind": text}),
        ("log_care", {"plant_id": 1, "kind": "water", "at": text}),
        ("set_setting", {"name": text, "value": text}),
        ("request_capture", {"reason": text}),
        ("mark_notification_read", {"notification_id": text}),
    ]:
        assert http_request(harness, "POST", f"/v1/call/{reducer}", args, local=True)[0] in (200, 400, 404, 409)
    assert harness.store.query("SELECT count(*) AS n FROM plant WHERE name = 'Basil'") == [{"n": 1}]
    assert still_works(harness)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM plant; DROP TABLE plant",
        "PRAGMA user_version = 7",
        "ATTACH '/tmp/x' AS x",
        "SELECT load_extension('x')",
        "SELECT * FROM sqlite_schema",
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT * FROM c",
        "SELECT writefile('/tmp/x', 'y')",
        "SELECT * FROM _tx",
        "SELECT * FROM client",
        "SELECT c.name FROM plant p JOIN client c ON c.id = p.id",
        "SELECT name FROM plant WHERE id IN (SELECT id FROM client)",
        "SELECT * FROM plant WHERE " + "(" * 2000 + "1=1" + ")" * 2000,
        "SELECT * FROM plant WHERE " + " OR ".join(f"id = {n}" for n in range(3_000)),
    ],
)
def test_a_viewer_reads_no_more_than_viewers_may(harness: GatewayHarness, sql: str) -> None:
    token = harness.token("viewer")
    client = DaemonClient(harness.url, token=token)
    client.start()
    follower = Follower(client, sql)
    refused = follower.errors.get(timeout=PATIENCE_S)
    assert str(refused)
    client.stop()
    assert still_works(harness)


def test_subscriptions_of_one_connection_are_bounded(harness: GatewayHarness) -> None:
    raw = RawSocket(harness)
    raw.receive_message("hello")
    bound = harness.gateway.settings.subscriptions
    for number in range(bound + 50):
        raw.send_message(type="subscribe", id=number, sql=f"SELECT * FROM plant WHERE id = {number}")
    refused = [raw.receive_message("refused") for _ in range(50)]
    assert {message["code"] for message in refused} == {"rate_limited"}
    raw.close()
    assert still_works(harness)


def test_more_connections_than_bounded_are_hung_up_on(tmp_path: Path, clock: FakeClock) -> None:
    with start_gateway(tmp_path, clock, max_connections=5) as harness:
        held = [RawSocket(harness) for _ in range(5)]
        with socket.socket(socket.AF_UNIX) as one_more:
            one_more.settimeout(PATIENCE_S)
            one_more.connect(str(harness.socket))
            assert one_more.recv(1) == b""
        held[0].close()
        for each in held:
            each.close()


def test_who_never_asks_is_hung_up_on(tmp_path: Path, clock: FakeClock) -> None:
    # Long enough for whoever does ask on a busy machine.
    with start_gateway(tmp_path, clock, headers_s=3.0) as harness, contextlib.ExitStack() as stack:
        mute = []
        for sent in (b"", b"GET / HTTP/1.1\r\nHost: loc", b"POST /v1/pair HTTP/1.1\r\n"):
            slow = socket.create_connection(("127.0.0.1", harness.gateway.port), timeout=PATIENCE_S)
            mute.append(stack.enter_context(slow))
            slow.sendall(sent)
        assert [slow.recv(100) for slow in mute] == [b"", b"", b""]
        assert still_works(harness)


def test_a_body_that_never_comes_is_not_waited_for(tmp_path: Path, clock: FakeClock) -> None:
    with start_gateway(tmp_path, clock, body_s=0.2) as harness, socket.socket(socket.AF_UNIX) as slow:
        slow.settimeout(PATIENCE_S)
        slow.connect(str(harness.socket))
        slow.sendall(b"POST /v1/call/create_plant HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{")
        assert b"took too long" in slow.recv(4096)


def test_a_half_open_socket_is_found_out(tmp_path: Path, clock: FakeClock) -> None:
    """Somebody whose network went away without a word answers no ping."""
    with start_gateway(tmp_path, clock, ping_s=0.2) as harness:
        silent = RawSocket(harness)
        silent.receive_message("hello")
        while True:
            data = silent.socket.recv(4096)
            if not data:
                break
        assert still_works(harness)


def test_a_reader_that_stalls_costs_its_bound_and_slows_nobody(tmp_path: Path, clock: FakeClock) -> None:
    bounds = {"send_queue_bytes": 200_000, "send_queue_rows": 300, "coalesce_after": 8, "ping_s": 300.0}
    with start_gateway(tmp_path, clock, **bounds) as harness:
        plant = harness.call("create_plant", name="Basil")
        stalled = RawSocket(harness)
        stalled.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stalled.send_message(type="subscribe", id=1, sql="SELECT * FROM care_event")
        stalled.receive_message("rows")
        client = DaemonClient(harness.socket)
        client.start()
        care = Follower(client, "SELECT * FROM care_event")
        care.snapshot()
        took = []
        for _ in range(700):
            begun = time.perf_counter()
            harness.call("log_care", plant_id=plant, kind="note", text="x" * 1500)
            care.next_change()
            took.append(time.perf_counter() - begun)
        (session,) = [each for each in harness.gateway.sessions() if each.send_queue.resyncs]
        assert len(session.send_queue) <= 3
        resync = stalled.receive_message("resync")
        assert resync["ids"] == [1]
        stalled.send_message(type="subscribe", id=2, sql="SELECT * FROM care_event WHERE id > 699")
        assert len(stalled.receive_message("rows")["rows"]) == 1
        # A busy machine may hold some of them up, whatever we do; a reader that stalls would hold up most.
        assert median(took) < 1.0
        stalled.close()
        client.stop()


def test_who_falls_behind_gets_what_changed_in_one_message(tmp_path: Path, clock: FakeClock) -> None:
    with start_gateway(tmp_path, clock, coalesce_after=4, send_queue_bytes=50_000_000, ping_s=300.0) as harness:
        plants = [harness.call("create_plant", name=f"Plant {n}") for n in range(3)]
        slow = RawSocket(harness)
        slow.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.send_message(type="subscribe", id=1, sql="SELECT * FROM plant")
        rows = {row["id"]: row for row in slow.receive_message("rows")["rows"]}
        for turn in range(600):
            harness.call("update_plant", plant_id=plants[turn % 3], note=f"{turn} " + "x" * 1500)
        # Answered behind all of that: only now it is read.
        assert http_request(harness, "GET", "/healthz", local=True)[0] == 200
        messages = 0
        merged = 0
        while not rows[plants[599 % 3]].get("note", "") or not str(rows[plants[599 % 3]]["note"]).startswith("599 "):
            diff = slow.receive_message("diff")
            messages += 1
            merged = max(merged, diff.get("transactions", 1))
            for change in diff["changes"]:
                for row in change.get("update", []) + change.get("insert", []):
                    rows[row["id"]] = row
        assert merged > 100
        assert messages < 500
        assert sorted(str(row["note"]).split()[0] for row in rows.values()) == ["597", "598", "599"]
        slow.close()


def test_a_client_that_floods_us_waits_for_its_own_answers(harness: GatewayHarness) -> None:
    flood = RawSocket(harness)
    flood.receive_message("hello")
    other = RawSocket(harness)
    other.receive_message("hello")
    bound = harness.gateway.settings.calls_open
    held, go = threading.Event(), threading.Event()

    def pour() -> None:
        for number in range(3000):
            flood.send_message(type="call", id=number, reducer="set_setting", args={"name": "ui.n", "value": number})

    holding = threading.Thread(target=harness.store.run_on_writer, args=(lambda: held.set() or go.wait(),))
    holding.start()
    assert held.wait(PATIENCE_S)
    before = harness.store.seq
    pouring = threading.Thread(target=pour)
    pouring.start()
    wait_until(lambda: harness.store.stats().queued == bound)
    other.send_message(type="call", id=1, reducer="create_plant", args={"name": "Basil"})
    wait_until(lambda: harness.store.stats().queued > bound)
    assert harness.store.stats().queued == bound + 1, "of who floods us, no more than the bound are open"
    go.set()
    assert other.receive_message("answer")["seq"] == before + bound + 1, "and before others go no more than these"
    for _ in range(3000):
        flood.receive_message("answer")
    pouring.join()
    holding.join()
    flood.close()
    other.close()


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"Cookie: sproutcast_token=\xff", 401),
        (b"Authorization: Bearer \xff\xfe", 401),
        (b"Origin: http://\xff", 403),
        (b"Origin: \xff", 403),
        (b"Host: \xff", 403),
        (b"Content-Encoding: gzip", 401),
    ],
)
def test_a_head_that_is_no_text_is_refused_as_any_other(
    harness: GatewayHarness, caplog: pytest.LogCaptureFixture, line: bytes, status: int
) -> None:
    host = b"" if line.startswith(b"Host") else b"Host: 127.0.0.1\r\n"
    with socket.create_connection(("127.0.0.1", harness.gateway.port), timeout=PATIENCE_S) as connection:
        connection.sendall(b"POST /v1/call/log_care HTTP/1.1\r\n" + host + line + b"\r\nContent-Length: 2\r\n\r\n{}")
        assert int(connection.recv(4096).split(b" ")[1]) == status
    assert not [record for record in caplog.records if record.exc_info]
    assert still_works(harness)


def test_a_compressed_body_is_no_body_and_is_never_unpacked(harness: GatewayHarness) -> None:
    bomb = zlib.compress(bytes(50_000_000), 9)
    assert len(bomb) < harness.gateway.settings.body_bytes
    headers = {"Content-Encoding": "deflate"}
    status, refused, _ = http_request(harness, "POST", "/v1/call/create_plant", bomb, local=True, headers=headers)
    assert (status, refused["code"]) == (400, "invalid")
    assert "JSON" in refused["message"], "what was compressed is not read"


@settings(max_examples=300)
@given(data=st.binary(max_size=400))
def test_the_frame_reader_takes_any_bytes_in_any_pieces(data: bytes) -> None:
    def read(pieces: list[bytes]) -> object:
        reader, seen = websocket.FrameReader(), []
        try:
            for piece in pieces:
                seen += reader.feed(piece)
        except websocket.WebSocketError as error:
            return seen, str(error)
        return seen, None

    assert read([data]) == read([data[n : n + 1] for n in range(len(data))])
