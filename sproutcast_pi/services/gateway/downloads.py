"""Files made for a phone to keep: tables as CSV, a backup, a plant's photos, a film; and the newest log lines."""

from __future__ import annotations

import asyncio
import re
import secrets
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import msgspec
from aiohttp import web

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import phones, screen
from sproutcast_pi.services.gateway.child_command import run_child
from sproutcast_pi.services.gateway.endpoints import Endpoints
from sproutcast_pi.services.gateway.middleware import SECURITY_HEADERS
from sproutcast_pi.services.gateway.settings import GatewaySettings
from sproutcast_pi.store.callers import Role, require_role
from sproutcast_pi.store.engine import Store

TIMEOUT_S = 1800.0
"""A film of a thousand photos takes minutes on a Raspberry Pi."""
LOG_TIMEOUT_S = 30.0
LOG_LINES = 300
FOLDER = "downloads"
ROLES: dict[str, Role] = {"numbers": "owner", "backup": "owner", "photos": "carer", "film": "carer"}
PHOTOS = (
    "SELECT DISTINCT capture.file AS file FROM capture JOIN analysis_result ON analysis_result.capture_id = capture.id "
    "WHERE analysis_result.plant_id = ? AND capture.file IS NOT NULL ORDER BY capture.id"
)


class DownloadRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be made; `plant` is the id of a plant for its photos or its film."""

    kind: Literal["numbers", "backup", "photos", "film"]
    plant: int | None = None
    language: str = "en"


class PreparedFile(msgspec.Struct, frozen=True, kw_only=True):
    """The newest file that was made."""

    path: Path
    token: str
    role: Role


class Downloads:
    """Makes one file at a time in a child process, keeps the newest, and serves it with Range."""

    def __init__(self, endpoints: Endpoints, store: Store, settings: GatewaySettings) -> None:
        self._endpoints = endpoints
        self._store = store
        self._pictures = settings.pictures
        # A command asks the daemon at its socket where its files are.
        self._place = (
            ("--data", str(store.path.parent)) if settings.socket is None else ("--socket", str(settings.socket))
        )
        self._folder = store.path.parent / FOLDER
        self._making = asyncio.Lock()
        self._prepared: PreparedFile | None = None
        # Whatever an earlier run left behind.
        shutil.rmtree(self._folder, ignore_errors=True)

    def routes(self) -> list[web.RouteDef]:
        """Method, path and handler of each."""
        return [
            web.post("/v1/downloads", self.prepare),
            web.get("/v1/downloads/{token}/{name}", self.download),
            web.get("/v1/log", self.log),
        ]

    async def prepare(self, request: web.Request) -> web.Response:
        """Make a file; answers its address and size."""
        principal = await self._endpoints.authenticate(request)
        asked: DownloadRequest = await self._endpoints.read_body(request, DownloadRequest)
        require_role(asked.kind, principal.caller, ROLES[asked.kind])
        if self._making.locked():
            raise RefusedError(phones.DOWNLOAD_BUSY(), code="unavailable", retry_after_s=30.0)
        async with self._making:
            path = await self._make(asked)
        prepared = self._prepared = PreparedFile(path=path, token=secrets.token_urlsafe(16), role=ROLES[asked.kind])
        return _json({"path": f"/v1/downloads/{prepared.token}/{path.name}", "bytes": path.stat().st_size})

    async def download(self, request: web.Request) -> web.StreamResponse:
        """The newest file that was made."""
        principal = await self._endpoints.authenticate(request)
        prepared = self._prepared
        if prepared is None or not secrets.compare_digest(prepared.token, request.match_info["token"]):
            raise RefusedError(phones.DOWNLOAD_GONE(), code="not_found")
        require_role("downloads", principal.caller, prepared.role)
        headers = SECURITY_HEADERS | {
            "Cache-Control": "private, no-store",
            "Content-Disposition": f'attachment; filename="{prepared.path.name}"',
        }
        return web.FileResponse(prepared.path, headers=headers)

    async def log(self, request: web.Request) -> web.Response:
        """The newest lines of the daemon's log."""
        principal = await self._endpoints.authenticate(request)
        require_role("log", principal.caller, "owner")
        command = ("journalctl", "-u", "sproutcast", "-n", str(LOG_LINES), "-o", "short-iso", "--no-pager", "--quiet")
        if shutil.which(command[0]) is None:
            raise RefusedError(screen.NO_TOOL(program=command[0]), code="unavailable")
        return _json({"lines": (await run_child(command, LOG_TIMEOUT_S)).splitlines()})

    async def _make(self, asked: DownloadRequest) -> Path:
        """Make the file in a folder of its own; what was made before is removed."""
        self._prepared = None
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        try:
            return await self._maker(asked)
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    async def _maker(self, asked: DownloadRequest) -> Path:
        today = f"{datetime.now(UTC):%Y-%m-%d}"
        command = [sys.executable, "-m", "sproutcast_pi", "--language", asked.language]
        if asked.kind == "backup":
            path = self._folder / f"sproutcast-{today}.backup"
            await run_child([*command, "backup", str(path), *self._place], TIMEOUT_S)
            return path
        if asked.kind == "numbers":
            tables = self._folder / "tables"
            await run_child([*command, "export", str(tables), *self._place], TIMEOUT_S)
            return await self._zip(f"sproutcast-{today}.zip", sorted(tables.iterdir()))
        name = await asyncio.to_thread(self._plant_name, asked.plant)
        if asked.kind == "photos":
            return await self._zip(f"{name}-{today}.zip", await asyncio.to_thread(self._photos, asked.plant))
        path = self._folder / f"{name}-{today}.mp4"
        await run_child([*command, "timelapse", str(asked.plant), str(path), *self._place], TIMEOUT_S)
        return path

    async def _zip(self, name: str, files: Sequence[Path]) -> Path:
        path = self._folder / name
        await run_child([sys.executable, "-m", "zipfile", "-c", str(path), *map(str, files)], TIMEOUT_S)
        return path

    def _plant_name(self, plant: int | None) -> str:
        """The plant's name as a file's; raises RefusedError where there is no such plant."""
        rows = self._store.query("SELECT name FROM plant WHERE id = ?", (plant,))
        if not rows:
            raise RefusedError(phones.DOWNLOAD_NO_PLANT(), code="not_found", field="plant")
        return re.sub(r"[^A-Za-z0-9-]+", "-", str(rows[0]["name"])).strip("-") or f"plant-{plant}"

    def _photos(self, plant: int | None) -> list[Path]:
        """The plant's photos that are kept; raises RefusedError where there are none."""
        rows = self._store.query(PHOTOS, (plant,)) if self._pictures is not None else []
        files = [self._pictures / str(row["file"]) for row in rows if self._pictures is not None]
        kept = [file for file in files if file.is_file()]
        if not kept:
            raise RefusedError(phones.NO_SUCH_PHOTO(), code="not_found", field="plant")
        return kept


def _json(value: Any) -> web.Response:
    return web.Response(body=msgspec.json.encode(value), content_type="application/json", headers=SECURITY_HEADERS)
