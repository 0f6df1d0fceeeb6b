"""What the owner puts off comes back in time, and only then."""

import apsw
import pytest

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.store.engine import INTERNAL
from sproutcast_pi.store.migrations.snoozing import add_snoozing
from sproutcast_pi.store.opening import open_database
from sproutcast_pi.store.schema import VERSION
from tests.store.helpers import CARER

NOTICE = {"category": "info", "title": "The place looks different", "message": "Was the lamp changed?"}


@pytest.fixture
def notice_id(store):
    return store.call("notify", NOTICE, caller=INTERNAL).value


def row(store):
    (found,) = store.query("SELECT * FROM notification")
    return found


def wake(store):
    return store.call("wake_notifications", {}, caller=INTERNAL).value


def test_put_off_counts_as_read_until_its_hour(store, clock, notice_id):
    store.call("snooze_notification", {"notification_id": notice_id, "hours": 8}, caller=CARER)
    assert row(store)["read_at"] is not None
    clock.advance(hours=7.9)
    assert wake(store) == 0
    assert row(store)["read_at"] is not None
    clock.advance(hours=0.2)
    assert wake(store) == 1
    assert (row(store)["read_at"], row(store)["snoozed_until_at"]) == (None, None)


def test_clearing_what_was_read_keeps_what_is_put_off(store, notice_id):
    store.call("snooze_notification", {"notification_id": notice_id, "hours": 8}, caller=CARER)
    assert store.call("clear_read_notifications", {}, caller=CARER).value == 0
    store.call("prune_notifications", {"before": "2030-01-01T00:00:00.000000Z"}, caller=INTERNAL)
    assert row(store)["id"] == notice_id


def test_what_is_over_meanwhile_stays_read(store, clock, notice_id):
    store.call("snooze_notification", {"notification_id": notice_id, "hours": 1}, caller=CARER)
    ended = {"resolved_at": "2026-05-01T08:30:00.000000Z"}
    store.close()
    connection = apsw.Connection(str(store.path))
    connection.execute("UPDATE notification SET resolved_at = ?", (ended["resolved_at"],))
    connection.close()
    again = type(store)(store.path, clock=clock, device="spr-test")
    clock.advance(hours=2)
    assert wake(again) == 0
    assert row(again)["read_at"] is not None
    again.close()


@pytest.mark.parametrize("hours", [0, -1, 169, None])
def test_only_some_hours_make_sense(store, notice_id, hours):
    with pytest.raises(RefusedError, match="hours"):
        store.call("snooze_notification", {"notification_id": notice_id, "hours": hours}, caller=CARER)


def test_a_database_of_an_earlier_version_learns_to_put_off(store, clock, tmp_path, notice_id):
    old = tmp_path / "old.db"
    store.close()
    connection = apsw.Connection(str(store.path))
    connection.execute(f"VACUUM INTO '{old}'")
    connection.close()
    connection = apsw.Connection(str(old))
    connection.execute("ALTER TABLE notification DROP COLUMN snoozed_until_at")
    connection.close()
    opened = open_database(old, "spr-test", clock, steps={VERSION: add_snoozing}, version=VERSION + 1)
    assert opened.trouble is None
    connection = apsw.Connection(str(old))
    connection.pragma("user_version", VERSION)
    connection.close()
    again = type(store)(old, clock=clock, device="spr-test")
    again.call("snooze_notification", {"notification_id": notice_id, "hours": 1}, caller=CARER)
    again.close()
