"""Backups come back, exports come in again exactly, and the log is never shortened too far."""

import csv
import io
import re
import tarfile
import threading
from pathlib import Path

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.cli import run as command
from sproutcast_pi.errors import StoreError
from sproutcast_pi.store.backup import restore_backup, save_backup
from sproutcast_pi.store.column_labels import column_label
from sproutcast_pi.store.csv_text import read_rows, write_row
from sproutcast_pi.store.daily_backup import save_daily_backup
from sproutcast_pi.store.engine import INTERNAL, Store
from sproutcast_pi.store.export import export
from sproutcast_pi.store.importing import import_export
from sproutcast_pi.store.opening import open_database
from sproutcast_pi.store.schema import VERSION
from tests.clocks import AutoAdvancingClock
from tests.store.helpers import CARER, OWNER, START

texts = st.text() | st.from_regex(r"'{0,3}[=+@\-\t\r\"a][a=']{0,3}", fullmatch=True)
"""Any, and many that begin as formulas do."""


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "pictures"
    (folder / "2026-05").mkdir(parents=True)
    return folder


def photographed(store, pictures, number):
    """A capture with its picture."""
    capture = store.call("request_capture", {}, caller=CARER).value
    store.call("begin_capture", {"capture_id": capture}, caller=INTERNAL)
    name = f"2026-05/{number}.jpg"
    (pictures / name).write_bytes(bytes([number]) * 1000)
    answer = {
        "capture": capture,
        "file": name,
        "width": 10,
        "height": 10,
        "quality": {"verdict": "ok", "sharpness": 0.5, "exposure": 0.1 + 0.2},
        "plants": [{"plant": 1, "area_percent": 1.5 + number, "area_px": number, "turgor_index": 0.3}],
    }
    store.call("finish_capture", {"capture_id": capture, "answer": answer}, caller=INTERNAL)


def fill(store, pictures):
    for name in ("Basil", 'Mint, "the\nsecond"'.replace("\n", " "), "  Père  "):
        store.call("create_plant", {"name": name}, caller=OWNER)
    store.call("log_care", {"plant_id": 1, "kind": "note", "text": 'lines,\nquotes " and ;'}, caller=CARER)
    for number in range(1, 4):
        photographed(store, pictures, number)


@pytest.fixture
def filled(store, pictures):
    fill(store, pictures)
    return store


def everything(path):
    """Every row of every table but what a new line of history changes."""
    connection = apsw.Connection(str(path))
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    kept = [name for name in tables if name not in ("_meta", "_tx", "_follower", "sqlite_sequence")]
    return {
        name: [tuple(map(repr, row)) for row in connection.execute(f"SELECT * FROM {name} ORDER BY 1")] for name in kept
    }


class TestBackup:
    def test_taken_while_writing_and_brought_back(self, store, pictures, tmp_path, clock):
        fill(store, pictures)
        stop = threading.Event()

        def write():
            number = 0
            while not stop.is_set():
                number += 1
                store.call("set_setting", {"name": "ui.n", "value": number}, caller=OWNER)

        writer = threading.Thread(target=write)
        writer.start()
        manifest = save_backup(store.path, pictures, tmp_path / "saved.tar", clock.now())
        stop.set()
        writer.join()
        store.call("delete_plant", {"plant_id": 1}, caller=OWNER)
        epoch = store.epoch
        store.close()
        (pictures / "2026-05/2.jpg").unlink()
        restore_backup(tmp_path / "saved.tar", store.path, pictures, clock.now())
        again = Store(store.path, clock=clock, device="spr-test")
        assert again.query("SELECT name FROM plant WHERE id = 1") == [{"name": "Basil"}]
        assert again.query("SELECT max(seq) AS seq FROM _tx") == [{"seq": manifest.seq}]
        assert again.epoch != epoch
        assert again.opened.trouble is None
        assert (pictures / "2026-05/2.jpg").read_bytes() == b"\x02" * 1000
        again.close()

    def test_refused_backups_replace_nothing(self, store, pictures, tmp_path, clock):
        fill(store, pictures)
        good = tmp_path / "good.tar"
        save_backup(store.path, pictures, good, clock.now())
        store.close()
        before = everything(store.path)
        content = good.read_bytes()
        # One digit more in the space's place, so that the archive keeps its sizes.
        digits = 10 ** len(str(VERSION))
        newer = content.replace(f'"schema": {VERSION}'.encode(), f'"schema":{digits}'.encode(), 1)
        for name, bad in {
            "empty": b"",
            "text": b"hello" * 1000,
            "short": content[: len(content) // 3],
            "flipped": content[:60_000] + b"\xff" * 64 + content[60_064:],
            "newer": newer,
        }.items():
            path = tmp_path / f"{name}.tar"
            path.write_bytes(bad)
            with pytest.raises(StoreError):
                restore_backup(path, store.path, pictures, clock.now())
            assert everything(store.path) == before, name
        assert not list(tmp_path.glob("*restor*")) + list(tmp_path.glob("*.part"))

    def test_a_picture_of_the_same_name_gives_way_only_to_a_restored_database(
        self, store, pictures, tmp_path, clock, monkeypatch
    ):
        fill(store, pictures)
        saved, place = tmp_path / "saved.tar", pictures / "2026-05/2.jpg"
        save_backup(store.path, pictures, saved, clock.now())
        store.close()
        place.write_bytes(b"another")
        (pictures / "2026-05/1.jpg").unlink()
        before = everything(store.path)
        rename = Path.replace

        def no_room_for_the_database(path, target):
            if Path(target) == store.path:
                raise OSError(28, "No space left on device")
            return rename(path, target)

        with monkeypatch.context() as broken:
            broken.setattr(Path, "replace", no_room_for_the_database)
            with pytest.raises(StoreError, match="No space left"):
                restore_backup(saved, store.path, pictures, clock.now())
        assert everything(store.path) == before
        assert place.read_bytes() == b"another"
        assert not (pictures / ".restoring").exists()
        restore_backup(saved, store.path, pictures, clock.now())
        assert place.read_bytes() == b"\x02" * 1000
        assert (pictures / "2026-05/1.jpg").read_bytes() == b"\x01" * 1000
        assert sorted(path.name for path in pictures.rglob("*.jpg")) == ["1.jpg", "2.jpg", "3.jpg"]

    def test_members_outside_the_picture_folder_are_not_taken(self, store, pictures, tmp_path, clock):
        fill(store, pictures)
        path = tmp_path / "saved.tar"
        save_backup(store.path, pictures, path, clock.now())
        store.close()
        with tarfile.open(path, "a") as archive:
            for name in ("pictures/../../escaped.jpg", "/escaped.jpg", "pictures/.hidden", "escaped.jpg"):
                member = tarfile.TarInfo(name)
                member.size = 4
                archive.addfile(member, io.BytesIO(b"evil"))
            link = tarfile.TarInfo("pictures/link.jpg")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(link)
        restore_backup(path, store.path, pictures, clock.now())
        assert not list(tmp_path.rglob("escaped*")) + list(tmp_path.rglob("link*")) + list(pictures.rglob(".hidden"))

    def test_a_log_file_left_behind_is_not_read_into_the_restored_database(self, store, pictures, tmp_path, clock):
        fill(store, pictures)
        saved = tmp_path / "saved.tar"
        save_backup(store.path, pictures, saved, clock.now())
        other = tmp_path / "other" / "store.db"
        late = Store(other, clock=clock, device="spr-00000000001a")
        late.call("create_plant", {"name": "Late"}, caller=OWNER)
        wal = other.with_name("store.db-wal").read_bytes()
        late.close()
        other.with_name("store.db-wal").write_bytes(wal)
        restore_backup(saved, other, pictures, clock.now())
        again = Store(other, clock=clock, device="spr-00000000001a")
        assert again.query("SELECT name FROM plant WHERE name = 'Late'") == []
        again.close()


class TestExport:
    def test_round_trip_is_exact(self, store, pictures, tmp_path, clock):
        fill(store, pictures)
        export(store.path, tmp_path / "out", clock.now())
        before = everything(store.path)
        fresh = tmp_path / "fresh" / "store.db"
        open_database(fresh, "spr-fresh", clock)
        import_export(tmp_path / "out", fresh, clock.now())
        assert everything(fresh) == before
        Store(fresh, clock=clock, device="spr-fresh").close()

    def test_headings_are_words_with_units(self, store, pictures, tmp_path, clock):
        fill(store, pictures)
        export(store.path, tmp_path / "out", clock.now(), only=["analysis_result"])
        heads = (tmp_path / "out" / "analysis_result.csv").read_text().splitlines()[0]
        for wanted in ("Area (cm2)", "Area (% of the frame)", "Height (px)", "At (UTC)", "Plant ID", "Hue (degrees)"):
            assert wanted in heads.split(",") or f'"{wanted}"' in heads
        assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["analysis_result.csv", "manifest.json"]

    def test_no_two_columns_of_a_table_share_a_heading(self, store):
        for table in store.query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"):
            columns = [row["name"] for row in store.query("SELECT name FROM pragma_table_info(?)", (table["name"],))]
            heads = [column_label(column) for column in columns]
            assert len(set(heads)) == len(heads), (table, heads)

    def test_token_hashes_are_not_exported(self, store, tmp_path, clock):
        secret = "cd" * 32
        store.call("add_client", {"name": "phone", "role": "carer", "token_hash": secret}, caller=INTERNAL)
        export(store.path, tmp_path / "out", clock.now())
        assert "phone" in (tmp_path / "out" / "client.csv").read_text()
        assert not [path for path in (tmp_path / "out").iterdir() if secret in path.read_text()]

    @pytest.mark.parametrize(
        ("file", "change", "words"),
        [
            ("plant.csv", ("Basil", '"Basil'), "never closed"),
            ("plant.csv", ("Sync", "Sink"), "headings"),
            ("plant.csv", (",1,", ",one,"), '"one" is no number'),
            ("plant.csv", (",1,", ",9223372036854775808,"), "is no number"),
            ("plant.csv", (",1,", f",{'9' * 5000},"), "is no number"),
            ("plant.csv", (",1,", ",1_0,"), "is no number"),
            ("plant.csv", (",1,", ",\u0661,"), "is no number"),
            ("care_event.csv", ("1,1,note", "1,77,note"), "refers to a plant"),
            ("manifest.json", ('"format"', '"fromat"'), "not the manifest"),
            ("plant.csv", ("Basil", "Basil,Basil"), "fields instead of"),
        ],
    )
    def test_a_wrong_export_is_refused_whole(self, filled, tmp_path, file, change, words):
        out, clock = tmp_path / "out", AutoAdvancingClock(START)
        export(filled.path, out, clock.now())
        old, new = (text.encode() for text in change)
        (out / file).write_bytes((out / file).read_bytes().replace(old, new, 1))
        fresh = tmp_path / "fresh" / "store.db"
        open_database(fresh, "spr-fresh", clock)
        before = everything(fresh)
        with pytest.raises(StoreError, match=words):
            import_export(out, fresh, clock.now())
        assert everything(fresh) == before

    def test_a_store_with_rows_is_not_overwritten(self, store, pictures, tmp_path, clock):
        fill(store, pictures)
        export(store.path, tmp_path / "out", clock.now())
        with pytest.raises(StoreError, match="not empty"):
            import_export(tmp_path / "out", store.path, clock.now())

    def test_no_text_is_a_formula_to_a_spreadsheet(self, store, tmp_path, clock):
        for name in ("=1+1", "+1", "-1", "@SUM(A1)", "'=1+1", "'quoted'", '"=1'):
            store.call("create_plant", {"name": name, "planted_on": "2026-05-01"}, caller=OWNER)
        export(store.path, tmp_path / "out", clock.now(), only=["plant"])
        lines = csv.reader((tmp_path / "out" / "plant.csv").open(newline=""))
        assert not [cell for line in lines for cell in line if cell.startswith(("=", "+", "-", "@"))]
        fresh = tmp_path / "fresh" / "store.db"
        open_database(fresh, "spr-fresh", clock)
        import_export(tmp_path / "out", fresh, clock.now())
        assert everything(fresh)["plant"] == everything(store.path)["plant"]

    @given(st.lists(st.lists(st.none() | texts, min_size=1, max_size=5), max_size=8))
    def test_csv_gives_back_what_it_was_given(self, rows):
        rows = [row for row in rows if len(row) > 1 or row[0] is not None]
        text = "".join(map(write_row, rows))
        assert list(read_rows(io.StringIO(text, newline=""))) == rows


class TestCommands:
    def test_export_backup_restore_import(self, tmp_path, clock, capsys, monkeypatch):
        monkeypatch.setenv("SPROUTCAST_SOCKET", str(tmp_path / "nobody.sock"))
        data, fresh = tmp_path / "data", tmp_path / "fresh"
        (data / "pictures" / "2026-05").mkdir(parents=True)
        store = Store(data / "sproutcast.sqlite3", clock=clock, device="spr-test")
        fill(store, data / "pictures")
        for arguments in (
            ["export", str(tmp_path / "out"), "--data", str(data)],
            ["backup", str(tmp_path / "saved.tar"), "--data", str(data)],
            ["restore", str(tmp_path / "saved.tar"), "--data", str(fresh)],
            ["import", str(tmp_path / "out"), "--data", str(tmp_path / "imported")],
        ):
            assert command(arguments) == 0, capsys.readouterr()
        store.close()
        wanted = everything(data / "sproutcast.sqlite3")
        assert everything(fresh / "sproutcast.sqlite3") == wanted
        assert everything(tmp_path / "imported" / "sproutcast.sqlite3") == wanted
        assert (fresh / "pictures" / "2026-05" / "1.jpg").exists()

    def test_a_missing_database_is_one_sentence(self, tmp_path, capsys, monkeypatch):
        monkeypatch.setenv("SPROUTCAST_SOCKET", str(tmp_path / "nobody.sock"))
        assert command(["export", str(tmp_path / "out"), "--data", str(tmp_path / "none")]) == 1
        assert "there is no database at" in capsys.readouterr().err


class TestLog:
    def grown(self, store, clock):
        for number in range(20):
            clock.advance(hours=1)
            store.call("set_setting", {"name": "ui.n", "value": number}, caller=OWNER)

    def seqs(self, store):
        return [row["seq"] for row in store.query("SELECT seq FROM _tx ORDER BY seq")]

    def test_by_age(self, store, clock):
        self.grown(store, clock)
        store.call("prune_log", {"keep_h": 5.5}, caller=INTERNAL)
        assert self.seqs(store) == list(range(15, 21))

    def test_the_newest_entry_stays_so_that_numbers_go_on(self, store, clock):
        self.grown(store, clock)
        store.call("prune_log", {"keep_bytes": 0}, caller=INTERNAL)
        assert self.seqs(store) == [20]
        store.close()
        again = Store(store.path, clock=clock, device="spr-test")
        assert again.call("set_setting", {"name": "ui.n", "value": "x"}, caller=OWNER).seq == 21
        again.close()

    def test_what_a_follower_still_needs_stays_within_its_bound(self, store, clock):
        store.call("register_follower", {"name": "sync"}, caller=INTERNAL)
        self.grown(store, clock)
        store.call("acknowledge_log", {"name": "sync", "seq": 8}, caller=INTERNAL)
        store.call("acknowledge_log", {"name": "sync", "seq": 3}, caller=INTERNAL)
        store.call("prune_log", {"keep_h": 5.5}, caller=INTERNAL)
        assert self.seqs(store)[0] == 9
        store.call("prune_log", {"keep_h": 5.5, "follower_keep_h": 10.5}, caller=INTERNAL)
        assert self.seqs(store)[0] == 10
        store.call("forget_follower", {"name": "sync"}, caller=INTERNAL)
        store.call("prune_log", {"keep_h": 5.5}, caller=INTERNAL)
        assert self.seqs(store)[0] == 15


def test_a_copy_a_day_and_three_are_kept(store, tmp_path, clock):
    folder = tmp_path / "backups"
    names = []
    for _ in range(12):
        made = save_daily_backup(store.path, folder, clock.now())
        names += [made.name] if made else []
        clock.advance(hours=12)
    assert names == [f"2026-05-0{day}.tar" for day in range(1, 7)]
    assert sorted(path.name for path in folder.iterdir()) == names[-3:]


def test_what_a_cut_left_of_a_nightly_copy_is_removed(store, tmp_path, clock):
    folder = tmp_path / "backups"
    made = save_daily_backup(store.path, folder, clock.now())
    for name in ("2026-04-30.tar.database.part", "2026-04-30.tar.part"):
        (folder / name).write_bytes(b"half")
    assert save_daily_backup(store.path, folder, clock.now()) is None
    assert list(folder.iterdir()) == [made]


def test_tidying_gives_space_back(store, clock):
    for number in range(400):
        store.submit("set_health", {"part": f"p{number}", "state": "ok", "message": "m" * 1500}, caller=INTERNAL)
    for number in range(400):
        store.submit("clear_health", {"part": f"p{number}"}, caller=INTERNAL)
    store.run_on_writer(lambda: None)
    clock.advance(days=30)
    store.call("set_setting", {"name": "ui.n", "value": 1}, caller=OWNER)
    before = store.query("PRAGMA page_count")[0]["page_count"]
    for _ in range(5):
        store.run_maintenance()
    assert store.query("SELECT count(*) AS n FROM _tx") == [{"n": 1}]
    assert store.query("PRAGMA page_count")[0]["page_count"] < before / 2


@pytest.mark.parametrize("separator", [";", "\t", "|", "\n", "\r\n", ";  ", ';"', ";'"])
@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_no_cell_of_any_spreadsheet_begins_with_a_formula(separator, sign):
    text = f"a{separator}{sign}HYPERLINK(1)"
    line = write_row(["Basil", text, 1])
    for delimiter in ",;\t|":
        for cell in re.split(f"[{re.escape(delimiter)}\r\n]", line):
            assert not cell.lstrip(' "').startswith(sign), (delimiter, line)
    assert next(read_rows(io.StringIO(line, newline=""))) == ["Basil", text, "1"]


def test_a_quote_that_is_never_closed_costs_no_memory_and_little_time():
    def endless():
        yield '"a\r\n'
        for _ in range(10_000_000):
            yield "b" * 1000 + "\r\n"

    with pytest.raises(ValueError, match="never closed"):
        next(read_rows(endless()))
