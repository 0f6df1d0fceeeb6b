"""SQL in an argument is text: tried through every argument of every reducer there is."""

import msgspec
import pytest

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.store.engine import INTERNAL, Store
from sproutcast_pi.store.reducers import all_reducers
from tests.clocks import AutoAdvancingClock
from tests.store.helpers import START

TEXTS = ("'; DROP TABLE plant; --", '" OR 1=1 --', "x'); DELETE FROM plant;--", "1 OR 1=1", "%", "${plant}", "\\'; --")
REDUCERS = all_reducers()
ARGUMENTS = [(name, argument) for name, each in sorted(REDUCERS.items()) for argument in each.parameters]


def example(kind):
    """Some value of a type, as JSON would bring it."""
    schema = msgspec.json.schema(kind)
    schema = schema.get("anyOf", [schema])[0]
    if "enum" in schema:
        return schema["enum"][0]
    return {"integer": 1, "number": 1.0, "string": "2026-05-01", "boolean": True, "array": [], "object": {}}.get(
        schema.get("type"), "x"
    )


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("injection") / "store.db", clock=AutoAdvancingClock(START), device="spr-test")
    store.call("create_plant", {"name": "Basil"}, caller=INTERNAL)
    yield store
    store.close()


def tables(store):
    return store.query("SELECT name, sql FROM sqlite_schema ORDER BY name")


@pytest.mark.parametrize(("name", "argument"), ARGUMENTS)
def test_text_stays_text(busy, caplog, name, argument):
    before = tables(busy)
    reducer = REDUCERS[name]
    for text in TEXTS:
        for value in (text, [text], {text: text}):
            args = {each.name: example(each.type) for each in reducer.parameters.values() if each.required}
            refused = busy.submit(name, args | {argument: value}, caller=INTERNAL).exception()
            assert refused is None or (isinstance(refused, RefusedError) and refused.code != "internal")
    assert tables(busy) == before
    assert busy.query("SELECT id FROM plant WHERE id = 1")
    assert not caplog.records
