"""What a grower does with the phone, page by page in a real browser, and what the store then holds."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sproutcast_pi.simulated.clocks import FakeClock
from tests.services.gateway.browser import CHROMIUM, Page
from tests.services.gateway.helpers import GatewayHarness
from tests.web.helpers import (
    DESK,
    browse,
    fill,
    finger_faults,
    go,
    grow,
    photograph,
    press,
    serious_faults,
    touch_drag,
    wait_for_text,
)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium (apt-get install chromium)")

CHIVES, BOX = "Chives by the window", [300, 200, 500, 600]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime.now(UTC) - timedelta(hours=30))


@pytest.fixture
def plants(house: GatewayHarness) -> dict[str, int]:
    """A day of photographs of one plant that begins to hang; nothing is left to set up."""
    house.call("set_setting", name="setup_done", value=True)
    plants = grow(house)
    for hour in range(8):
        house.clock.advance(3 * 3600)
        facts = {"turgor_index": 0.34, "area_cm2": 90.0 + hour, "health_score": 50, "hue_deg": 104.0}
        photograph(house, plants[CHIVES], "mint.jpg", (1200, 900), BOX, **facts)
    return plants


def rows(house: GatewayHarness, sql: str) -> list[dict[str, Any]]:
    return house.store.query(sql)


def test_one_plant_is_cared_for(house: GatewayHarness, plants: dict[str, int], tmp_path: Path) -> None:
    plant = f"plant/{plants[CHIVES]}"

    async def scene(page: Page) -> None:
        # Now: values with their place in the range, and outlines on and off.
        await go(page, plant, "document.querySelector('.facts .range')")
        plain = await page.evaluate("document.querySelector('figure img').src")
        await press(page, "Outlines")
        assert await page.evaluate("document.querySelector('[aria-pressed=true]').textContent") == "Outlines"
        assert plain
        # Care: any kind, with its details, and removed again.
        await go(page, f"{plant}/care", "document.querySelector('.chip')")
        await press(page, "Fed")
        await fill(page, "[name=volume]", "250")
        await fill(page, "[name=product]", "Tomato food")
        await press(page, "Log it")
        await wait_for_text(page, "250 ml, Tomato food")
        await press(page, "Note")
        await fill(page, "[name=text]", "New leaves")
        await press(page, "Log it")
        await page.wait_until("document.querySelector('[data-kind=note]')")
        await press(page, "Remove", "document.querySelector('[data-kind=note]')")
        await press(page, "Remove", "document.querySelector('[data-kind=note]')")
        await page.wait_until("!document.querySelector('[data-kind=note]')")
        # Charts: a curve, care and alerts marked, another metric beside it, another span.
        await go(page, f"{plant}/charts", "document.querySelector('.u-over')")
        await page.wait_until("document.querySelector('.marks .care') && document.querySelector('.marks .alert')")
        await fill(page, "[name=other]", "turgor_index")
        await page.wait_until("document.querySelectorAll('.u-series').length === 3")
        await press(page, "Year")
        await page.wait_until("document.querySelector('.u-over')")
        # Timelapse: frames, before and after, a series.
        await go(page, f"{plant}/film", "document.querySelector('.film input')")
        assert await page.evaluate("document.querySelector('.film input').max") == "9"
        newest = await page.evaluate("document.getElementById('stamp').textContent")
        await page.evaluate(
            "(() => { const field = document.querySelector('.film input'); field.value = 0;"
            "field.dispatchEvent(new Event('input', {bubbles: true})); })()"
        )
        await page.wait_until(f"document.getElementById('stamp').textContent !== {json.dumps(newest)}")
        await press(page, "Play")
        await page.wait_until(f"document.getElementById('stamp').textContent === {json.dumps(newest)}")
        await press(page, "Before and after")
        await page.wait_until("document.querySelector('.before-after input')")
        await press(page, "Start a series")
        await wait_for_text(page, "photographs so far")
        # Plan: how often, from when on, and back to the defaults.
        await go(page, f"{plant}/plan", "document.querySelector('[name=P4]')")
        await fill(page, "[name=P4]", "daily")
        await page.wait_until("document.body.textContent.includes('Your own plan')")
        await fill(page, "[name=turgor_index-lower]", "55")
        await page.wait_until("document.querySelector('[name=turgor_index-lower]').defaultValue === '55'")
        # Its own data.
        await go(page, f"{plant}/edit", "document.querySelector('[name=note]')")
        await fill(page, "[name=name]", "Chives <3")
        await press(page, "Save")
        await wait_for_text(page, "Chives <3")
        await press(page, "Stop watching")
        await press(page, "Stop watching", "document.querySelector('.asking')")
        await page.wait_until("document.querySelectorAll('.plant').length === 2")
        await press(page, "No longer watched")
        await press(page, "Watch again")
        await page.wait_until("document.querySelectorAll('.plant').length === 3")

    browse(house, tmp_path, scene, role="owner")
    care = rows(house, "SELECT kind, volume_ml, product FROM care_event")
    assert care == [{"kind": "feed", "volume_ml": 250.0, "product": "Tomato food"}]
    plan = rows(house, f"SELECT * FROM monitor_plan WHERE plant_id = {plants[CHIVES]}")[0]
    assert (plan["preset"], json.loads(plan["pipelines"])["P4"]) == ("custom", "daily")
    assert {rule["metric"]: rule["lower"] for rule in json.loads(plan["rules"])}["turgor_index"] == 0.55
    assert rows(house, "SELECT name, interval_s FROM timelapse") == [{"name": CHIVES, "interval_s": 3600}]


def test_an_alert_is_read_put_off_and_acted_on(house: GatewayHarness, plants: dict[str, int], tmp_path: Path) -> None:
    asked = rows(house, "SELECT id FROM notification WHERE question IS NOT NULL AND resolved_at IS NULL")
    alert = rows(house, "SELECT id FROM notification WHERE metric = 'turgor_index' AND category = 'alert'")[0]["id"]

    async def scene(page: Page) -> None:
        card = f"document.getElementById('alert-{alert}')"
        await go(page, "alerts", card)
        await press(page, "Watered", card)
        await wait_for_text(page, f"Watered, logged for {CHIVES}")
        await press(page, "Remind me later", card)
        await press(page, "For 8 hours", card)
        await page.wait_until(f"{card}.textContent.includes('Snoozed until')")
        for question in asked:
            await press(page, "That's normal for it", f"document.getElementById('alert-{question['id']}')")
            await page.wait_until(f"!document.querySelector('#alert-{question['id']} .answers')")

    browse(house, tmp_path, scene, role="carer")
    assert rows(house, "SELECT kind, plant_id FROM care_event WHERE kind = 'water'") == [
        {"kind": "water", "plant_id": plants[CHIVES]}
    ]
    assert rows(house, f"SELECT snoozed_until_at IS NOT NULL AS put_off FROM notification WHERE id = {alert}") == [
        {"put_off": 1}
    ]


def test_the_lamp_and_the_camera_are_set_by_finger(
    house: GatewayHarness, plants: dict[str, int], tmp_path: Path
) -> None:
    async def scene(page: Page) -> None:
        await go(page, "light", "document.querySelector('[data-handle=start]')")
        await touch_drag(page, "[data-handle=start] .dot", (40, 0))
        await wait_for_text(page, "The light follows the new schedule")
        started = await page.evaluate("document.querySelector('[name=start]').value")
        assert started > "06:00"
        await press(page, "Undo")
        await wait_for_text(page, "Undone")
        await page.wait_until("document.querySelector('[name=start]').value === '06:00'")
        await press(page, "Brightness of your lamp")
        await fill(page, "[name=ppfd]", "260")
        await press(page, "Save", "document.querySelector('[name=ppfd]').form")
        await wait_for_text(page, "For herbs and salad")
        await press(page, "Exact values")
        await fill(page, "[name=sunrise]", "200")
        await fill(page, "[name=sunset]", "200")
        await fill(page, "[name=hours]", "2")
        await press(page, "Save", "document.querySelector('[name=sunrise]').form")
        await page.wait_until("document.querySelector('.outcome.refused')")
        # Regions: a frame to begin with, a corner dragged, taken back.
        await go(page, "camera/regions", "document.querySelector('.regions')")
        await press(page, "Draw a frame")
        await page.wait_until("document.querySelector('[data-corner=\"0\"]')")
        await touch_drag(page, "[data-corner='0'] .dot", (20, 15))
        await wait_for_text(page, "Saved")
        await press(page, "Its pot")
        await fill(page, "[name=width]", "12")
        await press(page, "Save")
        await page.wait_until("document.querySelector('[name=width]').defaultValue === '12'")
        await go(page, "camera/outlines")
        await press(page, "Yes, they match")
        await wait_for_text(page, "You answered that the outlines are right.")
        await go(page, "camera")
        await press(page, "Take a photo")
        await wait_for_text(page, "Taking a photo")

    browse(house, tmp_path, scene, role="carer")
    (light,) = rows(house, "SELECT start, hours, sunrise_min, ppfd_full FROM light")
    assert light == {"start": "06:00", "hours": 16.0, "sunrise_min": 30.0, "ppfd_full": 260.0}
    (basil,) = rows(house, f"SELECT region, pot_diameter_cm FROM plant WHERE id = {plants['Basil']}")
    assert basil["pot_diameter_cm"] == 12.0
    corner = json.loads(basil["region"])[0]
    assert 0.28 < corner[0] < 0.5, corner
    assert rows(house, "SELECT count(*) AS n FROM capture WHERE outline = 'right'") == [{"n": 1}]


def test_the_owner_sets_the_device_and_lets_another_phone_in(
    house: GatewayHarness, plants: dict[str, int], tmp_path: Path
) -> None:
    del plants
    codes: list[str] = []
    saved: list[str] = []

    async def scene(page: Page) -> None:
        await go(page, "settings/phones", "document.querySelector('[name=role]')")
        await fill(page, "[name=role]", "viewer")
        await press(page, "New code")
        await page.wait_until("document.querySelector('.pairing-code')")
        codes.append(await page.evaluate("document.querySelector('.pairing-code').textContent.replace(' ', '')"))
        await asyncio.to_thread(house.pipeline.pair, codes[0], "Grandma's phone")
        await wait_for_text(page, "Grandma's phone")
        row = "[...document.querySelectorAll('li')].find((li) => li.textContent.includes('Grandma'))"
        await press(page, "Remove", row)
        await press(page, "Remove", row)
        await page.wait_until(f"!{row}")
        await go(page, "settings/downloads")
        for count, words in enumerate(("Prepare the numbers", "Prepare a backup"), 1):
            await press(page, words)
            await page.wait_until(f"document.querySelectorAll('main a[download]').length === {count}")
            saved.append(await page.evaluate(SAVE))
        await go(page, "settings/log")
        await page.wait_until("document.querySelector('main .log-lines, main .refused, main .empty')")
        assert "-- No entries --" not in await page.evaluate("document.querySelector('main').textContent")
        await go(page, "settings/preferences", "document.querySelector('[name=units]')")
        await fill(page, "[name=units]", "1")
        await wait_for_text(page, "Saved")
        await fill(page, "[name=language]", "de")
        await page.wait_until("document.documentElement.lang === 'de'")
        await wait_for_text(page, "Sprache")

    browse(house, tmp_path, scene, role="owner", size=DESK)
    assert saved[0].startswith("504b0304"), "a ZIP file"
    assert saved[1].startswith("6d616e69666573742e6a736f6e"), "a tar archive whose first member is manifest.json"
    clients = rows(house, "SELECT role, revoked_at IS NULL AS paired FROM client ORDER BY id")
    assert clients == [{"role": "owner", "paired": 1}, {"role": "viewer", "paired": 0}]
    assert {row["name"]: row["value"] for row in rows(house, "SELECT * FROM setting")}["units"] == '"imperial"'


SAVE = """
fetch([...document.querySelectorAll('main a[download]')].at(-1).href)
  .then((answer) => answer.arrayBuffer()).then((content) =>
  [...new Uint8Array(content).slice(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join(''))
"""
"""The first bytes of the file that the link leads to, in hexadecimal."""


def test_a_scanned_address_brings_the_code_along(house: GatewayHarness, tmp_path: Path) -> None:
    async def scene(page: Page) -> None:
        code = house.call_as_owner("start_pairing", {"role": "carer"})["code"]
        await page.command("Page.navigate", url=f"{house.url}/?scan#pair={code}")
        await page.wait_until("document.querySelector('#code')?.value.length === 6")
        await press(page, "Pair")
        await page.wait_until("document.querySelector('#link.live')")

    browse(house, tmp_path, scene)


PAGES = (
    "", "add", "alerts", "light", "camera", "camera/regions", "camera/outlines", "settings", "settings/preferences",
    "settings/phones", "settings/device", "settings/software", "settings/downloads", "settings/log",
    "plant/2", "plant/2/charts", "plant/2/care",
    "plant/2/film", "plant/2/plan", "plant/2/edit",
)  # fmt: skip


def test_every_page_can_be_read_aloud_fits_the_window_and_keeps_its_buttons_apart(
    house: GatewayHarness, plants: dict[str, int], tmp_path: Path
) -> None:
    del plants
    faults: list[str] = []

    async def scene(page: Page) -> None:
        for scheme in ("light", "dark"):
            await page.command(
                "Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}]
            )
            for path in PAGES:
                await go(page, path)
                faults.extend(f"{scheme} {path}: {fault}" for fault in await serious_faults(page))
                faults.extend(f"{path}: {fault}" for fault in await finger_faults(page))
                if await page.evaluate("document.documentElement.scrollWidth") > NARROW[0]:
                    faults.append(f"{path} is wider than {NARROW[0]} px")

    browse(house, tmp_path, scene, role="owner", size=NARROW, language="de")
    assert faults == []


NARROW = (360, 740)
