"""What the package says it brings and needs, checked without building it."""

from __future__ import annotations

import configparser
import re
import tomllib
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
PACKAGE = TOP / "image-build" / "package"
PROGRAMS = {f"/opt/sproutcast/bin/sproutcast{part}" for part in ("", "-boot", "-trying")} | {"/bin/kill"}
UNITS = sorted((TOP / "systemd").glob("*.service"))


def pinned() -> dict[str, str]:
    text = (PACKAGE / "wheels.txt").read_text()
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))


def archive_packages() -> set[str]:
    lines = (PACKAGE / "depends.txt").read_text().splitlines()
    return {re.split(r"[ ,(]", line)[0] for line in lines if line and not line.startswith("#")}


def test_every_dependency_of_the_program_is_brought_along_or_comes_from_the_archive():
    project = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["screen"]]
    names = {re.split(r"[<>=;\[ ]", line)[0] for line in wanted}
    archive = {name.removeprefix("python3-").replace("yaml", "pyyaml") for name in archive_packages()}
    # Debian's Python reads the zones of the system's own tzdata, which python3 depends on.
    missing = names - set(pinned()) - archive - {"tzdata"}
    assert not missing


def test_every_wheel_is_pinned_by_hash():
    blocks = re.split(r"\n(?=[a-z])", (PACKAGE / "wheels.txt").read_text().split("\n\n", 1)[1])
    for block in blocks:
        assert re.search(r"==\S+ \\\n(    --hash=sha256:[0-9a-f]{64}( \\\n)?)+$", block.rstrip()), block


def unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.optionxform = str
    parser.read(path)
    return parser


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_units_start_the_installed_program(path):
    commands = [value for key, value in unit(path)["Service"].items() if key.startswith("Exec")]
    assert commands
    for command in commands:
        program = command.lstrip("-+!@").split()[0]
        assert program in PROGRAMS, command


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_no_unit_waits_for_a_network(path):
    section = unit(path)["Unit"]
    for key in ("After", "Wants", "Requires"):
        assert "network-online.target" not in section.get(key, "")


def test_users_of_the_units_are_made_by_the_package():
    made = set(re.findall(r"^u (\S+)", (TOP / "systemd" / "sproutcast.sysusers.conf").read_text(), re.MULTILINE))
    for path in UNITS:
        section = unit(path)["Service"]
        user, passing = section.get("User"), section.get("DynamicUser") == "yes"
        assert user in made or (user is None and (passing or "# Runs as root" in path.read_text())), path.name
