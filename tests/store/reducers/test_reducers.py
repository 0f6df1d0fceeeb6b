"""Reducers refuse what is wrong in words, and leave nothing behind when they do."""

import json
import math

import pytest

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.store.engine import INTERNAL, Store
from tests.store.helpers import CARER, OWNER, VIEWER

SQUARE = [[0.1, 0.1], [0.5, 0.1], [0.5, 0.5], [0.1, 0.5]]


def refused(store: Store, name: str, args: dict, caller=OWNER) -> RefusedError:
    before = (store.seq, store.query("SELECT count(*) AS n FROM plant"))
    with pytest.raises(RefusedError) as caught:
        store.call(name, args, caller=caller)
    assert (store.seq, store.query("SELECT count(*) AS n FROM plant")) == before
    return caught.value


@pytest.mark.parametrize(
    ("name", "args", "field", "words"),
    [
        ("create_plant", {}, "name", "needs name"),
        ("create_plant", {"nmae": "x"}, "nmae", 'did you mean "name"'),
        ("create_plant", {"name": "   "}, "name", "length >= 1"),
        ("create_plant", {"name": "x" * 81}, "name", "length <= 80"),
        ("create_plant", {"name": "a\x1bb"}, "name", "control character"),
        ("create_plant", {"name": "two\nlines"}, "name", "control character"),
        ("create_plant", {"name": "half\ud800"}, "name", "control character"),
        ("create_plant", {"name": 5}, "name", "expected str"),
        ("create_plant", {"name": "a", "planted_on": "2026-02-30"}, "planted_on", "there is no day"),
        ("create_plant", {"name": "a", "planted_on": "2031-01-01"}, "planted_on", "in the future"),
        ("create_plant", {"name": "a", "planted_on": "20260101"}, "planted_on", "YYYY-MM-DD"),
        ("create_plant", {"name": "a", "region": SQUARE[:2]}, "region", "3 to 64 points"),
        ("create_plant", {"name": "a", "region": [*SQUARE[:3], [0.1, 1.5]]}, "region", "<= 1.0"),
        ("create_plant", {"name": "a", "region": [[0.1, 0.1], [0.2, 0.2], [0.3, 0.3]]}, "region", "enclose nothing"),
        ("create_plant", {"name": "a", "region": [*SQUARE[:3], [0.1, math.nan]]}, "region", "finite"),
        ("create_plant", {"name": "a", "pot_diameter_cm": math.inf}, "pot_diameter_cm", "finite"),
        ("create_plant", {"name": "a", "pot_diameter_cm": 0}, "pot_diameter_cm", ">= 1.0"),
        ("create_plant", {"name": "a", "gbif_key": 2**70}, "gbif_key", "too large"),
        ("create_plant", {"name": "a", "preset": "flower_helth"}, "preset", 'did you mean "flower_health"'),
        ("update_plant", {"plant_id": 7, "name": "b"}, "plant_id", "there is no plant 7"),
        ("update_plant", {"plant_id": True}, "plant_id", "expected int"),
        ("log_care", {"plant_id": 1, "kind": "watering"}, "kind", 'did you mean "water"'),
        ("log_care", {"plant_id": 1, "kind": "water", "volume_ml": -5}, "volume_ml", "> 0"),
        ("log_care", {"plant_id": 1, "kind": "prune", "volume_ml": 5}, "volume_ml", "has no volume"),
        ("log_care", {"plant_id": 1, "kind": "note"}, "text", "needs words"),
        ("log_care", {"plant_id": 1, "kind": "water", "at": "yesterday"}, "at", "not a moment"),
        ("log_care", {"plant_id": 1, "kind": "water", "at": "2026-06-01"}, "at", "in the future"),
        ("log_care", {"plant_id": 1, "kind": "water", "at": "0001-01-01"}, "at", "before 1990"),
        ("set_light_schedule", {"start": "25:00"}, "start", "HH:MM"),
        ("set_light_schedule", {"hours": 1, "sunrise_min": 40, "sunset_min": 40}, "sunrise_min", "do not fit"),
        ("override_light", {"level": 1.1, "minutes": 5}, "level", "<= 1.0"),
        ("override_light", {"level": 1, "minutes": 5000}, "minutes", "1440"),
        ("set_setting", {"name": "units", "value": "feet"}, "value", "units"),
        ("set_setting", {"name": "time_zone", "value": "Europe/Berlim"}, "value", 'did you mean "Europe/Berlin"'),
        ("set_setting", {"name": "langage", "value": "en"}, "name", 'did you mean "language"'),
        ("set_setting", {"name": "ui.x", "value": "y" * 3000}, "value", "2000 bytes"),
        ("set_setting", {"name": "ui.x", "value": json.loads("[" * 30 + "]" * 30)}, "value", "nested deeper"),
        ("start_timelapse", {"plant_id": 1, "name": "t", "interval_s": 5}, "interval_s", ">= 60"),
        ("__class__", {}, None, "there is no reducer"),
        ("log_cares", {}, None, 'did you mean "log_care"'),
    ],
)
def test_refused_with_field_value_and_rule(store, name, args, field, words):
    store.call("create_plant", {"name": "Basil"}, caller=OWNER)
    error = refused(store, name, args)
    assert (error.field, words in str(error)) == (field, True), str(error)


@pytest.mark.parametrize(
    ("name", "args", "caller"),
    [
        ("create_plant", {"name": "a"}, VIEWER),
        ("delete_plant", {"plant_id": 1}, CARER),
        ("set_health", {"part": "light", "state": "ok", "message": "fine"}, OWNER),
        ("begin_capture", {"capture_id": 1}, OWNER),
        ("revoke_client", {"client_id": 1}, CARER),
    ],
)
def test_roles(store, name, args, caller):
    assert refused(store, name, args, caller).code == "forbidden"


def test_injection_stays_text(store):
    name = "'); DROP TABLE plant; --"
    plant = store.call("create_plant", {"name": name, "region": SQUARE}, caller=CARER).value
    store.call("log_care", {"plant_id": plant, "kind": "note", "text": name + "\nsecond line"}, caller=CARER)
    assert store.query("SELECT name FROM plant") == [{"name": name}]


def test_update_changes_only_what_is_given_and_nothing_twice(store, clock):
    plant = store.call("create_plant", {"name": "Basil", "species": "Ocimum"}, caller=OWNER).value
    clock.advance(hours=1)
    first = store.call("update_plant", {"plant_id": plant, "name": "  Basil two "}, caller=OWNER)
    again = store.call("update_plant", {"plant_id": plant, "name": "Basil two"}, caller=OWNER)
    assert again.seq == first.seq
    store.call("update_plant", {"plant_id": plant, "species": None}, caller=OWNER)
    (row,) = store.query("SELECT name, species FROM plant")
    assert row == {"name": "Basil two", "species": None}


def test_health_moves_only_when_something_does(store, clock):
    report = {"part": "disk", "state": "ok", "message": "12 GB free", "value": 12.0}
    first = store.call("set_health", report, caller=INTERNAL).seq
    clock.advance(hours=1)
    assert store.call("set_health", report, caller=INTERNAL).seq == first
    store.call("set_health", report | {"value": 11.0}, caller=INTERNAL)
    (row,) = store.query("SELECT since_at, updated_at FROM health")
    assert row == {"since_at": "2026-05-01T08:00:00.000000Z", "updated_at": "2026-05-01T09:00:00.000000Z"}


def test_an_id_is_never_given_twice(store):
    first = store.call("create_plant", {"name": "Basil"}, caller=OWNER).value
    store.call("delete_plant", {"plant_id": first}, caller=OWNER)
    assert store.call("create_plant", {"name": "Mint"}, caller=OWNER).value == first + 1
