"""Pairing: a short code shown on the device turns into a token, once, soon, and not by guessing."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from datetime import timedelta

import msgspec

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import phones
from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.ports import Clock
from sproutcast_pi.store.callers import Role

VALID_S = 300.0
MAX_ATTEMPTS = 5
"""Five guesses at a million codes: one chance in 200,000 for each code somebody opens on the device."""


class PairingCode(msgspec.Struct, frozen=True, kw_only=True):
    """A code to type in, for whoever stands before the device."""

    code: str
    role: Role
    expires_at: str


class _OpenCode(msgspec.Struct):
    code: str
    role: Role
    until: float
    attempts_left: int = MAX_ATTEMPTS


class Pairing:
    """At most one open code. It lives in memory only: a restart closes it, and no log ever holds it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._open_code: _OpenCode | None = None
        self._lock = threading.Lock()

    def open(self, role: Role) -> PairingCode:
        """A fresh code for somebody who shall have `role`; one that was open before is void."""
        code = f"{secrets.randbelow(1_000_000):06d}"
        with self._lock:
            self._open_code = _OpenCode(code=code, role=role, until=self._clock.monotonic() + VALID_S)
        until = self._clock.now() + timedelta(seconds=VALID_S)
        return PairingCode(code=code, role=role, expires_at=to_text(until))

    def close(self) -> None:
        """Void the open code."""
        with self._lock:
            self._open_code = None

    def redeem(self, code: str) -> Role:
        """The role the code stands for; the code is used up.

        Raises RefusedError (`unauthenticated`) when it is wrong, used, or too old, and after five wrong ones voids it.
        """
        with self._lock:
            door = self._open_code
            if door is None or self._clock.monotonic() >= door.until:
                self._open_code = None
                raise RefusedError(phones.NO_OPEN_CODE(), code="unauthenticated")
            door.attempts_left -= 1
            if not hmac.compare_digest(door.code.encode(), code.strip().encode()):
                if door.attempts_left > 0:
                    raise RefusedError(phones.WRONG_CODE(), code="unauthenticated")
                self._open_code = None
                raise RefusedError(phones.TOO_MANY_GUESSES(), code="unauthenticated")
            self._open_code = None
            return door.role


def new_token() -> str:
    """A token nobody can guess: 256 bits."""
    return "spr_" + secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What is kept of a token. Plain SHA-256 is enough, for there is nothing to guess in 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()
