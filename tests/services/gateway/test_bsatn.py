"""BSATN as the description of the format has it, and hostile bytes."""

from __future__ import annotations

import contextlib
import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sproutcast_pi.services.gateway.spacetime import messages
from sproutcast_pi.services.gateway.spacetime.arguments import arguments, read_arguments
from sproutcast_pi.services.gateway.spacetime.bsatn import BsatnError, BsatnReader, RowWriter, blob, text
from sproutcast_pi.services.gateway.spacetime.codec import SpacetimeCodec
from sproutcast_pi.store.reducers import all_reducers
from sproutcast_pi.store.table_schemas import ColumnSchema, public_tables

INT64 = st.integers(-(2**63), 2**63 - 1)
COLUMNS = [
    ColumnSchema("id", "integer", nullable=False, primary=True),
    ColumnSchema("name", "text", nullable=True, primary=False),
    ColumnSchema("level", "real", nullable=False, primary=False),
    ColumnSchema("count", "integer", nullable=True, primary=False),
]
ROWS = st.fixed_dictionaries(
    {
        "id": INT64,
        "name": st.none() | st.text(),
        "level": st.floats(allow_nan=False),
        "count": st.none() | INT64,
    }
)


def read_row(reader: BsatnReader) -> dict[str, Any]:
    return {
        "id": reader.i64(),
        "name": reader.text() if reader.has_value() else None,
        "level": reader.f64(),
        "count": reader.i64() if reader.has_value() else None,
    }


def test_the_bytes_are_those_of_the_format() -> None:
    row = {"id": -2, "name": "Süß", "level": 0.5, "count": None}
    expected = (
        b"\xfe\xff\xff\xff\xff\xff\xff\xff\x00\x05\x00\x00\x00S\xc3\xbc\xc3\x9f" + struct.pack("<d", 0.5) + b"\x01"
    )
    assert RowWriter(COLUMNS).row(row) == expected


@settings(max_examples=50)
@given(st.lists(ROWS, max_size=8))
def test_rows_come_back_as_they_were_and_offsets_point_at_them(rows: list[dict[str, Any]]) -> None:
    reader = BsatnReader(RowWriter(COLUMNS).rows(rows))
    assert reader.u8() == 1
    offsets = [reader.i64() for _ in range(reader.u32())]
    data = reader.blob()
    assert reader.at_end
    assert [read_row(BsatnReader(data[start:])) for start in offsets] == rows


@given(st.integers(0, 2**32 - 1), st.lists(st.text(max_size=30), max_size=5), st.binary(max_size=50))
def test_requests_are_read_one_after_another(number: int, queries: list[str], args: bytes) -> None:
    u32 = struct.Struct("<I").pack
    frame = (
        b"\0" + u32(number) + u32(7) + u32(len(queries)) + b"".join(map(text, queries))
        + b"\1" + u32(number) + u32(7) + b"\1"
        + b"\3" + u32(number) + b"\0" + text("log_care") + blob(args)
    )  # fmt: skip
    assert messages.read_requests(frame) == [
        messages.SubscribeRequest(number, 7, queries),
        messages.UnsubscribeRequest(number, 7, send_rows=True),
        messages.CallReducerRequest(number, "log_care", args),
    ]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(BsatnError):
        messages.read_requests(data)
    for reducer in all_reducers().values():
        with contextlib.suppress(BsatnError):
            read_arguments(reducer, data)


def test_an_announced_length_is_not_believed() -> None:
    with pytest.raises(BsatnError):
        BsatnReader(b"\xff\xff\xff\xff").text()
    with pytest.raises(BsatnError):
        messages.read_requests(b"\0" + b"\xff" * 12)


def test_every_public_column_has_a_type_and_private_tables_none() -> None:
    tables = public_tables()
    assert {"plant", "analysis_result", "notification", "capture", "light", "health"} <= set(tables)
    assert not {"client", "_tx"} & set(tables)
    assert not SpacetimeCodec().supports_table("client")


def test_arguments_travel_in_the_reducers_order() -> None:
    kinds = [(each.name, each.kind, each.optional) for each in arguments(all_reducers()["log_care"])]
    assert kinds[:4] == [
        ("plant_id", "i64", False),
        ("kind", "string", False),
        ("at", "string", True),
        ("volume_ml", "f64", True),
    ]
    data = struct.pack("<q", 5) + text("water") + b"\1" + b"\0" + struct.pack("<d", 250.0) + b"\1\1"
    given_args = read_arguments(all_reducers()["log_care"], data)
    assert given_args == {"plant_id": 5, "kind": "water", "volume_ml": 250.0}
    with pytest.raises(BsatnError):
        read_arguments(all_reducers()["log_care"], data + b"\0")
