"""Messages, numbers, units and moments in a reader's language."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import captures, values
from sproutcast_pi.messages.areas.text import sentences, verbatim
from sproutcast_pi.messages.catalogue import TEMPLATES, collect
from sproutcast_pi.messages.formatter import FIELD_FORMATS, Formatter, LocalePreferences
from sproutcast_pi.messages.message import Message, Template
from sproutcast_pi.messages.rows import row_message, row_messages

NOW = datetime(2026, 6, 12, 12, 5, tzinfo=UTC)
NB = "\N{NO-BREAK SPACE}"
GERMAN = Formatter(LocalePreferences(language="de", time_zone="Europe/Berlin"))
ENGLISH = Formatter(LocalePreferences(time_zone="Europe/Berlin"))


def test_a_message_within_a_message_is_rendered_in_the_readers_language():
    message = captures.FAILED_IN_A_ROW(n=3, reason=captures.STOPPING())
    assert ENGLISH.message(message) == "3 photos in a row failed: The device was shutting down."
    assert GERMAN.message(message) == (
        "3 Fotos nacheinander sind fehlgeschlagen: Das Gerät wurde gerade heruntergefahren."
    )
    assert GERMAN.message(captures.FAILED_IN_A_ROW(n=1, reason=verbatim("x"))).startswith("1 Foto ist")


def test_a_timestamp_is_formatted_by_the_readers_clock():
    due = captures.NEXT_DUE(at="2026-06-12T12:41:00.000000Z")
    assert ENGLISH.message(due, NOW) == "Next photo: 14:41."
    assert GERMAN.message(due, NOW - timedelta(days=1)) == "Nächstes Foto: morgen 14:41."
    assert GERMAN.message(due) == "Nächstes Foto: 12. Jun, 14:41."


@pytest.mark.parametrize(
    ("template", "value", "english", "german"),
    [
        (values.NUMBER2, 0.5, "0.50", "0,50"),
        (values.PERCENT, 41.4, f"41{NB}%", f"41{NB}%"),
        (values.PERCENT_A_DAY, -1.25, f"\N{MINUS SIGN}1.2{NB}% a day", f"\N{MINUS SIGN}1,2{NB}% am Tag"),
        (values.LENGTH, 12.34, f"12.3{NB}cm", f"12,3{NB}cm"),
        (values.DEGREES, 71.6, "72°", "72°"),
    ],
)
def test_values_are_written_the_local_way(template, value, english, german):
    assert ENGLISH.message(template(value=value)) == english
    assert GERMAN.message(template(value=value)) == german


def test_a_template_takes_exactly_its_fields():
    with pytest.raises(TypeError, match="takes n, reason, not n"):
        captures.FAILED_IN_A_ROW(n=3)
    with pytest.raises(TypeError, match="takes no values, not n"):
        captures.STOPPING(n=3)


def test_two_templates_never_share_a_code():
    area = type("Area", (), {"A": Template("same", "One"), "B": Template("same", "Two")})
    with pytest.raises(ValueError, match="same"):
        collect([area])


def test_every_field_has_a_format_that_exists():
    used = {
        spec
        for template in TEMPLATES.values()
        for form in template.forms
        for _, name, spec, _ in __import__("string").Formatter().parse(form)
        if name and spec
    }
    assert used <= set(FIELD_FORMATS)


def test_a_message_survives_json_and_unknown_codes_show_the_text():
    message = sentences(captures.WORKING(), captures.FAILED_IN_A_ROW(n=2, reason=verbatim("why")))
    row = {"message": "as stored", "data": msgspec.json.encode({"message": message}).decode()}
    assert row_message(row, "message") == message
    assert ENGLISH.row_text(row, "message") == "The camera is working. 2 photos in a row failed: why"
    newer = {"message": "as stored", "data": '{"message":{"code":"from.tomorrow","values":{}}}'}
    assert GERMAN.row_text(newer, "message") == "as stored"
    assert row_messages({"data": '{"left_out":{"area_cm2":{"code":"a"}}}'}, "left_out") == {"area_cm2": Message("a")}


@given(st.one_of(st.none(), st.text(), st.sampled_from(['{"message":7}', "[]", '{"message":{"code":[]}}'])))
def test_a_damaged_message_shows_the_text(data):
    assert GERMAN.row_text({"message": "as stored", "data": data}, "message") == "as stored"


def test_an_error_is_english_and_a_message():
    error = RefusedError(captures.STOPPING(), code="unavailable")
    assert str(error) == "The device was shutting down."
    assert GERMAN.message(error.message) == "Das Gerät wurde gerade heruntergefahren."
    assert GERMAN.message(RefusedError("Own words.").message) == "Own words."
