"""The make targets: each one that people are meant to call is explained, and what is missing is named all at once."""

import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAKEFILES = [ROOT / "Makefile", *ROOT.glob("*/Makefile.inc"), *ROOT.glob("tests/*/Makefile.inc")]
INTERNAL = {"lint-code", "lint-types", "lint-shell", "test-peers"}
"""Parts of other targets."""
NEEDED = ("apt-get", "bash", "cat", "dirname", "env", "id", "python3", "sed", "sort")
"""What the script itself calls."""


def explained():
    done = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    return {line.split()[0] for line in done.stdout.splitlines() if re.match(r"  [a-z]\S* +\S", line)}


def test_help_explains_every_public_target_and_no_other():
    text = "\n".join(file.read_text() for file in MAKEFILES)
    targets = set(re.findall(r"^([a-z][a-z0-9-]*):(?!=)", text, re.MULTILINE))
    assert explained() == targets - INTERNAL


def test_every_target_that_a_page_names_is_there():
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
    # In code and in lines of commands alone: "make sure" is English.
    command = re.compile(r"(?:^    |`)make ([a-z][a-z0-9-]+)", re.MULTILINE)
    named = {name for page in pages for name in command.findall(page.read_text())}
    assert "demo" in named
    assert named - explained() == set()


def install_packages(folder, *groups, programs=()):
    """The script as somebody who is not root, on a system with these programs alone."""
    for name in (*NEEDED, *programs):
        (folder / name).symlink_to(shutil.which(name) or shutil.which("true"))
    return subprocess.run(
        [shutil.which("unshare"), "--user", shutil.which("bash"), ROOT / "setup/install_packages", *groups],
        env={"PATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_who_may_not_install_is_told_all_of_it_at_once_with_one_command(tmp_path):
    done = install_packages(tmp_path, "python", "test", "shell")
    assert done.returncode == 1
    named, remedy = done.stderr.splitlines()
    missing = named.removeprefix("Not installed: ").split()
    assert {"chromium", "npm", "shellcheck", "xdotool", "zstd"} <= set(missing)
    assert missing == sorted(set(missing))
    assert remedy == "Install them first: sudo setup/install_packages python test shell"


def test_what_is_there_is_not_asked_for(tmp_path):
    done = install_packages(tmp_path, "shell", programs=["shellcheck"])
    assert (done.returncode, done.stderr) == (0, "")


def test_every_group_that_make_asks_for_is_listed():
    listed = {line.split()[0] for line in (ROOT / "setup/packages.txt").read_text().splitlines() if line[:1].isalpha()}
    asked = {
        group
        for file in MAKEFILES
        for names in re.findall(r"packages-([a-z-]+)", file.read_text())
        for group in names.split("-")
    }
    assert asked <= listed
    steps = "".join(file.read_text() for file in (ROOT / "image-build").glob("*/*.sh"))
    assert {group for names in re.findall(r"^need (.*)$", steps, re.MULTILINE) for group in names.split()} <= listed


def test_the_device_image_is_built_with_one_package():
    command = ["make", "-n", "image-device", "BOARD=pi4", "RPI_IMAGE_GEN=rpi-image-gen"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    built, left, brought, started = (
        shown.index(step)
        for step in ("steps/deb.sh arm64", "rm -rf image-build/device/pkgs", "install -D", "rpi-image-gen build")
    )
    assert built < left < brought < started
    assert "-c sproutcast-pi4.yaml" in shown
    hook = (ROOT / "image-build/device/layer/sproutcast.yaml").read_text()
    assert "cp -a pkgs/sproutcast-pi_*_arm64.deb" in hook


def test_a_page_names_tests_that_are_there():
    page = (ROOT / "docs/hardware.md").read_text()
    named = re.findall(r"`([\w/]+\.py|picamera2/…|…)::(test_\w+)`", page)
    assert named
    for file, test in named:
        files = [ROOT / "tests" / file] if file.endswith(".py") else (ROOT / "tests").rglob("test_*.py")
        assert any(f"def {test}(" in one.read_text() for one in files), test
