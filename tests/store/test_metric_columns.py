"""A metric's row in the registry is all its column needs: fresh databases have it, older ones get it."""

import gzip

import apsw
import msgspec
import pytest

from sproutcast_pi.model.metrics.registry import METRICS
from sproutcast_pi.store.engine import Store
from sproutcast_pi.store.migrations import MIGRATIONS
from sproutcast_pi.store.migrations.metric_columns import with_metric_columns
from sproutcast_pi.store.schema import VERSION, read_tables
from tests.store.test_old_messages import OLD


def columns(path):
    connection = apsw.Connection(str(path))
    table = read_tables(connection)["analysis_result"]
    connection.close()
    return set(zip(table.columns, table.types, strict=True))


def test_there_is_a_step_for_each_version():
    assert sorted(MIGRATIONS) == list(range(1, VERSION))


def test_an_older_database_gets_the_columns_of_a_fresh_one(tmp_path, clock):
    fresh, old = tmp_path / "fresh.db", tmp_path / "old.db"
    old.write_bytes(gzip.decompress((OLD / "store.db.gz").read_bytes()))
    for path in (fresh, old):
        Store(path, clock=clock, device="spr-test").close()
    assert columns(old) == columns(fresh)
    assert {name for name, _ in columns(old)} >= set(METRICS)


def test_a_new_metric_adds_its_column():
    connection = apsw.Connection(":memory:")
    connection.execute('CREATE TABLE "analysis_result" (id INTEGER PRIMARY KEY)')
    new = [msgspec.structs.replace(METRICS[name], key=f"new_{name}", since=4) for name in ("area_px", "height_cm")]
    with_metric_columns({}, new)[3](connection)
    table = read_tables(connection)["analysis_result"]
    assert dict(zip(table.columns, table.types, strict=True)) == {
        "id": "INTEGER", "new_area_px": "INTEGER", "new_height_cm": "REAL",
    }  # fmt: skip


def test_two_steps_can_not_have_one_version():
    new = msgspec.structs.replace(METRICS["area_px"], since=3)
    with pytest.raises(ValueError, match="version 3"):
        with_metric_columns({2: lambda _connection: None}, [new])
