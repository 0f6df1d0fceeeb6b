"""A database and a backup of b15d168, from before messages had codes, are readable in both languages.

`old_database/make.py` wrote them with that commit's program.
"""

from __future__ import annotations

import gzip
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sproutcast_pi.messages.catalogue import TEMPLATES
from sproutcast_pi.messages.formatter import Formatter, LocalePreferences
from sproutcast_pi.messages.rows import row_messages
from sproutcast_pi.store.backup import restore_backup
from sproutcast_pi.store.engine import Store
from sproutcast_pi.store.migrations.old_messages import message_of
from sproutcast_pi.store.migrations.old_sentences import FORMS
from tests.clocks import AutoAdvancingClock

OLD = Path(__file__).parent / "old_database"
NOW = datetime(2026, 5, 2, 8, 0, tzinfo=UTC)
NB = "\N{NO-BREAK SPACE}"
GERMAN = Formatter(LocalePreferences(language="de", time_zone="Europe/Berlin"))
ENGLISH = Formatter(LocalePreferences(time_zone="Europe/Berlin"))


@pytest.fixture(params=["database", "backup"])
def old(request, tmp_path, clock: AutoAdvancingClock):
    path = tmp_path / "store.db"
    if request.param == "database":
        path.write_bytes(gzip.decompress((OLD / "store.db.gz").read_bytes()))
    else:
        backup = tmp_path / "backup.tar"
        backup.write_bytes(gzip.decompress((OLD / "backup.tar.gz").read_bytes()))
        restore_backup(backup, path, tmp_path / "pictures", NOW)
    store = Store(path, clock=clock, device="spr-test")
    yield store
    store.close()


def read(formatter, row, *columns):
    return tuple(formatter.row_text(row, column, NOW) for column in columns)


def test_an_alert_is_readable_in_both_languages(old):
    thirsty, yellow = old.query("SELECT * FROM notification WHERE metric IS NOT NULL ORDER BY id")
    assert read(ENGLISH, thirsty, "title", "message") == (
        "Basil: Thirsty",
        f"Firmness 41{NB}%, below the limit of 60{NB}%, since yesterday 12:00 (2 photos in a row).",
    )
    assert read(GERMAN, thirsty, "title", "message", "advice") == (
        "Basil: Durstig",
        f"Festigkeit 41{NB}%, unter der Grenze von 60{NB}%, seit gestern 12:00 (2 Fotos nacheinander).",
        (
            "Gegossen vor 1 Tag; Durst ist also unwahrscheinlich, außer es war sehr wenig: Fühlen Sie die Erde, "
            "und lassen Sie sie trocknen, wenn sie nass ist."
        ),
    )
    assert yellow["code"] == "alert.above"
    assert "21,5" in GERMAN.row_text(yellow, "message", NOW)
    assert thirsty["title"] == "Basil is losing firmness", "the stored text stays"


def test_other_notifications_are_readable_in_both_languages(old):
    none, found, own = old.query("SELECT * FROM notification WHERE metric IS NULL ORDER BY id")
    assert read(GERMAN, none, "title", "message", "advice") == (
        "Keine Fotos",
        (
            "3 Fotos nacheinander sind fehlgeschlagen: Die Kamera hat 20 s lang nicht geantwortet und wurde "
            "angehalten. "
            "Wenn das öfter vorkommt, prüfen Sie das Kabel."
        ),
        "Prüfen Sie, ob das Kabel der Kamera an beiden Enden fest sitzt, und starten Sie dann am Bildschirm neu.",
    )
    assert read(ENGLISH, found, "title", "message") == ("Plants found", "The camera sees 3 plants.")
    assert read(GERMAN, found, "title", "message") == ("Pflanzen gefunden", "Die Kamera sieht 3 Pflanzen.")
    assert read(GERMAN, own, "title", "message") == ("Hello", "Words of somebody's own.")
    assert own["code"] is None


def test_failed_captures_health_and_withheld_reasons_are_readable_in_both_languages(old):
    (failed,) = old.query("SELECT * FROM capture WHERE state = 'failed'")
    assert GERMAN.row_text(failed, "error").startswith("Die Kamera hat 20 s lang")
    (captures,) = old.query("SELECT * FROM health WHERE part = 'captures'")
    assert GERMAN.row_text(captures, "message", NOW) == "Nächstes Foto: gestern 22:00."
    reasons = [row_messages(row, "left_out") for row in old.query("SELECT * FROM analysis_result ORDER BY id")]
    assert GERMAN.message(reasons[0]["leaf_count"]) == "die Blätter verdecken einander"
    assert GERMAN.message(reasons[-1]["area_cm2"]).startswith("die Breite des Topfs markieren")


@pytest.mark.parametrize(("form", "code"), FORMS)
def test_every_old_sentence_becomes_the_message_of_its_code(form, code):
    example = form.replace("{at}", "2 days ago")
    for name in re.findall(r"{(\w+):(?:number|temperature)", " ".join(TEMPLATES[code].forms)):
        example = example.replace(f"{{{name}}}", "17")
    found = message_of(example, NOW)
    assert found is not None
    assert found.code == code
    assert GERMAN.message(found, NOW)
