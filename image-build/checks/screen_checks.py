"""Display and touch of the guest."""

from __future__ import annotations

import time
import zlib
from pathlib import Path

from check import Check
from guest import Guest, GuestError

COLOURS = 100
"""A text console has a handful, our pages hundreds."""
PATIENCE_S = 900.0
LIGHT_PAGE = (44 / 800, 245 / 480)
LIGHT_ON = (656 / 800, 380 / 480)
ANOTHER_PAGE = 0.02
TURNED_WITHIN_S = 120.0


def wait_until_drawn(guest: Guest, picture: Path) -> int:
    """Take screenshots until a page is drawn; returns its number of colours."""
    end = time.monotonic() + PATIENCE_S
    while (colours := guest.screenshot(picture)) < COLOURS:
        if time.monotonic() > end:
            raise GuestError(f"nothing was drawn within {PATIENCE_S:.0f} s; {picture} has {colours} colours")
        time.sleep(1)
    return colours


def differing_share(before: Path, now: Path) -> float:
    """Share of bytes that differ between two images."""
    first, second = pixels(before), pixels(now)
    return 1.0 if len(first) != len(second) else sum(a != b for a, b in zip(first, second, strict=True)) / len(first)


def pixels(picture: Path) -> bytes:
    """Decompressed pixels of a screenshot."""
    content = picture.read_bytes()
    at = content.index(b"IDAT")
    return zlib.decompress(content[at + 4 : at + 4 + int.from_bytes(content[at - 4 : at])])


def turn_page(guest: Guest, place: tuple[float, float], picture: Path) -> int:
    """Tap, wait for a change or a timeout, and take a screenshot; returns its number of colours."""
    before = picture.with_name("before.png")
    guest.screenshot(before)
    guest.tap(*place)
    end = time.monotonic() + TURNED_WITHIN_S
    guest.screenshot(picture)
    while differing_share(before, picture) < ANOTHER_PAGE and time.monotonic() < end:
        time.sleep(2)
        guest.screenshot(picture)
    time.sleep(2)
    return guest.screenshot(picture)


def check_home(guest: Guest, check: Check, pictures: Path) -> None:
    """Check the home screen; its photos load a little later."""
    colours = wait_until_drawn(guest, pictures / "image-home.png")
    up = float(guest.sh("cut -d' ' -f1 /proc/uptime").out)
    check.that("home_screen_drawn_after_s", held=True, seen=f"{up} s, {colours} colours")


def check_touch(guest: Guest, check: Check, pictures: Path) -> None:
    """Check that a tap opens the light screen and another one changes the light."""
    home, light = pictures / "image-home.png", pictures / "image-light.png"
    guest.screenshot(home)
    turn_page(guest, LIGHT_PAGE, light)
    differs = differing_share(home, light)
    check.that("tap_opens_the_light", differs >= ANOTHER_PAGE, round(differs, 3))
    guest.tap(*LIGHT_ON)
    moved = guest.wait_until('grep -o \'"override":{"level":1.0\' /var/lib/sproutcast/light.json', 180)
    check.that("tap_moves_the_light", moved.code == 0, moved.out)
