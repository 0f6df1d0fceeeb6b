"""A device without a screen lets its first phone in without a code: soon after its start, once, and nobody else's."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sproutcast_pi.services.first_pairing import OPEN_S
from sproutcast_pi.services.gateway.middleware import is_private_address
from sproutcast_pi.simulated.clocks import FakeClock
from tests.services.gateway.helpers import GatewayHarness, http_request, start_gateway


@pytest.fixture
def bare(tmp_path: Path, clock: FakeClock) -> Iterator[GatewayHarness]:
    with start_gateway(tmp_path, clock, has_screen=lambda: False) as running:
        yield running


def code_needed(harness: GatewayHarness) -> Any:
    status, answer = http_request(harness, "GET", "/v1/pair", None)[:2]
    assert status == 200
    return answer["code_needed"]


def pair(harness: GatewayHarness, code: str = "") -> tuple[int, Any]:
    status, answer = http_request(harness, "POST", "/v1/pair", {"code": code, "name": "My phone"})[:2]
    return status, answer


def test_the_first_phone_is_the_owners_and_the_second_needs_a_code(bare: GatewayHarness) -> None:
    assert code_needed(bare) is False
    status, answer = pair(bare)
    assert (status, answer["role"], answer["name"]) == (200, "owner", "My phone")
    assert code_needed(bare) is True
    status, answer = pair(bare)
    assert (status, answer["code"]) == (401, "unauthenticated")
    assert bare.store.query("SELECT role FROM client") == [{"role": "owner"}]


def test_of_many_at_once_one_is_first(bare: GatewayHarness) -> None:
    with ThreadPoolExecutor(4) as phones:
        answers = list(phones.map(lambda _: pair(bare)[0], range(4)))
    assert sorted(answers) == [200, 401, 401, 401]


def test_it_ends_half_an_hour_after_the_start(bare: GatewayHarness, clock: FakeClock) -> None:
    clock.advance(OPEN_S - 1)
    assert code_needed(bare) is False
    clock.advance(1)
    assert code_needed(bare) is True
    assert pair(bare)[0] == 401


@pytest.mark.parametrize(
    ("reducer", "args"),
    [
        ("set_setting", {"name": "setup_done", "value": True}),
        ("create_plant", {"name": "Basil"}),
        ("add_client", {"name": "Phone", "role": "viewer", "token_hash": "0" * 64}),
    ],
)
def test_a_device_that_is_somebodys_asks_for_a_code(bare: GatewayHarness, reducer: str, args: dict[str, Any]) -> None:
    bare.call(reducer, **args)
    assert code_needed(bare) is True
    assert pair(bare)[0] == 401


def test_one_whose_phone_was_revoked_is_still_somebodys(bare: GatewayHarness) -> None:
    pair(bare)
    bare.call("revoke_client", client_id=1)
    assert pair(bare)[0] == 401


def test_what_was_set_up_half_may_be_set_up_by_the_first_phone(bare: GatewayHarness) -> None:
    bare.call("set_setting", name="setup_done", value=False)
    assert code_needed(bare) is False


def test_a_screen_shows_codes_so_one_is_needed(tmp_path: Path, clock: FakeClock) -> None:
    screens = [False]
    with start_gateway(tmp_path, clock, has_screen=lambda: screens[0]) as harness:
        assert code_needed(harness) is False
        screens[0] = True
        assert code_needed(harness) is True
        assert pair(harness)[0] == 401


def test_the_configuration_can_forbid_it(tmp_path: Path, clock: FakeClock) -> None:
    with start_gateway(tmp_path, clock, has_screen=lambda: False, first_phone=False) as harness:
        assert code_needed(harness) is True
        assert pair(harness)[0] == 401


def test_a_code_is_never_needed_twice_nor_guessed_around(bare: GatewayHarness) -> None:
    code = bare.call_as_owner("start_pairing", {"role": "viewer"})["code"]
    assert pair(bare, "1" if code != "1" else "2")[0] == 401
    status, answer = pair(bare, code)
    assert (status, answer["role"]) == (200, "viewer")


@pytest.mark.parametrize(
    ("address", "at_home"),
    [
        ("192.168.1.20", True),
        ("10.0.0.2", True),
        ("127.0.0.1", True),
        ("169.254.7.7", True),
        ("fe80::1%wlan0", True),
        ("fd12::3", True),
        ("::ffff:192.168.1.20", True),
        ("::ffff:8.8.8.8", False),
        ("8.8.8.8", False),
        ("2a00:1450::8", False),
        ("not an address", False),
        ("", False),
        (None, False),
    ],
)
def test_only_a_phone_of_the_same_house_may_be_first(address: str | None, at_home: bool) -> None:
    assert is_private_address(address) is at_home


def test_a_page_from_elsewhere_may_not_be_first_in_its_readers_name(bare: GatewayHarness) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", bare.gateway.port, timeout=60)
    headers = {"Origin": "https://evil.example", "Content-Type": "text/plain"}
    connection.request("POST", "/v1/pair", body='{"code": "", "name": "x"}', headers=headers)
    assert connection.getresponse().status == 403
    connection.close()
    assert bare.store.query("SELECT * FROM client") == []
