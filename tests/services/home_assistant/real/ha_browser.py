"""A headless Chromium that is signed in to a Home Assistant and takes pictures of its pages."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import aiohttp

from tests.services.mqtt.helpers import free_port

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
LOOK_S = 0.2
SAME_S = 2.0
EMPTY_BYTES = 30_000
"""A page that shows nothing yet makes a smaller picture."""


def screenshots(home, pages: dict[Path, str], *, width: int = 1500, height: int = 1500) -> None:
    """Write a PNG of each page (file: path within Home Assistant) once it shows what it has."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        port = free_port()
        command = [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--lang=en-GB"]
        command += [f"--remote-debugging-port={port}", f"--user-data-dir={profile}", f"--window-size={width},{height}"]
        browser = subprocess.Popen([*command, "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            asyncio.run(_capture_pages(home, pages, port))
        finally:
            browser.kill()
            browser.wait()


async def _capture_pages(home, pages: dict[Path, str], port: int) -> None:
    async with aiohttp.ClientSession() as session:
        address = await _page(session, port)
        async with session.ws_connect(address, max_msg_size=0) as socket:
            tokens = {
                "access_token": home.token,
                "token_type": "Bearer",
                "expires_in": 10**9,
                "expires": int(time.time() + 10**9) * 1000,
                "hassUrl": home.url,
                "clientId": f"{home.url}/",
                "refresh_token": "",
            }
            await _devtools(socket, "Page.navigate", url=f"{home.url}/manifest.json")
            await asyncio.sleep(1)
            script = f"localStorage.hassTokens = {json.dumps(json.dumps(tokens))}"
            await _devtools(socket, "Runtime.evaluate", expression=script)
            for file, path in pages.items():
                await _devtools(socket, "Page.navigate", url=f"{home.url}{path}")
                await _settled(socket)
                shot = await _devtools(socket, "Page.captureScreenshot", format="png")
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(base64.b64decode(shot["data"]))


async def _page(session: aiohttp.ClientSession, port: int) -> str:
    """The address of the first tab, once the browser is up."""
    end = time.monotonic() + 30
    while True:
        try:
            async with session.get(f"http://127.0.0.1:{port}/json") as answer:
                tabs = [tab for tab in await answer.json() if tab["type"] == "page"]
                if tabs:
                    return tabs[0]["webSocketDebuggerUrl"]
        except aiohttp.ClientError:
            pass
        assert time.monotonic() < end, "Chromium did not start"
        await asyncio.sleep(LOOK_S)


async def _settled(socket: aiohttp.ClientWebSocketResponse) -> None:
    """Wait until the page has looked the same twice, at most half a minute; there is no event for a complete page."""
    before, end = "", time.monotonic() + 30
    while time.monotonic() < end:
        await asyncio.sleep(SAME_S)
        shot = (await _devtools(socket, "Page.captureScreenshot", format="jpeg", quality=30))["data"]
        if shot == before and len(shot) > EMPTY_BYTES:
            return
        before = shot


async def _devtools(socket: aiohttp.ClientWebSocketResponse, method: str, **params) -> dict:
    _devtools.number += 1
    number = _devtools.number
    await socket.send_json({"id": number, "method": method, "params": params})
    while True:
        answer = await socket.receive_json(timeout=30)
        if answer.get("id") == number:
            assert "error" not in answer, answer
            return answer["result"]


_devtools.number = 0
