"""A device with plants, and its page in a browser, used as a person does."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Coroutine
from functools import cache
from pathlib import Path
from typing import Any

from sproutcast_pi.model import withheld_reasons
from tests.services.gateway.browser import Page, open_page
from tests.services.gateway.helpers import GatewayHarness
from tests.simulated.sample_photos import sample_photos

WEB = Path(__file__).parents[2] / "web"
BUILT = Path(__file__).parents[2] / "sproutcast_pi" / "web"
SHOTS = os.environ.get("SPROUTCAST_SCREENSHOTS")
"""A folder to leave pictures of the page in, for people to look at."""
PHONE, DESK = (390, 844), (1280, 800)
Scene = Callable[[Page], Coroutine[Any, Any, None]]

GREEN = {"leaf_count": 12, "area_percent": 23.4, "turgor_index": 0.91, "chlorophyll_index": 0.62, "hue_deg": 104.0}
HANGING = {"area_percent": 8.25, "turgor_index": 0.34, "left_out": {"leaf_count": withheld_reasons.COVERED}}


def grow(house: GatewayHarness) -> dict[str, int]:
    """Plants as they are after a while: one well, one hanging, one new; ids by name."""
    plants = {
        name: house.call("create_plant", name=name, species=species, location="Kitchen")
        for name, species in (
            ("Basil", "Ocimum basilicum"),
            ("Chives by the window", None),
            ("Dill", "Anethum graveolens"),
        )
    }
    photograph(house, plants["Basil"], "basil.jpg", (720, 480), [220, 100, 280, 280], health_score=91, **GREEN)
    for _ in range(2):
        photograph(
            house,
            plants["Chives by the window"],
            "mint.jpg",
            (1200, 900),
            [300, 200, 500, 600],
            health_score=36,
            **HANGING,
        )
        house.clock.advance(3600)
    house.call("set_health", part="disk", state="warn", message="The disk is nearly full.", advice="Remove pictures.")
    return plants


def photograph(
    house: GatewayHarness, plant: int, picture: str, size: tuple[int, int], box: list[int], **facts: Any
) -> int:
    """A photograph in which one plant was measured; returns its id."""
    folder = house.gateway.settings.pictures
    assert folder is not None
    capture: int = house.call("request_capture", reason="button")
    name = f"{capture}.jpg"
    shutil.copy(sample_photos() / picture, folder / name)
    house.call("begin_capture", capture_id=capture)
    answer = {
        "capture": capture, "file": name, "thumb": name, "overlay": name, "width": size[0], "height": size[1],
        "bytes": 1, "sha256": "0" * 64, "quality": {"verdict": "ok", "sharpness": 0.8, "exposure": 0.4, "reasons": []},
        "plants": [{"plant": plant, "bbox": box, "area_px": 9, "confidence": 0.9, **facts}],
    }  # fmt: skip
    house.call("finish_capture", capture_id=capture, answer=answer)
    return capture


def browse(house: GatewayHarness, folder: Path, scene: Scene, *, role: str | None = None, **how: Any) -> Page:
    """Play a scene in a new browser, which is paired with `role` first where one is given."""

    async def play() -> Page:
        async with open_page(f"{house.url}/", folder / "browser", **how) as page:
            await page.wait_until("document.querySelector('main h1')")
            if role is not None:
                code = house.call_as_owner("start_pairing", {"role": role})["code"]
                await pair(page, code)
                await page.wait_until("document.querySelector('#link.live') && document.querySelector('main h1')")
            await scene(page)
            return page

    page = asyncio.run(play())
    assert [text for text in page.complaints if "Content Security Policy" in text or "exceptionDetails" in text] == []
    return page


async def pair(page: Page, code: str) -> None:
    """Type the code and press the button."""
    await fill(page, "#code", f"{code[:3]} {code[3:]}")
    await page.evaluate("document.querySelector('form button').click()")


async def go(page: Page, path: str, ready: str = "document.querySelector('main h1')") -> None:
    """Open a page by its address."""
    await page.evaluate(f"location.hash = {json.dumps('#/' + path)}")
    await page.wait_until(ready)


async def fill(page: Page, selector: str, value: str) -> None:
    """Put a value into a field and leave it."""
    await page.evaluate(
        f"(() => {{ const field = document.querySelector({json.dumps(selector)}); field.value = {json.dumps(value)};"
        "for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, {bubbles: true})); })()"
    )


def button(text: str, within: str = "document") -> str:
    """The script that finds a button or a link by its text, as a person does."""
    return (
        f"[...{within}.querySelectorAll('button, a, summary')].find((b) => b.textContent.trim() === {json.dumps(text)})"
    )


async def press(page: Page, text: str, within: str = "document") -> None:
    """Press a button by its text, once it is there."""
    found = button(text, within)
    await page.wait_until(f"{found} && !{found}.disabled")
    await page.evaluate(f"{found}.click()")


async def wait_for_text(page: Page, text: str) -> None:
    """Wait until a text is on the page, also below what can be seen at once."""
    await page.wait_until(f"document.body.textContent.includes({json.dumps(text)})")


async def touch_drag(page: Page, selector: str, by: tuple[float, float]) -> None:
    """Put a finger on the middle of an element, move it, and lift it."""
    await page.evaluate(f"document.querySelector({json.dumps(selector)}).scrollIntoView({{block: 'center'}})")
    box = await page.evaluate(
        f"(() => {{ const b = document.querySelector({json.dumps(selector)}).getBoundingClientRect();"
        "return [b.x + b.width / 2, b.y + b.height / 2]; })()"
    )
    for kind, share in (("touchStart", 0.0), ("touchMove", 0.5), ("touchMove", 1.0), ("touchEnd", None)):
        points = [] if share is None else [{"x": box[0] + by[0] * share, "y": box[1] + by[1] * share}]
        await page.command("Input.dispatchTouchEvent", type=kind, touchPoints=points)


async def shoot(page: Page, name: str) -> None:
    """Leave a picture of the page where pictures are wanted."""
    if SHOTS:
        # A lazy one far below is not even asked for.
        seen = "[...document.images].filter((image) => image.complete)"
        await page.evaluate(f"Promise.all({seen}.map((image) => image.decode().catch(() => 0)))")
        await page.screenshot(Path(SHOTS) / f"{name}.png")


def node_modules() -> Path:
    """The page's own tools as its lock file names them, installed where they are missing."""
    folder = WEB / "node_modules"
    if not (folder / "axe-core" / "axe.min.js").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=WEB, check=True, stdout=subprocess.DEVNULL)
    return folder


@cache
def _axe() -> str:
    return (node_modules() / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


async def serious_faults(page: Page) -> list[str]:
    """What axe-core finds serious or critical on the page as it is now."""
    await page.evaluate(_axe() + "; true")
    found = await page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then(({violations}) => violations"
        ".filter(({impact}) => impact === 'serious' || impact === 'critical')"
        ".map(({id, nodes}) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`))"
    )
    return list(found)


async def finger_faults(page: Page) -> list[str]:
    """Controls that a finger misses: less than 44 px high, or without a gap to the one above."""
    return list(await page.evaluate(_FINGER))


_FINGER = """
(() => {
  const controls = [...document.querySelectorAll('button, .button, select, summary, input:not([type=range])')]
    .map((control) => [control.getBoundingClientRect(), control]).filter(([, control]) => control.checkVisibility());
  const name = (control) => control.textContent.slice(0, 40) || control.name;
  const apart = ([a], [b]) => a.right <= b.left || b.right <= a.left || b.top - a.bottom >= 4 || a.top - b.bottom >= 4;
  return [
    ...controls.filter(([box]) => box.height < 43.5).map(([box, control]) => `${name(control)}: ${box.height} px`),
    ...controls.flatMap((one, place) => controls.slice(place + 1).filter((other) => !apart(one, other))
      .map((other) => `${name(one[1])} touches ${name(other[1])}`)),
  ];
})()
"""
