"""The privileged helper on a folder in place of the machine: requests, progress, rollback."""

import contextlib
import os

import pytest

from sproutcast_pi.cli import run as command
from sproutcast_pi.messages.areas.text import verbatim
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.services.appliance.helper_protocol import (
    PROGRESS_FILE,
    Check,
    Commit,
    Install,
    Reset,
    Restart,
    RollBack,
    ShutDown,
    read_progress,
    read_request,
    write_request,
)
from sproutcast_pi.services.appliance.privileged_helper import PrivilegedHelper
from sproutcast_pi.services.updates.update_state import read_update_state
from tests.services.updates.helpers import BOOT, GRUBENV, SYSTEM, make_bundle, make_key


class Machine:
    """A system below a folder: its slots are files, a restart is a note."""

    def __init__(self, root, keys):
        self.root = root
        self.ran = []
        self.stick = root / "stick"
        for folder in ("stick", "proc", "run/sproutcast-system", "var/lib/sproutcast-system", "usr/lib/sproutcast"):
            (root / folder).mkdir(parents=True)
        parts = root / "dev/disk/by-partlabel"
        (parts / "bootconfig").mkdir(parents=True)
        (parts / "bootconfig/grubenv").write_bytes(GRUBENV)
        for name in ("boot_a", "boot_b", "system_a", "system_b"):
            (parts / name).write_bytes(name.encode().ljust(400_000, b"."))
        (root / "usr/lib/sproutcast/board").write_text("virtual\n")
        (root / "usr/lib/sproutcast/update-key.pem").write_bytes((keys / "public").read_bytes())
        self.parts = parts
        self.started("a")

    def started(self, slot, *, trying=False):
        (self.root / "proc/cmdline").write_text(f"quiet sproutcast.slot={slot} sproutcast.try={int(trying)}")

    def restarted(self):
        """What GRUB does with its environment; which slot came up."""
        environment = dict(
            line.split("=", 1) for line in (self.parts / "bootconfig/grubenv").read_text().splitlines() if "=" in line
        )
        if environment["try"]:
            text = f"# GRUB Environment Block\nslot={environment['slot']}\ntry=\n"
            (self.parts / "bootconfig/grubenv").write_bytes(text.encode().ljust(1024, b"#"))
        self.started(environment["try"] or environment["slot"], trying=bool(environment["try"]))
        return environment["try"] or environment["slot"]

    def deputy(self, version="0.1.0"):
        return PrivilegedHelper(
            self.root, mount=mounted, run=self.ran.append, sticks=lambda: [self.stick], version=version
        )

    def progress(self):
        return read_progress(self.root / "run/sproutcast-system" / PROGRESS_FILE)

    def entry(self):
        return read_update_state(self.root / "var/lib/sproutcast-system")


@contextlib.contextmanager
def mounted(device, _options):
    yield device


@pytest.fixture
def machine(tmp_path, keys):
    return Machine(tmp_path, keys)


def test_what_is_on_a_stick_is_found_installed_tried_and_kept(machine, keys):
    machine.deputy().execute(Check())
    assert machine.progress().state == "idle"
    make_bundle(machine.stick / "new.sproutcast", keys / "private", notes="Better.")
    machine.deputy().execute(Check())
    found = machine.progress()
    assert (found.state, found.version, found.source, found.notes) == ("available", "0.2.0", "usb", "Better.")
    machine.deputy().execute(Install())
    assert machine.progress().state == "restarting"
    assert machine.ran == [("systemctl", "reboot")]
    assert (machine.parts / "boot_b").read_bytes().startswith(BOOT)
    assert (machine.parts / "system_b").read_bytes().startswith(SYSTEM)
    assert machine.restarted() == "b"
    machine.deputy("0.2.0").record_failed_update()
    assert machine.entry().phase == "trying"
    machine.deputy("0.2.0").execute(Commit())
    machine.deputy("0.2.0").enforce_trial_timeout()
    assert machine.entry().phase == "kept"
    assert machine.restarted() == "b"


def test_an_address_is_asked_behind_the_door_alone(machine):
    machine.deputy().execute(Check(url="https://example.org/new.sproutcast"))
    reported = machine.progress()
    assert (
        reported.state,
        "could not be downloaded" in english(reported.message),
        "No such file" in english(reported.message),
    ) == (
        "failed",
        True,
        True,
    )


def test_what_was_broken_before_an_update_is_remembered_and_told_when_it_stays(machine, keys):
    make_bundle(machine.stick / "new.sproutcast", keys / "private")
    machine.deputy().execute(Install(broken=("light",)))
    machine.restarted()
    assert machine.entry().broken == ("light",)
    machine.deputy("0.2.0").execute(Commit())
    assert "lamp's output did not work before the update either" in english(machine.progress().message)
    machine.deputy("0.2.0").execute(RollBack(reason=verbatim("I liked it better."), broken=("screen",)))
    assert machine.entry().broken == ("screen",)


@pytest.mark.parametrize("last_words", ["a reason", "the guard's", "none"])
def test_an_update_that_does_not_prove_itself_is_gone_after_the_next_start_with_its_reason(machine, keys, last_words):
    make_bundle(machine.stick / "new.sproutcast", keys / "private")
    machine.deputy().execute(Install())
    assert machine.restarted() == "b"
    if last_words == "a reason":
        machine.deputy("0.2.0").execute(RollBack(reason=verbatim("The screen stayed dark.")))
    elif last_words == "the guard's":
        machine.deputy("0.2.0").enforce_trial_timeout()
    assert machine.restarted() == "a"
    machine.deputy().record_failed_update()
    reported = {"a reason": "stayed dark", "the guard's": "in time", "none": "did not start"}
    assert machine.entry().phase == "failed"
    assert reported[last_words] in machine.entry().reason


def test_a_refused_update_is_told_and_nothing_restarts(machine, tmp_path_factory):
    stranger = tmp_path_factory.mktemp("stranger")
    make_key(stranger)
    make_bundle(machine.stick / "new.sproutcast", stranger / "private")
    before = {path.name: path.read_bytes() for path in machine.parts.iterdir() if path.is_file()}
    machine.deputy().execute(Install())
    assert machine.progress().state == "failed"
    assert "not signed by the maker" in english(machine.progress().message)
    assert machine.ran == []
    assert {path.name: path.read_bytes() for path in machine.parts.iterdir() if path.is_file()} == before
    assert machine.restarted() == "a"


def test_a_system_without_slots_says_how_it_is_updated(machine):
    (machine.root / "proc/cmdline").write_text("root=/dev/sda1")
    machine.deputy().execute(Check())
    assert "apt install" in english(machine.progress().message)
    machine.deputy().record_failed_update()
    machine.deputy().enforce_trial_timeout()


def test_restarts_and_resets_are_asked_of_the_system(machine):
    for order in (Restart(), ShutDown(), Reset(keep_pictures=True)):
        machine.deputy().execute(order)
    assert machine.ran == [("systemctl", "reboot"), ("systemctl", "poweroff"), ("systemctl", "reboot")]
    assert (machine.root / "var/lib/sproutcast-system/reset.json").exists()


def test_an_order_is_taken_once_and_anything_else_is_thrown_away(tmp_path):
    path = tmp_path / "order.json"
    for order in (
        Check(url="https://example.org/x"),
        Install(),
        RollBack(reason=verbatim("x")),
        Reset(keep_pictures=False),
    ):
        write_request(path, order)
        assert read_request(path) == order
        assert not path.exists()
    for rubbish in (
        b"",
        b"{",
        b'{"type": "install", "key": "mine"}',
        b'{"type": "check", "url": "file:///etc/x"}',
        b'{"type": "install", "broken": ["store"]}',
    ):
        path.write_bytes(rubbish)
        assert read_request(path) is None
        assert not path.exists()
    (tmp_path / "secret").write_text('{"type": "restart"}')
    path.symlink_to(tmp_path / "secret")
    assert read_request(path) is None
    assert not path.is_symlink()


@pytest.mark.parametrize("kind", ["folder", "full folder", "pipe", "link"])
def test_whatever_lies_in_place_of_an_order_is_taken_away(tmp_path, kind):
    path = tmp_path / "order.json"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "link":
        path.symlink_to("/etc/passwd")
    else:
        path.mkdir()
        if kind == "full folder":
            (path / "x").write_text("x")
    assert command(["deputy", "--order", str(path), "--root", str(tmp_path)]) == 0
    assert not path.exists()
    assert not path.is_symlink()
