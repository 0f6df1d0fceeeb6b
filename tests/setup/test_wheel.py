"""The wheel: everything the program needs is in it, and it says what it is."""

import re
import subprocess
import sys
import tomllib
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from what is committed or about to be, in a copy: a build leaves folders behind."""
    copy, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0"):
        if name and (ROOT / name).is_file() and not name.startswith("tests/"):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((ROOT / name).read_bytes())
    build = f"from setuptools import build_meta; build_meta.build_wheel({str(out)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=copy, check=True, capture_output=True)
    (path,) = out.iterdir()
    with zipfile.ZipFile(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def metadata(wheel):
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return message_from_string(wheel.read(name).decode())


def test_every_file_of_the_program_is_in_it(wheel):
    command = ["git", "ls-files", "--", "sproutcast_pi", "ui"]
    tracked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    needed = {name for name in tracked if (ROOT / name).is_file() and not name.endswith(".md")}
    assert needed - set(wheel.namelist()) == set()
    assert not [name for name in wheel.namelist() if name.startswith(("tests/", "bench/", "tools/", "training/"))]


def test_the_licences_of_letters_and_icons_are_in_it(wheel, metadata):
    assert {"LICENSE", "ui/fonts/LICENSE.inter", "ui/fonts/LICENSE.tabler-icons"} <= set(
        metadata.get_all("License-File")
    )
    assert {"Apache-2.0", "OFL-1.1", "MIT"} <= set(metadata["License-Expression"].split())
    licences = [name for name in wheel.namelist() if ".dist-info/licenses/" in name]
    assert len(licences) == 3


def test_it_says_what_it_is(metadata):
    assert metadata["Author"]
    assert "home assistant" in metadata["Keywords"]
    classifiers = metadata.get_all("Classifier")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    low, high = (int(number) for number in re.findall(r"3\.(\d+)", project["requires-python"]))
    named = [line.rpartition(".")[2] for line in classifiers if re.fullmatch(r"Programming Language.*3\.\d+", line)]
    assert [int(number) for number in named] == list(range(low, high))
    assert set(metadata.get_all("Provides-Extra")) == {"pi", "screen", "hub", "systemd"}


def test_its_page_refers_to_nothing_that_is_not_there(metadata):
    page = metadata.get_payload()
    assert page.startswith("# Sproutcast Pi")
    links = re.findall(r"\]\(([^)]+)\)", page)
    assert [link for link in links if not link.startswith("https://")] == []


def test_each_tool_and_library_has_a_pinned_version():
    content = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = content["project"]["optional-dependencies"]
    wanted = [
        *content["project"]["dependencies"],
        *extras["screen"],
        *extras["hub"],
        *content["dependency-groups"]["dev"],
    ]
    names = {re.match(r"[\w-]+", line)[0].lower() for line in wanted}
    pinned = {line.partition("==")[0] for line in (ROOT / "setup/constraints.txt").read_text().splitlines()}
    assert names - pinned == set()
