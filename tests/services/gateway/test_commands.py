"""`watch`, `call` and `pair` as programs against a running gateway."""

from __future__ import annotations

import codecs
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.services.gateway.helpers import PAGE_URL, PATIENCE_S, GatewayHarness

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(harness: GatewayHarness) -> Iterator[Start]:
    children: list[subprocess.Popen[str]] = []

    def run(*words: str, **options: object) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, "-m", "sproutcast_pi", *words],
            env={**os.environ, "SPROUTCAST_SOCKET": str(harness.socket)},
            text=True,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options,
        )
        children.append(child)
        return child

    yield run
    for child in children:
        child.kill()
        child.communicate()


def test_watch_json_prints_rows_and_then_each_change(harness: GatewayHarness, start: Start) -> None:
    plant = harness.call("create_plant", name="Basil")
    watch = start("watch", "SELECT * FROM plant WHERE archived_at IS NULL", "--json")
    assert watch.stdout is not None
    first = json.loads(watch.stdout.readline())
    assert [row["name"] for row in first["rows"]] == ["Basil"]
    harness.call("update_plant", plant_id=plant, location="Window")
    second = json.loads(watch.stdout.readline())
    assert set(second) == {"insert", "update", "delete"}
    assert "Window" in json.dumps(second)
    harness.call("archive_plant", plant_id=plant)
    third = json.loads(watch.stdout.readline())
    assert [row["name"] for row in third["delete"]] == ["Basil"]


def test_watch_survives_a_restart_of_the_daemon(harness: GatewayHarness, start: Start) -> None:
    watch = start("watch", "SELECT * FROM plant", "--json")
    assert watch.stdout is not None
    assert json.loads(watch.stdout.readline()) == {"rows": []}
    harness.stop()
    harness.call("create_plant", name="Basil")
    harness.start()
    line = json.loads(watch.stdout.readline())
    assert [row["name"] for row in line.get("insert") or line["rows"]] == ["Basil"]


def test_watch_on_a_terminal_draws_a_table(harness: GatewayHarness, start: Start) -> None:
    harness.call("create_plant", name="Basil [red]")
    ours, theirs = pty.openpty()
    start("watch", "SELECT * FROM plant", stdout=theirs, stderr=theirs)
    os.close(theirs)
    text = ""
    decoder = codecs.getincrementaldecoder("utf-8")()
    # A row may come in pieces, in any order of its columns.
    while not ("Basil [red]" in text and "2026-06-01 08:00:00" in text):
        text += decoder.decode(os.read(ours, 4096))
    os.close(ours)
    assert "archived_at" not in text


def test_watch_of_refused_sql_says_why_and_fails(start: Start) -> None:
    watch = start("watch", "DELETE FROM plant")
    _, errors = watch.communicate(timeout=PATIENCE_S)
    assert watch.returncode == 1
    assert "SELECT" in errors


def test_watch_without_a_daemon_says_so(harness: GatewayHarness, start: Start) -> None:
    harness.stop()
    watch = start("watch", "SELECT * FROM plant")
    _, errors = watch.communicate(timeout=PATIENCE_S)
    assert watch.returncode == 1
    assert "start it first" in errors
    harness.start()


def test_call_prints_what_the_reducer_returned(harness: GatewayHarness, start: Start) -> None:
    errors, _ = start("call", "create_plant", '{"name": "Basil"}').communicate(timeout=PATIENCE_S)
    assert json.loads(errors) == harness.store.query("SELECT id FROM plant")[0]["id"]


def test_a_refused_call_fails_with_the_reason_on_stderr(start: Start) -> None:
    call = start("call", "log_care", '{"plant_id": 99, "kind": "water"}')
    out, errors = call.communicate(timeout=PATIENCE_S)
    assert (call.returncode, out) == (1, "")
    assert "99" in errors


@pytest.mark.parametrize("arguments", ["[1]", "{", '"x"'])
def test_arguments_that_are_no_object_are_refused(start: Start, arguments: str) -> None:
    call = start("call", "create_plant", arguments)
    _, errors = call.communicate(timeout=PATIENCE_S)
    assert call.returncode == 1
    assert "JSON object" in errors


def test_help_of_a_reducer_shows_its_arguments(start: Start) -> None:
    errors, _ = start("call", "log_care", "--help").communicate(timeout=PATIENCE_S)
    assert "plant_id" in errors
    assert "| water" in errors
    errors, _ = start("call", "--help").communicate(timeout=PATIENCE_S)
    assert "create_plant" in errors


def test_pair_shows_a_code_that_pairs_and_lists_who_has(harness: GatewayHarness, start: Start) -> None:
    pair = start("pair", "--role", "viewer")
    assert pair.stdout is not None
    code = pair.stdout.readline().replace(" ", "").strip()
    assert f"Open {PAGE_URL} and type this code." in pair.stdout.readline()
    harness.pipeline.pair(code, "Kitchen phone")
    assert "Kitchen phone has paired as viewer." in pair.communicate(timeout=PATIENCE_S)[0]
    assert "Kitchen phone" in start("pair", "--list").communicate(timeout=PATIENCE_S)[0]
    assert start("pair", "--revoke", "1").wait(PATIENCE_S) == 0
    assert "Nobody" in start("pair", "--list").communicate(timeout=PATIENCE_S)[0]
