"""Backup, restore, export and import as people run them: nothing of anybody's is lost, each failure a sentence."""

import contextlib
import os
import resource
import subprocess
import tarfile
from pathlib import Path

import apsw
import msgspec
import pytest

from sproutcast_pi.cli import run as command
from sproutcast_pi.file_hash import sha256_of
from sproutcast_pi.store.archive import DATABASE, MANIFEST, add_bytes, add_file, read_manifest
from sproutcast_pi.store.daily_backup import save_daily_backup
from sproutcast_pi.store.data_lock import data_folder_locked
from sproutcast_pi.store.engine import INTERNAL, Store
from tests.store.helpers import CARER, OWNER

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount file systems and give files away")


@pytest.fixture
def data(tmp_path, clock, monkeypatch):
    """A data folder with a plant and a photograph; nobody uses it."""
    monkeypatch.setenv("SPROUTCAST_SOCKET", str(tmp_path / "nobody.sock"))
    folder = tmp_path / "data"
    (folder / "pictures").mkdir(parents=True)
    store = Store(folder / "sproutcast.sqlite3", clock=clock, device="spr-000000000001")
    store.call("create_plant", {"name": "Basil"}, caller=OWNER)
    capture = store.call("request_capture", {}, caller=CARER).value
    store.call("begin_capture", {"capture_id": capture}, caller=INTERNAL)
    (folder / "pictures" / "a.jpg").write_bytes(b"photo" * 1000)
    quality = {"verdict": "ok", "sharpness": 0.5, "exposure": 0.3}
    answer = {"capture": capture, "file": "a.jpg", "width": 10, "height": 10, "quality": quality, "plants": []}
    store.call("finish_capture", {"capture_id": capture, "answer": answer}, caller=INTERNAL)
    store.close()
    return folder


@pytest.fixture
def mounted(tmp_path):
    """Mount a small file system: `mounted("size=2m")`."""
    places = []

    def mount(options):
        place = tmp_path / f"disk{len(places)}"
        place.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "small", str(place)], check=True)
        places.append(place)
        return place

    yield mount
    for place in places:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def content(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def plants(data):
    return [
        str(name) for (name,) in apsw.Connection(str(data / "sproutcast.sqlite3")).execute("SELECT name FROM plant")
    ]


@pytest.mark.parametrize("name", ["data", "data/../data", "link"])
@pytest.mark.parametrize("deed", ["restore", "import"])
def test_nothing_is_put_into_a_folder_that_a_daemon_holds_however_it_is_named(data, tmp_path, capsys, name, deed):
    (tmp_path / "link").symlink_to(data)
    assert command(["backup", str(tmp_path / "b.tar"), "--data", str(data)]) == 0
    assert command(["export", str(tmp_path / "out"), "--data", str(data)]) == 0
    given = {"restore": "b.tar", "import": "out"}[deed]
    with data_folder_locked(data):
        before = content(data)
        assert command([deed, str(tmp_path / given), "--data", str(tmp_path / name)]) == 1
        assert content(data) == before
    assert "Stop it first" in capsys.readouterr().err
    assert command(["restore", str(tmp_path / "b.tar"), "--data", str(tmp_path / name)]) == 0


@pytest.mark.parametrize("victim", ["sproutcast.sqlite3", "pictures/a.jpg", "notes.txt", "link", "."])
def test_a_backup_replaces_nothing_but_a_backup(data, capsys, victim):
    (data / "notes.txt").write_text("mine")
    (data / "link").symlink_to(data / "pictures" / "a.jpg")
    before = content(data)
    assert command(["backup", str(data / victim), "--data", str(data)]) == 1
    assert "name " in capsys.readouterr().err
    assert content(data) == before


def test_a_backup_replaces_a_backup_and_an_empty_file(data, tmp_path):
    target = tmp_path / "b.tar"
    target.touch()
    for _ in range(2):
        assert command(["backup", str(target), "--data", str(data)]) == 0


def test_an_export_replaces_nothing_but_an_export(data, tmp_path, capsys):
    out = tmp_path / "mine"
    out.mkdir()
    (out / "plant.csv").write_text("my own list")
    assert command(["export", str(out), "--data", str(data)]) == 1
    assert "plant.csv" in capsys.readouterr().err
    assert content(out) == {"plant.csv": b"my own list"}
    (out / "plant.csv").unlink()
    for _ in range(2):
        assert command(["export", str(out), "--data", str(data)]) == 0


@root_only
@pytest.mark.parametrize("deed", ["backup", "export"])
def test_a_read_only_stick_is_one_sentence(data, mounted, capsys, deed):
    stick = mounted("size=2m")
    subprocess.run(["mount", "-o", "remount,ro", str(stick)], check=True)
    assert command([deed, str(stick / "b.tar"), "--data", str(data)]) == 1
    stderr = capsys.readouterr().err
    assert "Read-only file system" in stderr
    assert "Traceback" not in stderr
    assert len(stderr.strip().splitlines()) == 1


@root_only
@pytest.mark.parametrize("deed", ["backup", "export"])
def test_a_full_stick_is_one_sentence_and_keeps_what_was_there(data, mounted, capsys, deed):
    stick = mounted("size=300k")
    (stick / "b.tar").write_bytes(b"") if deed == "backup" else None
    (stick / "ballast").write_bytes(b"x" * 280_000)
    before = content(stick)
    assert command([deed, str(stick / "b.tar"), "--data", str(data)]) == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert content(stick) == before


@root_only
def test_what_root_restores_belongs_to_the_daemons_user(data, tmp_path):
    assert command(["backup", str(tmp_path / "b.tar"), "--data", str(data)]) == 0
    for deed, given in (("restore", "b.tar"), ("import", "out")):
        fresh = tmp_path / deed
        fresh.mkdir()
        os.chown(fresh, 1234, 2345)
        if deed == "import":
            assert command(["export", str(tmp_path / "out"), "--data", str(data)]) == 0
        assert command([deed, str(tmp_path / given), "--data", str(fresh)]) == 0
        assert {(path.lstat().st_uid, path.lstat().st_gid) for path in fresh.rglob("*")} == {(1234, 2345)}


@root_only
def test_a_restore_that_fails_leaves_nothing_of_roots_either(data, tmp_path):
    broken = tmp_path / "broken.tar"
    assert command(["backup", str(broken), "--data", str(data)]) == 0
    broken.write_bytes(broken.read_bytes()[:20_000])
    os.chown(data, 1234, 2345)
    for path in data.rglob("*"):
        os.chown(path, 1234, 2345)
    assert command(["restore", str(broken), "--data", str(data)]) == 1
    assert {path.lstat().st_uid for path in data.rglob("*")} == {1234}


def repacked(saved: Path, target: Path, statements: list[str]) -> Path:
    """The backup with SQL run on its database, its manifest true again."""
    work = target.with_suffix(".db")
    with tarfile.open(saved, "r:") as archive:
        manifest = read_manifest(archive, saved)
        work.write_bytes(archive.extractfile(DATABASE).read())
    connection = apsw.Connection(str(work))
    for statement in statements:
        connection.execute(statement)
    connection.close()
    facts = msgspec.structs.replace(manifest, database_sha256=sha256_of(work), database_bytes=work.stat().st_size)
    with tarfile.open(target, "w") as archive:
        add_bytes(archive, MANIFEST, msgspec.json.encode(facts))
        add_file(archive, DATABASE, work)
    return target


@pytest.mark.parametrize("path", ["../../x.jpg", "/etc/passwd", "a/../../x", "..", "", ".hidden", "a\nb"])
def test_restored_rows_name_no_file_outside_the_pictures(data, tmp_path, path):
    assert command(["backup", str(tmp_path / "b.tar"), "--data", str(data)]) == 0
    text = path.replace("'", "''")
    statement = f"UPDATE capture SET file = '{text}', thumb = '{text}'"
    bad = repacked(tmp_path / "b.tar", tmp_path / "bad.tar", [statement])
    assert command(["restore", str(bad), "--data", str(data)]) == 0
    rows = apsw.Connection(str(data / "sproutcast.sqlite3")).execute("SELECT file, thumb, state FROM capture")
    assert rows.fetchall() == [(None, None, "done")]


def test_triggers_and_views_of_a_strangers_backup_are_removed(data, tmp_path):
    assert command(["backup", str(tmp_path / "b.tar"), "--data", str(data)]) == 0
    statements = [
        "CREATE TRIGGER evil AFTER INSERT ON plant BEGIN DELETE FROM care_event; END",
        'CREATE VIEW "odd "" name" AS SELECT 1',
    ]
    bad = repacked(tmp_path / "b.tar", tmp_path / "bad.tar", statements)
    assert command(["restore", str(bad), "--data", str(data)]) == 0
    found = apsw.Connection(str(data / "sproutcast.sqlite3")).execute(
        "SELECT name FROM sqlite_schema WHERE type IN ('trigger', 'view')"
    )
    assert found.fetchall() == []
    assert plants(data) == ["Basil"]


FOREIGN = {
    "a table whose rule costs memory": (
        "CREATE TABLE stray (a CHECK (length(randomblob(900000000)) > 0))",
        "PRAGMA ignore_check_constraints = 1",
        "INSERT INTO stray VALUES (1)",
    ),
    "an index on an expression": ("CREATE INDEX slow ON plant (length(name) + 1)",),
    "an index on some rows": ("CREATE INDEX some ON plant (name) WHERE name GLOB '*'",),
}


@pytest.mark.parametrize("statements", FOREIGN.values(), ids=FOREIGN)
def test_what_would_run_sql_of_a_stranger_is_removed_before_anything_runs_it(data, tmp_path, statements):
    assert command(["backup", str(tmp_path / "b.tar"), "--data", str(data)]) == 0
    bad = repacked(tmp_path / "b.tar", tmp_path / "bad.tar", statements)
    with peak_below(200_000_000):
        assert command(["restore", str(bad), "--data", str(data)]) == 0
    found = apsw.Connection(str(data / "sproutcast.sqlite3")).execute(
        "SELECT name FROM sqlite_schema WHERE name IN ('stray', 'slow', 'some')"
    )
    assert found.fetchall() == []
    assert plants(data) == ["Basil"]


@pytest.mark.parametrize(
    "statement",
    [
        "PRAGMA user_version = 2147483647",
        "PRAGMA user_version = 0",
        "DROP TABLE light",
        "DELETE FROM light",
        "DELETE FROM _meta",
        "ALTER TABLE plant RENAME TO plants",
        "ALTER TABLE plant RENAME COLUMN name TO title",
        "ALTER TABLE setting ADD COLUMN evil TEXT DEFAULT (hex(zeroblob(9)))",
    ],
)
def test_a_database_that_no_start_could_use_replaces_nothing(data, tmp_path, statement, capsys):
    assert command(["backup", str(tmp_path / "b.tar"), "--data", str(data)]) == 0
    before = restorable(data)
    bad = repacked(tmp_path / "b.tar", tmp_path / "bad.tar", [statement])
    assert command(["restore", str(bad), "--data", str(data)]) == 1
    assert "can't be used" in capsys.readouterr().err
    assert restorable(data) == before


def restorable(folder):
    """What a restore replaces; the lock's empty file is none of it."""
    return {name: data for name, data in content(folder).items() if name != "daemon.lock"}


@contextlib.contextmanager
def peak_below(size):
    """Nothing within takes so many bytes of address space more: what tries fails with MemoryError."""
    used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def strange_header(kind, size):
    info = tarfile.TarInfo(MANIFEST)
    info.type, info.size = kind, size
    return info.tobuf(tarfile.GNU_FORMAT)


@pytest.mark.parametrize(
    "head",
    [
        strange_header(tarfile.XHDTYPE, 1 << 30),
        strange_header(tarfile.XGLTYPE, 1 << 30),
        strange_header(tarfile.GNUTYPE_LONGNAME, 1 << 30),
        strange_header(tarfile.XHDTYPE, 0) * 3000,
        strange_header(tarfile.GNUTYPE_SPARSE, 1 << 33),
    ],
)
def test_a_backups_headers_cost_little_memory_whatever_they_announce(data, tmp_path, head, capsys):
    bad = tmp_path / "bad.tar"
    with bad.open("wb") as file:
        file.write(head)
        file.truncate(2 << 30)
    before = restorable(data)
    with peak_below(200_000_000):
        assert command(["restore", str(bad), "--data", str(data)]) == 1
    assert "not a backup made by sproutcast" in capsys.readouterr().err
    assert restorable(data) == before


@root_only
def test_a_restore_without_room_replaces_nothing(data, tmp_path, mounted, capsys):
    assert command(["backup", str(tmp_path / "b.tar"), "--data", str(data)]) == 0
    small = mounted("size=8m")
    assert command(["restore", str(tmp_path / "b.tar"), "--data", str(small)]) == 1
    assert "make room" in capsys.readouterr().err
    assert not (small / "sproutcast.sqlite3").exists()


class TestDailyCopy:
    def copies(self, folder):
        return sorted(path.name for path in folder.iterdir())

    def test_copies_of_a_clock_that_was_wrong_go_once_there_are_right_ones(self, data, tmp_path, clock):
        folder, database = tmp_path / "backups", data / "sproutcast.sqlite3"
        right = clock.now()
        clock.advance(days=900)
        for _ in range(3):
            save_daily_backup(database, folder, clock.now())
            clock.advance(days=1)
        clock.jump(right)
        assert save_daily_backup(database, folder, clock.now()).name == f"{right.date()}.tar"
        assert save_daily_backup(database, folder, clock.now()) is None
        for _ in range(2):
            clock.advance(days=1)
            assert save_daily_backup(database, folder, clock.now())
        assert self.copies(folder) == [f"2026-05-0{day}.tar" for day in (1, 2, 3)]

    @root_only
    def test_without_room_for_copy_and_archive_nothing_is_written(self, data, mounted, clock):
        disk = mounted("size=96m")
        database = disk / "sproutcast.sqlite3"
        database.write_bytes((data / "sproutcast.sqlite3").read_bytes())
        (disk / "ballast").write_bytes(bytes(2_000_000))
        for _ in range(2):
            with pytest.raises(Exception, match="daily copy needs"):
                save_daily_backup(database, disk / "backups", clock.now())
        assert content(disk).keys() == {"sproutcast.sqlite3", "ballast"}
