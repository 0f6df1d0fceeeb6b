"""docs/protocol.md is true: its conversation is held, its tables name what there is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args

import msgspec

from sproutcast_pi.protocol.messages import Request, Response
from sproutcast_pi.services.gateway.middleware import STATUS_BY_CODE
from sproutcast_pi.services.gateway.settings import GatewaySettings
from sproutcast_pi.services.pairing import MAX_ATTEMPTS, MAX_ATTEMPTS_OF_ALL
from sproutcast_pi.store.subscriptions.live_queries import MAX_REQUERIED
from sproutcast_pi.store.subscriptions.read_connection import MAX_PATTERN
from tests.services.gateway.helpers import GatewayHarness, RawSocket

PAGE = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text(encoding="utf-8")


def alike(expected: Any, received: Any) -> bool:
    """Whether they are equal where the page does not say "..."."""
    if expected == "...":
        return isinstance(received, str)
    if isinstance(expected, dict) and isinstance(received, dict):
        return expected.keys() == received.keys() and all(alike(expected[name], received[name]) for name in expected)
    if isinstance(expected, list) and isinstance(received, list):
        return len(expected) == len(received) and all(map(alike, expected, received))
    return bool(expected == received)


def test_the_conversation_goes_as_the_page_says(harness: GatewayHarness) -> None:
    raw = RawSocket(harness)
    blocks = re.findall(r"```transcript\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == 3
    epoch = ""
    for number, block in enumerate(blocks):
        if number == 1:
            harness.call("set_setting", name="language", value="fr")
        for line in block.splitlines():
            expected = json.loads(line[2:])
            if line.startswith("→"):
                raw.send_message(**(expected | ({"epoch": epoch} if "epoch" in expected else {})))
                continue
            frame = raw.receive()
            assert frame is not None
            received = json.loads(frame[1])
            assert alike(expected, received), (expected, received)
            epoch = received.get("epoch", epoch)
    raw.close()


def rows_of(heading: str) -> dict[str, list[str]]:
    """A table of the page by its first column's words in backticks."""
    section = PAGE.split(f"### {heading}\n")[1].split("\n#")[0]
    rows = [line.split("|")[1:-1] for line in section.splitlines() if line.startswith("| `")]
    return {row[0].strip().strip("`"): re.findall(r"`(\w+)`", row[1]) for row in rows}


def described(union: Any) -> dict[str, list[str]]:
    return {
        str(kind.__struct_config__.tag): [field.name for field in msgspec.structs.fields(kind)]
        for kind in get_args(union)
    }


def test_every_message_is_on_the_page_with_all_its_fields() -> None:
    assert {kind: sorted(fields) for kind, fields in rows_of("You send").items()} == {
        kind: sorted(fields) for kind, fields in described(Request).items()
    }
    assert {kind: sorted(fields) for kind, fields in rows_of("You get").items()} == {
        kind: sorted(fields) for kind, fields in described(Response).items()
    }


def test_every_code_has_the_status_the_page_says() -> None:
    listed = {code: int(status) for code, status in re.findall(r"^\| `(\w+)` \| (\d{3}) \|", PAGE, re.MULTILINE)}
    assert listed == {"invalid": 400} | {code: status for code, status in STATUS_BY_CODE.items() if code != "too_large"}


def test_every_path_is_on_the_page(harness: GatewayHarness) -> None:
    for path in harness.gateway.paths:
        if not path.endswith((".html", ".css", ".js", ".svg", ".webmanifest")):
            assert f" {path}`" in PAGE, path


def test_the_bounds_are_those_in_force() -> None:
    settings = GatewaySettings()
    assert f"{settings.calls_open} calls open and {settings.subscriptions} subscriptions" in PAGE
    assert f"bodies of {settings.body_bytes // 1024} KiB" in PAGE
    assert f"of {settings.frame_bytes // 1024} KiB, bodies" in PAGE
    assert f"{settings.subscriptions_per_client} subscriptions over all its connections" in PAGE
    assert f"{settings.strangers_per_address} connections without a token" in PAGE
    assert f"{settings.max_connections} connections, {settings.strangers} of them without a token" in PAGE
    assert f"{settings.max_local_connections} connections of its own" in PAGE
    assert f"{MAX_ATTEMPTS} wrong guesses of a code" in PAGE
    assert f"{MAX_ATTEMPTS_OF_ALL} wrong guesses of a code" in PAGE
    assert f"together {MAX_PATTERN} bytes" in PAGE
    assert f"{MAX_REQUERIED} of them joins or aggregates" in PAGE
