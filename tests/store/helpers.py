"""Callers of each role, the time at which the tests' clock starts, and values that an argument may have."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from sproutcast_pi.store.engine import Caller

OWNER = Caller(name="Ada", role="owner")
CARER = Caller(name="Ben", role="carer")
VIEWER = Caller(name="page", role="viewer")

START = datetime(2026, 5, 1, 8, tzinfo=UTC)


def example_value(kind: Any) -> Any:
    """Some value of a type, as JSON would bring it."""
    schema = msgspec.json.schema(kind)
    schema = schema.get("anyOf", [schema])[0]
    if "enum" in schema:
        return schema["enum"][0]
    return {"integer": 1, "number": 1.0, "string": "2026-05-01", "boolean": True, "array": [], "object": {}}.get(
        schema.get("type"), "x"
    )
