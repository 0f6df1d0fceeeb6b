"""A headless Chromium, driven over its debugging port."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PATIENCE_S = 90.0


class Page:
    """One tab, the size of a phone."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._next = 0
        self.complaints: list[str] = []

    async def command(self, method: str, **parameters: Any) -> Any:
        self._next += 1
        await self._socket.send_json({"id": self._next, "method": method, "params": parameters})
        async with asyncio.timeout(PATIENCE_S):
            while True:
                message = json.loads((await self._socket.receive()).data)
                if message.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded"):
                    self.complaints.append(json.dumps(message["params"]))
                if message.get("id") == self._next:
                    assert "error" not in message, message
                    return message["result"]

    async def evaluate(self, script: str) -> Any:
        answer = await self.command("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    async def wait_until(self, condition: str) -> None:
        """Wait until an expression holds in the page, evaluated whenever the page, its focus or its address changes."""
        watch = (
            "new Promise((done) => { const holds = () => { try { return ("
            f"{condition}) }} catch {{ return false }} }};"
            "if (holds()) return done(true);"
            "const look = () => { if (holds()) { watcher.disconnect(); done(true); } };"
            "const watcher = new MutationObserver(look);"
            "watcher.observe(document, {subtree: true, childList: true, attributes: true, characterData: true});"
            "for (const kind of ['focusin', 'load', 'hashchange']) addEventListener(kind, look, true); })"
        )
        await self.evaluate(watch)

    async def screenshot(self, path: Path) -> None:
        shot = await self.command("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        await asyncio.to_thread(path.write_bytes, base64.b64decode(shot["data"]))


@contextlib.asynccontextmanager
async def open_page(
    url: str, folder: Path, *, dark: bool = False, language: str = "en", size: tuple[int, int] = (390, 844)
) -> AsyncIterator[Page]:
    """Chromium showing `url`; it is gone afterwards."""
    child = _start(folder, language)
    try:
        assert child.stderr is not None
        line = await asyncio.to_thread(lambda: next(line for line in child.stderr if "DevTools listening" in line))
        port = line.split("127.0.0.1:")[1].split("/")[0]
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json") as answer:
                target = next(each for each in await answer.json() if each["type"] == "page")
            async with session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                page = Page(socket)
                for domain in ("Page", "Runtime", "Log"):
                    await page.command(f"{domain}.enable")
                scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
                await page.command("Emulation.setEmulatedMedia", features=scheme)
                shape = {"width": size[0], "height": size[1], "deviceScaleFactor": 2, "mobile": True}
                await page.command("Emulation.setDeviceMetricsOverride", **shape)
                await page.command("Page.navigate", url=url)
                yield page
    finally:
        child.kill()
        await asyncio.to_thread(child.wait)


def _start(folder: Path, language: str) -> subprocess.Popen[str]:
    assert CHROMIUM is not None
    return subprocess.Popen(
        [
            CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--remote-debugging-port=0", f"--user-data-dir={folder}", f"--accept-lang={language}", "about:blank",
        ],
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
