"""What commands report on a German machine: no line of theirs reads as it does in English."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sproutcast_pi.cli import run
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.engine import INTERNAL, Store

Lines = Callable[..., list[str]]


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """The lines a command prints in a language, those on stderr last."""

    def printed(language: str, *arguments: str) -> list[str]:
        run(["--language", language, *arguments])
        shown = capsys.readouterr()
        return [*shown.out.splitlines(), *(line for line in shown.err.splitlines() if line.startswith("sproutcast:"))]

    return printed


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    store = Store(folder / "sproutcast.sqlite3", clock=FakeClock(), device="spr-test")
    store.call("create_plant", {"name": "Mint"}, caller=INTERNAL)
    store.close()
    return folder


def test_every_line_about_files_is_in_the_readers_language(tmp_path: Path, data: Path, lines: Lines) -> None:
    (tmp_path / "config.toml").write_text("[captures]\n")
    (tmp_path / "empty").mkdir()
    commands = [
        ("backup", str(tmp_path / "plants.tar"), "--data", str(data)),
        ("export", str(tmp_path / "tables"), "--tables", "plant", "--data", str(data)),
        ("restore", str(tmp_path / "plants.tar"), "--data", str(data)),
        ("check-config", str(tmp_path / "config.toml")),
        ("analyze", str(tmp_path / "empty")),
    ]
    for command in commands:
        english, german = lines("en", *command), lines("de", *command)
        assert len(english) == len(german) > 0, command
        assert not set(english) & set(german), command
