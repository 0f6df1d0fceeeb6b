"""The commands around updates and restarts, as a person types them."""

from __future__ import annotations

import shutil

import pytest

from sproutcast_pi.cli import run
from sproutcast_pi.external_programs import ProgramNotInstalledError
from sproutcast_pi.messages.areas import appliance
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.services.appliance.helper_protocol import PROGRESS_FILE, Install, read_progress, write_request
from sproutcast_pi.services.boot.event_log import EventLog
from sproutcast_pi.services.updates.bundle import Bundle
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.engine import INTERNAL, Store
from tests.services.updates.helpers import BOOT, GRUBENV, SYSTEM, make_bundle, make_key


def test_an_update_is_made_and_verified(tmp_path, capsys):
    make_key(tmp_path)
    (tmp_path / "boot").write_bytes(BOOT)
    (tmp_path / "system").write_bytes(SYSTEM)
    images = ["--boot", str(tmp_path / "boot"), "--system", str(tmp_path / "system"), "--board", "virtual"]
    update = str(tmp_path / "new.sproutcast")
    assert run(["update", "make", update, *images, "--version", "0.2.0", "--key", str(tmp_path / "private")]) == 0
    assert run(["update", "verify", update, "--key", str(tmp_path / "public")]) == 0
    assert "version 0.2.0 for virtual, signed" in capsys.readouterr().out
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    make_key(stranger)
    assert run(["update", "verify", update, "--key", str(stranger / "public")]) == 1
    assert "not signed by the maker" in capsys.readouterr().err


@pytest.mark.parametrize(("there", "missing"), [([], "openssl"), (["openssl"], "zstd")])
def test_without_the_programs_it_needs_make_names_the_package_before_it_writes(
    tmp_path, capsys, monkeypatch, there, missing
):
    make_key(tmp_path)
    for name in ("boot", "system"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "bin").mkdir()
    for name in there:
        (tmp_path / "bin" / name).symlink_to(shutil.which(name))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    images = ["--boot", str(tmp_path / "boot"), "--system", str(tmp_path / "system"), "--board", "virtual"]
    update = tmp_path / "new.sproutcast"
    assert run(["update", "make", str(update), *images, "--version", "0.2.0", "--key", str(tmp_path / "private")]) == 1
    assert capsys.readouterr().err.strip().endswith(f"{missing} is not installed: sudo apt install {missing}")
    assert not update.exists()


def test_without_zstd_the_slot_stays_as_it_was(tmp_path, monkeypatch):
    make_key(tmp_path)
    make_bundle(tmp_path / "new.sproutcast", tmp_path / "private")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/openssl").symlink_to(shutil.which("openssl"))
    slots = {"boot": tmp_path / "slot-boot", "system": tmp_path / "slot-system"}
    for slot in slots.values():
        slot.write_bytes(bytes(1_000_000))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with (tmp_path / "new.sproutcast").open("rb") as stream:
        bundle = Bundle(stream, "new.sproutcast", tmp_path / "public")
        with pytest.raises(ProgramNotInstalledError, match="sudo apt install zstd"):
            bundle.write(slots)
    assert all(slot.read_bytes() == bytes(1_000_000) for slot in slots.values())


def test_status_and_events_are_read_beside_the_daemon(tmp_path, capsys):
    store = Store(tmp_path / "sproutcast.sqlite3", clock=FakeClock(), device="spr-x")
    columns = {"version": "0.2.0", "slot": "b", "state": "idle", "message": "Version 0.2.0 is in use."}
    store.call("set_software", columns, caller=INTERNAL)
    EventLog(tmp_path, FakeClock(trusted=False)).record("power", appliance.POWER_CUT())
    assert run(["update", "status", "--data", str(tmp_path)]) == 0
    assert run(["events", "--data", str(tmp_path)]) == 0
    store.close()
    status, event = capsys.readouterr().out.splitlines()
    assert status == "0.2.0 in slot b, idle: Version 0.2.0 is in use."
    assert event.endswith("without a trace.")
    assert "?" in event


def test_without_a_daemon_asking_says_so(tmp_path, capsys):
    assert run(["update", "install", "--socket", str(tmp_path / "nobody.sock")]) == 1
    assert "No daemon is running" in capsys.readouterr().err


@pytest.mark.parametrize("when", ["--boot", "--guard"])
def test_the_deputy_finds_nothing_to_do_on_a_system_of_another_kind(tmp_path, when):
    assert run(["deputy", when, "--root", str(tmp_path)]) == 0


def test_the_deputy_carries_out_what_was_left_for_it(tmp_path):
    make_key(tmp_path)
    make_bundle(tmp_path / "new.sproutcast", tmp_path / "private")
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/cmdline").write_text("root=/dev/sda1")
    (tmp_path / "grubenv").write_bytes(GRUBENV)
    (tmp_path / "run/sproutcast-system").mkdir(parents=True)
    write_request(tmp_path / "order.json", Install())
    assert run(["deputy", "--order", str(tmp_path / "order.json"), "--root", str(tmp_path)]) == 0
    assert "apt install" in english(read_progress(tmp_path / "run/sproutcast-system" / PROGRESS_FILE).message)
    assert not (tmp_path / "order.json").exists()
