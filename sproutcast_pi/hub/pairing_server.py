"""Pairing server: exchanges a pairing code for broker credentials over one rate-limited POST.

It speaks plain HTTP: put it behind whatever ends TLS for the hub, as docs/fleet.md shows.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import subprocess
import threading
from collections import deque
from pathlib import Path

import msgspec
from aiohttp import web

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.hub.broker_acl import Credential, write_acl_files
from sproutcast_pi.hub.device_registry import DeviceRegistry
from sproutcast_pi.hub.passwords import hash_password, new_password
from sproutcast_pi.hub.settings import HubSettings
from sproutcast_pi.messages.areas import hub
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.messages.message import Message
from sproutcast_pi.ports import Clock
from sproutcast_pi.protocol.enrolment import EnrolmentRefusal, EnrolmentRequest, HubCredentials
from sproutcast_pi.services.mqtt.broker import broker_from_settings

LOG = logging.getLogger(__name__)
TRIES_PER_ADDRESS = 10
TRIES_IN_ALL = 300
"""A minute. One address cannot use up everybody's tries; all addresses together still cannot guess a code:
300 tries a minute for 15 minutes against 31 to the power of 8 codes."""
TRIES_WINDOW_S = 60.0
BODY_BYTES = 4096
STATUS = {"rate_limited": 429, "conflict": 409, "invalid": 400}
"""HTTP status by the code of a refusal; the others are 403."""


class PairingServer:
    """A service. Also writes the broker's access rules: at start, after each pairing, and on request."""

    name = "pairing"

    def __init__(self, registry: DeviceRegistry, settings: HubSettings, clock: Clock) -> None:
        self.port = 0
        self.ready = threading.Event()
        self._registry = registry
        self._settings = settings
        self._clock = clock
        self._tries: deque[tuple[float, str]] = deque()
        self._tries_lock = threading.Lock()
        self._write_lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def run(self, stop: threading.Event) -> None:
        """Serve until `stop` is set."""
        asyncio.run(self._serve(stop))

    def refresh_acl(self) -> None:
        """Have the broker's rules rewritten; returns at once, any thread may call."""
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # it has just ended: the rules are written at the next start
                loop.call_soon_threadsafe(loop.run_in_executor, None, self._write_acl)

    def pair(self, request: EnrolmentRequest, address: str = "") -> HubCredentials:
        """Pair one device that asks from `address`; raises RefusedError."""
        self._count_try(address)
        if request.device == self._hub_account:
            raise RefusedError(hub.OWN_ACCOUNT(device=request.device), code="conflict", field="device")
        password = new_password()
        self._registry.pair(request.code, request.device, request.name, hash_password(password))
        self._write_acl()
        broker = broker_from_settings(self._settings.broker)
        pairing = self._settings.pairing
        LOG.info("paired %s", request.device)
        return HubCredentials(
            host=pairing.broker_host or broker.host,
            port=broker.port,
            tls=broker.tls,
            ca=Path(pairing.ca_file).read_text(encoding="utf-8") if pairing.ca_file else "",
            user=request.device,
            password=password,
            base_topic=self._settings.base_topic,
        )

    @property
    def _hub_account(self) -> str:
        """The hub's own user name at the broker."""
        return broker_from_settings(self._settings.broker).user or self._settings.client_id

    def _count_try(self, address: str) -> None:
        now = self._clock.monotonic()
        with self._tries_lock:
            while self._tries and now - self._tries[0][0] > TRIES_WINDOW_S:
                self._tries.popleft()
            from_there = sum(1 for _, other in self._tries if other == address)
            if from_there >= TRIES_PER_ADDRESS or len(self._tries) >= TRIES_IN_ALL:
                raise RefusedError(hub.TOO_MANY_CODES(), code="rate_limited")
            self._tries.append((now, address))

    def _write_acl(self) -> None:
        """Bring the broker's rules up to date, the hub's own among them, and have the broker read them."""
        settings = self._settings
        broker = broker_from_settings(settings.broker)
        hub = Credential(self._hub_account, hash_password(broker.password))
        folder = Path(settings.pairing.rules or Path(settings.data) / "rules")
        with self._write_lock:
            write_acl_files(folder, settings.base_topic, hub, self._registry.credentials())
            if settings.pairing.reload:
                done = subprocess.run(settings.pairing.reload, check=False, capture_output=True, text=True, timeout=30)
                if done.returncode:
                    LOG.error("%s failed: %s", settings.pairing.reload[0], done.stderr.strip())

    async def _serve(self, stop: threading.Event) -> None:
        application = web.Application(client_max_size=BODY_BYTES)
        application.router.add_post("/v1/pair-device", self._handle_pair)
        runner = web.AppRunner(application, access_log=None, auto_decompress=False)
        await runner.setup()
        site = web.TCPSite(runner, self._settings.pairing.host, self._settings.pairing.port)
        await site.start()
        self.port = runner.addresses[0][1]
        loop = self._loop = asyncio.get_running_loop()
        try:
            # From now on `refresh` is effective: what is forgotten meanwhile is written after this.
            await loop.run_in_executor(None, self._write_acl)
            self.ready.set()
            await loop.run_in_executor(None, stop.wait)
        finally:
            self._loop = None
            await runner.cleanup()

    async def _handle_pair(self, request: web.Request) -> web.Response:
        try:
            asked = msgspec.json.decode(await request.read(), type=EnrolmentRequest)
            joined = await asyncio.get_running_loop().run_in_executor(None, self.pair, asked, _address(request))
        except msgspec.DecodeError as error:
            return _refusal(hub.BAD_REQUEST(reason=cause(error)), 400)
        except RefusedError as refused:
            return _refusal(refused.message, STATUS.get(refused.code, 403))
        return web.Response(body=msgspec.json.encode(joined), content_type="application/json")


def _refusal(message: Message, status: int) -> web.Response:
    """A refusal in English and, for devices of other languages, as a message."""
    body = EnrolmentRefusal(error=english(message), message=message)
    return web.Response(body=msgspec.json.encode(body), content_type="application/json", status=status)


def _address(request: web.Request) -> str:
    """The address a request came from; behind a proxy on this machine, the one the proxy names last."""
    remote = request.remote or ""
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return forwarded if forwarded and remote in {"127.0.0.1", "::1"} else remote
