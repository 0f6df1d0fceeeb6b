"""Whatever is wrong in a configuration file, its faults read in German."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sproutcast_pi.config.example import example
from sproutcast_pi.config.last_good import load
from sproutcast_pi.config.read import check_text
from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.services.health import HealthReporter
from sproutcast_pi.store.engine import Store
from tests.clocks import AutoAdvancingClock
from tests.messages.helpers import GERMAN, assert_german
from tests.store.helpers import START

SECTIONS = [line for line in example().splitlines() if line.startswith("[")]
TEXTS = (
    "a",
    "a = ",
    "a = 1 b = 2",
    "a = 1\na = 2",
    "[a]\n[a]",
    "a = 'x",
    'a = "\\x"',
    'a = "\\',
    "a = [1",
    "a = {b = 1",
    "a = {b = 1, b = 2}",
    "a = 1\n[a.b]",
    "a = {}\na.b = 1",
    "[a",
    "[[a",
    "a = 0,8",
    "a = yes",
    "a = \u201cx\u201d",
    "a = 2026-13-01",
    'a = "\\ud800"',
    "a = " + "9" * 5000,
    "a = " + "[" * 5000,
    "=",
    "a\x00",
    "[light]\noutput = 'gpio:2'",
    "[light]\noutput = 'gpio:40'",
    "[device]\ntime_zone = 'x/y'",
    "[light.schedule]\nhours = 20\nmax_hours_per_day = 4",
    "[home_assistant]\nenabled = true",
    "[camera]\nwidth = 640",
    "[mqtt]\npassword = 'x'\npassword_file = 'y'\nkey_file = 'z'",
    "light = 1",
    "[light]\noutputt = 'none'",
    "[light]\nzzz = 1",
)


@pytest.mark.parametrize("text", TEXTS)
def test_a_fault_reads_in_german(tmp_path: Path, text: str) -> None:
    _, faults = check_text(text)
    assert faults
    for fault in faults:
        assert_german(SproutcastError(fault.message))
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    problem = load(tmp_path / "config.toml", tmp_path / "data").problem
    assert problem is not None
    assert_german(SproutcastError(problem))


@pytest.mark.parametrize("section", SECTIONS)
def test_a_wrong_value_of_every_option_reads_in_german(section: str) -> None:
    lines = example().splitlines()
    start = lines.index(section) + 1
    end = next((n for n in range(start, len(lines)) if lines[n].startswith("[")), len(lines))
    names = [line[1:].split(" = ")[0] for line in lines[start:end] if line[:1] == "#" and line[1:2].isalpha()]
    assert names
    for wrong in ("{x = 1}", "-7e9", '"\\n"', '["\\n"]'):
        for fault in check_text("\n".join([section, *(f"{name} = {wrong}" for name in names)]))[1]:
            assert_german(SproutcastError(fault.message))


@pytest.mark.parametrize("text", [*TEXTS, "zzz = 1\n" + "".join(f"key{n} = 1\n" for n in range(30_000))])
def test_the_problem_of_any_file_fits_into_the_health_table(tmp_path: Path, store: Store, text: str) -> None:
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    problem = load(tmp_path / "config.toml", tmp_path / "data").problem
    assert problem is not None
    HealthReporter(store).report("config", "bad", problem)
    (row,) = store.query("SELECT * FROM health WHERE part = 'config'")
    assert GERMAN.row_text(row, "message") == GERMAN.message(problem)
    assert len(row["data"]) < 100_000


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = Store(tmp_path_factory.mktemp("faults") / "store.db", clock=AutoAdvancingClock(START), device="spr-test")
    yield opened
    opened.close()
