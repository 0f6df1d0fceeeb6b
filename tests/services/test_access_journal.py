"""Withdrawn access stays withdrawn on every way back in time, each through the command or the helper that goes it."""

import os

import pytest

from sproutcast_pi.cli import run as command
from sproutcast_pi.services.access_journal import FILE_NAME, AccessJournal
from sproutcast_pi.services.appliance.factory_reset import request_reset, reset_if_requested
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.daily_backup import save_daily_backup
from sproutcast_pi.store.engine import INTERNAL, Store


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("SPROUTCAST_SOCKET", str(tmp_path / "nobody.sock"))
    folder = tmp_path / "var/lib/sproutcast"
    folder.mkdir(parents=True)
    return folder


def start(data):
    store = Store(data / "sproutcast.sqlite3", clock=FakeClock(), device="spr-000000000001")
    AccessJournal(store, data / FILE_NAME).start()
    return store


def pair(store, *roles):
    for number, role in enumerate(roles):
        args = {"name": f"phone {number}", "role": role, "token_hash": f"{number:064x}"}
        store.call("add_client", args, caller=INTERNAL)


def access(store):
    rows = store.query("SELECT role, revoked_at FROM client ORDER BY id")
    return [None if row["revoked_at"] else row["role"] for row in rows]


def withdraw(store):
    """The second is revoked, the third may do less."""
    store.call("revoke_client", {"client_id": 2}, caller=INTERNAL)
    store.call("set_client_role", {"client_id": 3, "role": "viewer"}, caller=INTERNAL)


NOW = ["owner", None, "viewer"]


def test_a_restore_brings_back_no_withdrawn_access(data, tmp_path):
    store = start(data)
    pair(store, "owner", "owner", "owner")
    assert command(["backup", str(tmp_path / "b.tar"), "--data", str(data)]) == 0
    withdraw(store)
    store.close()
    assert command(["restore", str(tmp_path / "b.tar"), "--data", str(data)]) == 0
    again = start(data)
    assert access(again) == NOW
    again.close()


def test_a_nightly_copy_in_a_damaged_databases_place_brings_back_none(data):
    store = start(data)
    pair(store, "owner", "owner", "owner")
    save_daily_backup(store.path, data / "backups", FakeClock().now())
    withdraw(store)
    store.close()
    store.path.write_bytes(b"x" * 100_000)
    again = start(data)
    assert again.opened.trouble
    assert access(again) == NOW
    again.close()


def test_the_journal_is_written_before_the_answer_and_readable_by_its_owner_alone(data):
    store = start(data)
    pair(store, "owner", "owner", "owner")
    withdraw(store)
    content = (data / FILE_NAME).read_bytes()
    assert b"null" in content
    assert (data / FILE_NAME).stat().st_mode & 0o777 == 0o600
    store.call("see_client", {"client_id": 1}, caller=INTERNAL)
    assert (data / FILE_NAME).read_bytes() == content
    store.close()


def test_a_damaged_journal_is_put_aside_and_begun_anew(data):
    (data / FILE_NAME).write_bytes(os.urandom(100))
    store = start(data)
    pair(store, "owner", "carer", "viewer")
    assert access(store) == ["owner", "carer", "viewer"]
    store.close()
    again = start(data)
    assert access(again) == ["owner", "carer", "viewer"]
    again.close()


@pytest.mark.parametrize("keep", [True, False])
def test_a_reset_lets_no_phone_of_a_later_restored_backup_in(data, tmp_path, keep):
    store = start(data)
    pair(store, "owner", "carer", "viewer")
    assert command(["backup", str(tmp_path / "b.tar"), "--data", str(data)]) == 0
    store.close()
    (tmp_path / "var/lib/sproutcast-system").mkdir()
    request_reset(tmp_path / "var/lib/sproutcast-system", keep_pictures=keep)
    assert reset_if_requested(tmp_path)
    assert command(["restore", str(tmp_path / "b.tar"), "--data", str(data)]) == 0
    again = start(data)
    assert access(again) == [None, None, None]
    again.close()
