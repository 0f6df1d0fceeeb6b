"""A damaged, old, newer, foreign or missing database file."""

import shutil

import apsw
import pytest

from sproutcast_pi.errors import StoreError
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.store.backup import save_backup
from sproutcast_pi.store.engine import Store
from sproutcast_pi.store.opening import open_database
from sproutcast_pi.store.schema import VERSION
from tests.store.helpers import OWNER


@pytest.fixture
def path(tmp_path, clock):
    path = tmp_path / "store.db"
    store = Store(path, clock=clock, device="spr-test")
    for number in range(30):
        store.call("create_plant", {"name": f"Plant {number}"}, caller=OWNER)
    store.close()
    return path


def reopened(path, clock):
    store = Store(path, clock=clock, device="spr-test")
    plants = store.query("SELECT count(*) AS n FROM plant")[0]["n"]
    epoch, trouble = store.epoch, store.opened.trouble
    store.close()
    return plants, epoch, trouble


def test_opened_again_it_is_the_same(path, clock):
    first, second = reopened(path, clock), reopened(path, clock)
    assert first == second
    assert first[0] == 30
    assert first[2] is None


def test_indexes_of_another_version_are_brought_to_this_one(path, clock):
    def indexes():
        connection = apsw.Connection(str(path))
        rows = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL").fetchall()
        connection.close()
        return {name for (name,) in rows}

    wanted = indexes()
    before = apsw.Connection(str(path))
    before.execute('DROP INDEX "analysis_result_plant_id_at_turgor_index_hue_deg_chlorophyll_index"')
    before.execute('CREATE INDEX "analysis_result_plant_id" ON analysis_result (plant_id)')
    before.close()
    assert reopened(path, clock)[0] == 30
    assert indexes() == wanted


def test_space_is_given_back_in_steps(path):
    assert apsw.Connection(str(path)).pragma("auto_vacuum") == 2


@pytest.mark.parametrize("damage", ["torn page", "garbage", "cut short", "text"])
def test_a_damaged_file_is_set_aside_and_named(path, clock, damage):
    _, epoch, _ = reopened(path, clock)
    content = bytearray(path.read_bytes())
    if damage == "torn page":
        content[8192:20480] = b"\x5a" * 12288
    elif damage == "garbage":
        content[:] = b"\x00\xff" * (len(content) // 2)
    elif damage == "cut short":
        del content[len(content) // 2 :]
    else:
        content[:] = b"hello"
    path.write_bytes(content)
    plants, fresh_epoch, trouble = reopened(path, clock)
    (aside,) = path.parent.glob("*.damaged-*")
    assert (plants, fresh_epoch != epoch, aside.read_bytes()) == (0, True, bytes(content))
    assert aside.name in english(trouble)


def test_the_newest_sound_backup_takes_the_place_of_a_damaged_file(path, clock, tmp_path):
    _, epoch, _ = reopened(path, clock)
    backups = tmp_path / "backups"
    save_backup(path, tmp_path / "pictures", backups / "2026-05-01.tar", clock.now())
    (backups / "2026-05-02.tar").write_bytes(b"cut short")
    path.write_bytes(b"\x00" * 50_000)
    plants, new_epoch, trouble = reopened(path, clock)
    assert (plants, new_epoch != epoch) == (30, True)
    assert "2026-05-01.tar took its place" in english(trouble)


def test_a_newer_schema_is_refused_and_left_alone(path, clock):
    connection = apsw.Connection(str(path))
    connection.pragma("user_version", VERSION + 1)
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="newer Sproutcast Pi"):
        Store(path, clock=clock, device="spr-test")
    assert path.read_bytes() == before


def test_another_programs_database_is_refused(tmp_path, clock):
    path = tmp_path / "other.db"
    apsw.Connection(str(path)).execute("CREATE TABLE thing (x)")
    with pytest.raises(StoreError, match="another program"):
        Store(path, clock=clock, device="spr-test")


def add_column(connection):
    connection.execute("ALTER TABLE plant ADD COLUMN pot_colour TEXT NOT NULL DEFAULT 'brown'")


def test_an_older_database_goes_forward_and_a_copy_stays(path, clock):
    opened = open_database(path, "spr-test", clock, steps={VERSION: add_column}, version=VERSION + 1)
    assert opened.trouble is None
    migrated = apsw.Connection(str(path))
    assert migrated.execute("SELECT DISTINCT pot_colour FROM plant").fetchall() == [("brown",)]
    kept = path.with_name(f"{path.name}.schema-{VERSION}")
    shutil.copy(kept, path.with_name("older.db"))
    assert reopened(path.with_name("older.db"), clock)[0] == 30


def test_a_failing_step_leaves_the_database_as_it_was(path, clock):
    def fail(connection):
        add_column(connection)
        raise apsw.SQLError("no")

    with pytest.raises(StoreError, match="can't be prepared"):
        open_database(path, "spr-test", clock, steps={VERSION: fail}, version=VERSION + 1)
    assert reopened(path, clock)[0] == 30


def test_what_was_logged_for_other_columns_is_not_replayed(path, clock):
    open_database(path, "spr-test", clock, steps={VERSION: lambda _connection: None}, version=VERSION + 1)
    connection = apsw.Connection(str(path))
    connection.pragma("user_version", VERSION)
    connection.close()
    store = Store(path, clock=clock, device="spr-test")
    messages = []
    store.subscribe("SELECT * FROM plant", messages.append, caller=OWNER, since=3)
    assert messages[0].reset
    store.close()


def test_the_older_program_takes_up_its_own_again_when_the_newer_did_not_stay(path, clock):
    _, epoch, _ = reopened(path, clock)
    for _ in range(2):
        open_database(path, "spr-test", clock, steps={VERSION: add_column}, version=VERSION + 1)
        newer = apsw.Connection(str(path))
        newer.execute("UPDATE plant SET name = 'Renamed by the newer'")
        newer.close()
        plants, back, trouble = reopened(path, clock)
        assert (plants, back != epoch) == (30, True)
        assert "did not stay" in english(trouble)
        aside = path.with_name(f"{path.name}.schema-{VERSION + 1}")
        assert apsw.Connection(str(aside)).execute("SELECT DISTINCT name FROM plant").fetchall() == [
            ("Renamed by the newer",)
        ]
        assert reopened(path, clock)[2] is None


def test_a_damaged_copy_is_not_taken_up(path, clock):
    open_database(path, "spr-test", clock, steps={VERSION: add_column}, version=VERSION + 1)
    path.with_name(f"{path.name}.schema-{VERSION}").write_bytes(b"rubbish" * 1000)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="newer Sproutcast Pi"):
        Store(path, clock=clock, device="spr-test")
    assert path.read_bytes() == before
