"""SQL in an argument is text: tried through every argument of every reducer there is."""

import pytest

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.store.engine import INTERNAL, Store
from sproutcast_pi.store.reducers import all_reducers
from tests.clocks import AutoAdvancingClock
from tests.store.helpers import START, example_value

TEXTS = ("'; DROP TABLE plant; --", '" OR 1=1 --', "x'); DELETE FROM plant;--", "1 OR 1=1", "%", "${plant}", "\\'; --")
REDUCERS = all_reducers()
ARGUMENTS = [(name, argument) for name, each in sorted(REDUCERS.items()) for argument in each.parameters]


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
            args = {each.name: example_value(each.type) for each in reducer.parameters.values() if each.required}
            refused = busy.submit(name, args | {argument: value}, caller=INTERNAL).exception()
            assert refused is None or (isinstance(refused, RefusedError) and refused.code != "internal")
    assert tables(busy) == before
    assert busy.query("SELECT id FROM plant WHERE id = 1")
    assert not caplog.records
