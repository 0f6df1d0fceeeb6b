"""The phone page in a real browser: pairs, shows every plant, changes by itself, keeps what a role may not do away."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from sproutcast_pi.simulated.clocks import FakeClock
from tests.services.gateway.browser import CHROMIUM, Page
from tests.services.gateway.helpers import GatewayHarness, start_gateway
from tests.web.helpers import browse, fill, go, grow, pair, press, shoot, wait_for_text

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium (apt-get install chromium)")


def test_a_phone_pairs_and_then_sees_changes_as_they_happen(house: GatewayHarness, tmp_path: Path) -> None:
    plants = grow(house)
    code = house.call_as_owner("start_pairing", {"role": "carer"})["code"]

    async def scene(page: Page) -> None:
        await page.wait_until("document.querySelector('#code')")
        await shoot(page, "pairing")
        assert await page.evaluate("document.documentElement.scrollWidth") == 390
        await pair(page, "000000" if code != "000000" else "111111")
        await wait_for_text(page, "not the code")
        await pair(page, code)
        await page.wait_until(
            "document.querySelectorAll('.plant').length === 3 && document.querySelector('#link.live')"
        )
        await page.wait_until("document.querySelector('.plant img.shown')")
        await shoot(page, "plants")
        # The one that hangs comes first, in words.
        await page.wait_until("document.querySelector('.plant h2').textContent === 'Chives by the window'")
        await page.wait_until("document.querySelector('.plant .state').textContent.includes('Thirsty')")
        await asyncio.to_thread(house.call, "create_plant", name="<b>Thyme</b>")
        await page.wait_until("[...document.querySelectorAll('h2')].some((h) => h.textContent === '<b>Thyme</b>')")
        await press(page, "Watered")
        await wait_for_text(page, "Watered, logged for Chives by the window")
        await press(page, "Undo")
        await wait_for_text(page, "Undone")
        await press(page, "Watered")
        await wait_for_text(page, "Watered, logged for Chives by the window")
        await go(page, "light")
        await press(page, "On")
        await wait_for_text(page, "Back to the schedule")
        await asyncio.to_thread(house.stop)
        await page.wait_until("document.querySelector('.banner')")
        await asyncio.to_thread(house.call, "create_plant", name="Sage")
        await press(page, "Back to the schedule")
        await wait_for_text(page, "be reached right now")

    browse(house, tmp_path, scene)
    assert house.store.query("SELECT kind, plant_id FROM care_event") == [
        {"kind": "water", "plant_id": plants["Chives by the window"]}
    ]
    assert house.store.query("SELECT override_level FROM light") == [{"override_level": 1.0}]
    house.start()


def test_a_break_is_made_up_for_when_the_device_is_back(tmp_path: Path, clock: FakeClock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    async def scene(page: Page) -> None:
        await asyncio.to_thread(house.stop)
        await page.wait_until("document.querySelector('.banner')")
        await asyncio.to_thread(house.call, "create_plant", name="Sage")
        await asyncio.to_thread(house.start)
        await page.wait_until("!document.querySelector('.banner')")
        await wait_for_text(page, "Sage")
        # A phone that is removed comes back to the pairing page, and in again by a new code.
        (client,) = house.store.query("SELECT id FROM client")
        await asyncio.to_thread(house.call, "revoke_client", client_id=client["id"])
        await page.wait_until("document.querySelector('#code')")
        await pair(page, house.call_as_owner("start_pairing", {"role": "viewer"})["code"])
        await page.wait_until(
            "document.querySelector('#link.live') && document.querySelectorAll('.plant').length === 4"
        )
        assert await page.evaluate("document.querySelectorAll('.plant button').length") == 0

    with start_gateway(tmp_path, clock, port=port) as house:
        grow(house)
        browse(house, tmp_path, scene, role="carer")


def test_a_viewers_page_offers_nothing_a_viewer_may_not_do(house: GatewayHarness, tmp_path: Path) -> None:
    plants = grow(house)

    async def scene(page: Page) -> None:
        await page.wait_until("document.querySelectorAll('.plant').length === 3 && document.querySelector('dl div')")
        assert await page.evaluate("document.documentElement.lang") == "de"
        assert await page.evaluate("document.documentElement.scrollWidth") == 390
        words = await page.evaluate("document.getElementById('plants').textContent")
        assert "23,4" in words
        assert "Nicht gemessen: die Blätter verdecken einander" in words
        await shoot(page, "plants-dark-german")
        for path in (
            "",
            "alerts",
            "light",
            "camera",
            "camera/aim",
            "add",
            "settings/phones",
            f"plant/{plants['Basil']}/edit",
        ):
            await go(page, path)
            offered = await page.evaluate(
                "[...document.querySelectorAll('main button')].map((button) => button.textContent)"
            )
            assert [text for text in offered if text not in VIEWERS_BUTTONS] == [], path

    browse(house, tmp_path, scene, role="viewer", dark=True, language="de")


VIEWERS_BUTTONS = {"Umrisse", "Ganzes Foto", "Dieses Handy abmelden"}
"""They change nothing on the device but the viewer's own pairing."""


def test_a_device_without_a_screen_is_set_up_on_a_phone(tmp_path: Path, clock: FakeClock) -> None:
    async def scene(page: Page) -> None:
        await page.wait_until("document.activeElement.id === 'name'")
        assert await page.evaluate("document.getElementById('code')") is None
        assert "needs no code" in await page.evaluate("document.getElementById('pairing').innerText")
        await shoot(page, "first-phone")
        await page.evaluate("document.querySelector('form button').click()")
        await page.wait_until("document.querySelector('#setup form')")
        await shoot(page, "setup")
        assert await page.evaluate("document.documentElement.scrollWidth") == 390
        assert await page.evaluate("document.querySelector('#setup [name=start]').value") == "06:00"
        for name, value in (("zone", "Europe/Berlin"), ("start", "07:30"), ("hours", "14"), ("plant", "Basil")):
            await fill(page, f"#setup [name={name}]", value)
        await press(page, "Begin")
        await page.wait_until(
            "!document.querySelector('#setup form') && document.querySelectorAll('.plant').length === 1"
        )
        await press(page, "Add a plant")
        await page.wait_until("document.querySelector('[name=species]')")
        await fill(page, "[name=name]", "Basil")
        await press(page, "Add")
        await page.wait_until("document.querySelector('.refused')?.textContent.includes('Basil')")
        await fill(page, "[name=name]", "Mint")
        await press(page, "Add")
        await wait_for_text(page, "Mint")
        await go(page, "camera")
        await wait_for_text(page, "Taking a photo …")

    with start_gateway(tmp_path, clock, has_screen=lambda: False) as house:
        browse(house, tmp_path, scene)
        settings = {row["name"]: row["value"] for row in house.store.query("SELECT name, value FROM setting")}
        assert settings["setup_done"] == "true"
        assert settings["time_zone"] == '"Europe/Berlin"'
        assert settings["device_name"] == '"My plants"'
        light = house.store.query("SELECT enabled, start, hours FROM light")
        assert light == [{"enabled": 1, "start": "07:30", "hours": 14.0}]
        plants = house.store.query("SELECT name, species FROM plant ORDER BY id")
        assert plants == [{"name": "Basil", "species": None}, {"name": "Mint", "species": None}]
        assert house.store.query("SELECT role FROM client") == [{"role": "owner"}]
        assert house.store.query("SELECT DISTINCT state FROM capture") == [{"state": "wanted"}]
