"""One alert and one withheld metric in German: phone page, screen and Home Assistant say the same, nothing English."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from sproutcast_pi.messages.formatter import Formatter, LocalePreferences
from sproutcast_pi.model import withheld_reasons
from sproutcast_pi.services.home_assistant import discovery, state_payloads
from sproutcast_pi.services.home_assistant.localise import localised
from sproutcast_pi.services.home_assistant.topics import Topics
from sproutcast_pi.simulated.clocks import FakeClock
from tests.services.gateway.browser import CHROMIUM, Page, open_page
from tests.services.gateway.helpers import GatewayHarness, start_gateway
from tests.simulated.sample_photos import sample_photos
from tests.web.helpers import go, pair
from tools.catalogues import updated
from ui.alerts.model import notices
from ui.plant.model import plant_page
from ui.queries import ScreenQueries
from ui.row_cache import ScreenRowCache

SHOTS = os.environ.get("SPROUTCAST_SCREENSHOTS")
"""A folder to leave a picture of the page in, for people to look at."""
GERMAN = LocalePreferences(language="de", time_zone="Europe/Berlin")
CONDITION = "Durstig"
ADVICE = "Fühlen Sie die Erde. Ist sie fingertief trocken, gießen Sie die Pflanze."
WITHHELD = "die Blätter verdecken einander"


@pytest.fixture
def harness(tmp_path: Path, clock: FakeClock):
    with start_gateway(tmp_path, clock) as running:
        yield running


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def basil(harness: GatewayHarness, clock: FakeClock) -> int:
    """A plant with an alert and a withheld metric, on a device set to German."""
    harness.call_as_owner("set_setting", {"name": "language", "value": "de"})
    harness.call_as_owner("set_setting", {"name": "setup_done", "value": True})
    plant = harness.call("create_plant", name="Basilikum")
    folder = harness.gateway.settings.pictures
    assert folder is not None
    for number in range(2):
        clock.advance(3600)
        name = f"{number}.jpg"
        shutil.copy(sample_photos() / "violet.jpg", folder / name)
        capture = harness.call("request_capture", reason="button")
        harness.call("begin_capture", capture_id=capture)
        facts = {
            "plant": plant, "bbox": [0, 0, 300, 300], "area_px": 90000, "area_percent": 23.4, "turgor_index": 0.41,
            "confidence": 0.9, "left_out": {"leaf_count": withheld_reasons.COVERED},
        }  # fmt: skip
        answer = {
            "capture": capture, "file": name, "thumb": name, "width": 640, "height": 480, "bytes": 1,
            "sha256": "0" * 64, "quality": {"verdict": "ok", "sharpness": 0.8, "exposure": 0.4, "reasons": []},
            "plants": [facts],
        }  # fmt: skip
        harness.call("finish_capture", capture_id=capture, answer=answer)
    return plant


def rows(harness: GatewayHarness, sql: str) -> list[dict[str, Any]]:
    return harness.store.query(sql)


def german_words(harness: GatewayHarness, folder: Path) -> str:
    """The visible text of the phone page in a browser set to German."""
    code = harness.call_as_owner("start_pairing", {"role": "carer"})["code"]

    async def play() -> str:
        async with open_page(f"{harness.url}/", folder / "browser", language="de") as page:
            await page.wait_until("document.querySelector('#code')")
            await pair(page, code)
            await page.wait_until("document.querySelector('.plant .untold')")
            plants = await page.evaluate("document.body.innerText")
            await go(page, "alerts", "document.querySelector('main article')")
            await show(page)
            assert await page.evaluate(
                "[...document.querySelectorAll('button')].every((b) => b.getBoundingClientRect().left >= 0)"
            )
            return f"{plants}\n{await page.evaluate('document.body.innerText')}"

    return asyncio.run(play())


async def show(page: Page) -> None:
    if SHOTS:
        await page.screenshot(Path(SHOTS) / "german-phone.png")


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium (apt-get install chromium)")
def test_a_phone_set_to_german_shows_no_english(harness: GatewayHarness, basil: int, tmp_path: Path) -> None:
    text = german_words(harness, tmp_path)
    assert f"Basilikum: {CONDITION}" in text
    assert "Festigkeit 41\N{NO-BREAK SPACE}%, unter der Grenze von" in text
    assert ADVICE in text
    assert f"Nicht gemessen: {WITHHELD}" in text
    english = {
        str(entry.id): str(entry.string)
        for entry in updated("de")
        if entry.id and isinstance(entry.id, str) and entry.id != entry.string
    }
    assert [line for line in text.splitlines() if line.strip() in english] == []


def test_the_screen_uses_the_same_words(harness: GatewayHarness, basil: int, clock: FakeClock) -> None:
    live = ScreenRowCache()
    found = ScreenQueries(live)
    for table, sql in (
        ("plant", "SELECT * FROM plant"),
        ("result", "SELECT * FROM analysis_result"),
        ("capture", "SELECT * FROM capture"),
        ("notification", "SELECT * FROM notification"),
        ("monitor_plan", "SELECT * FROM monitor_plan"),
    ):
        live.rows(table, rows(harness, sql))
    screen_formatter = Formatter(GERMAN)
    shown = [notice for notice in notices(found, clock.now(), screen_formatter) if notice.plant_id == basil]
    alert = next(notice for notice in shown if notice.title == f"Basilikum: {CONDITION}")
    assert alert.advice == ADVICE
    page = plant_page(found, basil, clock.now(), screen_formatter)
    assert page is not None
    assert f"Nicht gemessen: {WITHHELD}" in [fact.word for fact in page.facts]


def test_home_assistant_uses_the_same_words(harness: GatewayHarness, basil: int) -> None:
    formatter = Formatter(GERMAN)
    (plant,) = rows(harness, "SELECT * FROM plant")
    (note,) = rows(harness, "SELECT * FROM notification WHERE code = 'alert.below'")
    event = state_payloads.notice(note, formatter)
    assert (event["title"], event["advice"]) == (f"Basilikum: {CONDITION}", ADVICE)
    result = rows(harness, "SELECT * FROM analysis_result ORDER BY id DESC")[0]
    state = state_payloads.plant(plant, result=result, plan=None, alerts=1, last_watered=None, formatter=formatter)
    assert state["left_out"] == {"leaf_count": WITHHELD}
    assert state["attributes"]["turgor_index"]["reads"] == "41\N{NO-BREAK SPACE}%"
    topics = Topics(base="sproutcast", device="spr-0123456789ab")
    names = {
        key: part["name"]
        for payload in (discovery.plant(topics, plant), discovery.appliance(topics, name="Meine Pflanzen"))
        for key, part in localised(payload, formatter)["components"].items()
        if "name" in part
    }
    assert names["turgor_index"] == "Festigkeit"
    assert names["turgor_index_lower"] == "Alarm Festigkeit unter"
    assert names["photo"] == "Foto"
    english = {str(entry.id) for entry in updated("de") if entry.id and entry.id != entry.string}
    assert [name for name in names.values() if name in english] == []
