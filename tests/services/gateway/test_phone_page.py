"""The phone page in a real browser: pairs, shows every plant, changes by itself, asks nobody else for anything."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from sproutcast_pi.messages.catalogue import TEMPLATES
from sproutcast_pi.model import withheld_reasons
from sproutcast_pi.simulated.clocks import FakeClock
from tests.services.gateway.browser import CHROMIUM, Page, open_page
from tests.services.gateway.helpers import GatewayHarness, start_gateway
from tests.simulated.sample_photos import sample_photos
from tools.catalogues import extracted

SHOTS = os.environ.get("SPROUTCAST_SCREENSHOTS")
"""A folder to leave pictures of the page in, for people to look at."""


def grow(house: GatewayHarness) -> None:
    """Plants as they are after a while: measured, one thirsty, one new."""
    folder = house.gateway.settings.pictures
    assert folder is not None
    for number, (name, species, photograph, facts) in enumerate(
        [
            (
                "Basil",
                "Ocimum basilicum",
                "violet.jpg",
                {"leaf_count": 12, "area_percent": 23.4, "turgor_index": 0.91},
            ),
            (
                "Chives by the window",
                None,
                "pepper.jpg",
                {"area_percent": 8.25, "turgor_index": 0.34, "left_out": {"leaf_count": withheld_reasons.COVERED}},
            ),
            ("Dill", "Anethum graveolens", None, {}),
        ]
    ):
        plant = house.call("create_plant", name=name, species=species or None, location="Kitchen")
        if photograph is None:
            continue
        shutil.copy(sample_photos() / photograph, folder / f"{number}.jpg")
        capture = house.call("request_capture", reason="button")
        house.call("begin_capture", capture_id=capture)
        picture = f"{number}.jpg"
        answer = {
            "capture": capture, "file": picture, "thumb": picture, "width": 640, "height": 480, "bytes": 1,
            "sha256": "0" * 64, "quality": {"verdict": "ok", "sharpness": 0.8, "exposure": 0.4, "reasons": []},
            "plants": [{"plant": plant, "bbox": [0, 0, 9, 9], "area_px": 9, "health_score": 91 - 55 * number, **facts}],
        }  # fmt: skip
        house.call("finish_capture", capture_id=capture, answer=answer)
    house.call("set_health", part="disk", state="warn", message="The disk is nearly full.", advice="Remove pictures.")


def in_browser(
    house: GatewayHarness, folder: Path, scene: Callable[[Page], Coroutine[Any, Any, None]], **how: Any
) -> Page:
    async def play() -> Page:
        async with open_page(f"{house.url}/", folder / "browser", **how) as page:
            await page.wait_until("document.querySelector('main:not([hidden])')")
            await scene(page)
            return page

    return asyncio.run(play())


async def pair(page: Page, code: str) -> None:
    await page.evaluate(f"document.getElementById('code').value = '{code[:3]} {code[3:]}'")
    await page.evaluate("document.querySelector('form button').click()")


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium (apt-get install chromium)")
def test_a_phone_pairs_and_then_sees_changes_as_they_happen(house: GatewayHarness, tmp_path: Path) -> None:
    grow(house)
    code = house.call_as_owner("start_pairing", {"role": "carer"})["code"]

    async def scene(page: Page) -> None:
        if SHOTS:
            await page.screenshot(Path(SHOTS) / "pairing.png")
        assert await page.evaluate("document.documentElement.scrollWidth") == 390
        await pair(page, "000000" if code != "000000" else "111111")
        await page.wait_until("document.getElementById('refused').textContent.includes('not the code')")
        await pair(page, code)
        await page.wait_until(
            "document.querySelectorAll('.plant').length === 3 && document.querySelector('#link.live')"
        )
        await page.wait_until("document.querySelector('.plant img')")
        await page.evaluate("document.querySelector('.plant img').decode()")
        if SHOTS:
            await page.screenshot(Path(SHOTS) / "garden.png")
        await asyncio.to_thread(house.call, "create_plant", name="<b>Thyme</b>")
        await page.wait_until("[...document.querySelectorAll('h3')].some((h) => h.textContent === '<b>Thyme</b>')")
        await page.evaluate("[...document.querySelectorAll('button')].find((b) => b.textContent === 'Watered').click()")
        await page.wait_until("[...document.querySelectorAll('button')].some((b) => b.textContent === 'Noted')")
        await page.evaluate("document.querySelector('#light button').click()")
        await page.wait_until("document.querySelector('#light button').textContent === 'Back to the schedule'")
        await asyncio.to_thread(house.stop)
        await page.wait_until("!document.querySelector('#link.live')")
        await asyncio.to_thread(house.call, "create_plant", name="Sage")

    page = in_browser(house, tmp_path, scene)
    # The wrong code, and what needs the daemon while it is away, are all the browser may complain of.
    assert not [text for text in page.complaints if "Content Security Policy" in text or "exceptionDetails" in text]
    assert house.store.query("SELECT kind FROM care_event") == [{"kind": "water"}]
    assert house.store.query("SELECT override_level FROM light") == [{"override_level": 1.0}]
    house.start()


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium (apt-get install chromium)")
def test_a_viewers_page_offers_nothing_a_viewer_may_not_do(house: GatewayHarness, tmp_path: Path) -> None:
    grow(house)
    code = house.call_as_owner("start_pairing", {"role": "viewer"})["code"]

    async def scene(page: Page) -> None:
        assert await page.evaluate("document.querySelector('h2').textContent") == "Dieses Handy koppeln"
        await pair(page, code)
        await page.wait_until("document.querySelectorAll('.plant').length === 3 && document.querySelector('dl div')")
        assert await page.evaluate("document.documentElement.scrollWidth") == 390
        assert await page.evaluate("document.querySelectorAll('#garden button').length") == 0
        assert await page.evaluate(
            "document.querySelector('dd:nth-of-type(1)').closest('dl').innerText.includes('23,4')"
        )
        assert "Blätter" in await page.evaluate("document.getElementById('plants').innerText")
        untold = await page.evaluate("document.querySelector('.untold').innerText")
        assert "Nicht gemessen: die Blätter verdecken einander" in untold
        if SHOTS:
            await page.screenshot(Path(SHOTS) / "garden-dark.png")

    in_browser(house, tmp_path, scene, dark=True, language="de")


@pytest.mark.skipif(CHROMIUM is None, reason="needs chromium (apt-get install chromium)")
def test_a_device_without_a_screen_is_set_up_on_a_phone(tmp_path: Path, clock: FakeClock) -> None:
    async def scene(page: Page) -> None:
        await page.wait_until("document.activeElement.id === 'name'")
        assert await page.evaluate("document.getElementById('code').offsetParent") is None
        assert "needs no code" in await page.evaluate("document.getElementById('pairing').innerText")
        if SHOTS:
            await page.screenshot(Path(SHOTS) / "first-phone.png")
        await page.evaluate("document.querySelector('#pair button').click()")
        await page.wait_until("document.querySelector('#setup form')")
        if SHOTS:
            await page.screenshot(Path(SHOTS) / "setup.png")
        assert await page.evaluate("document.documentElement.scrollWidth") == 390
        assert await page.evaluate("document.querySelector('#setup [name=start]').value") == "06:00"
        await page.evaluate("document.querySelector('#setup [name=zone]').value = 'Europe/Berlin'")
        await page.evaluate("document.querySelector('#setup [name=start]').value = '07:30'")
        await page.evaluate("document.querySelector('#setup [name=hours]').value = '24'")
        await page.evaluate("document.querySelector('#setup [name=plant]').value = 'Basil'")
        await page.evaluate("document.querySelector('#setup [name=hours]').value = '14'")
        await page.evaluate("document.querySelector('#setup form button').click()")
        await page.wait_until(
            "!document.querySelector('#setup form') && document.querySelectorAll('.plant').length === 1"
        )
        await page.evaluate("document.querySelector('#more summary').click()")
        await page.evaluate("document.querySelector('#more [name=name]').value = 'Basil'")
        await page.evaluate("document.querySelector('#more form button').click()")
        await page.wait_until("document.querySelector('#more .refused').textContent.includes('Basil')")
        await page.evaluate("document.querySelector('#more [name=name]').value = 'Mint'")
        await page.evaluate("document.querySelector('#more form button').click()")
        await page.wait_until("document.querySelectorAll('.plant').length === 2")
        if SHOTS:
            await page.screenshot(Path(SHOTS) / "after-setup.png")
        await page.evaluate("document.querySelector('#more > button').click()")
        await page.wait_until("document.querySelector('#more > button').textContent === 'Taking a photo …'")

    with start_gateway(tmp_path, clock, has_screen=lambda: False) as house:
        in_browser(house, tmp_path, scene)
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


def test_every_text_of_the_page_is_marked_for_extraction() -> None:
    folder = Path(__file__).parents[3] / "sproutcast_pi" / "web"
    known = {text for _, text in extracted() if isinstance(text, str)}
    for path in (folder / "page.js", folder / "setup.js", folder / "connection.js"):
        # A literal with a capital and a space, or one that is shown as it is, can only be for people.
        code = re.sub(r"//.*|SELECT [^\"]*", "", path.read_text(encoding="utf-8"))
        said = re.findall(r'"([A-Z][^"]* [^"]*)"', code)
        assert [text for text in said if text not in known] == []
    for code in re.findall(r"`(light_reason|part)\.", (folder / "page.js").read_text(encoding="utf-8")):
        assert any(name.startswith(f"{code}.") for name in TEMPLATES)


def test_the_page_has_all_it_needs_and_loads_nothing_from_elsewhere() -> None:
    folder = Path(__file__).parents[3] / "sproutcast_pi" / "web"
    for file in folder.iterdir():
        if file.suffix in (".html", ".css", ".js"):
            text = file.read_text(encoding="utf-8")
            assert "https://" not in text
            assert "http://" not in text
            assert "innerHTML" not in text
            assert " style=" not in text
