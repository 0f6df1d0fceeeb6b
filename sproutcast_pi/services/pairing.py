"""Pairing: a short code shown on the device turns into a token, once, soon, and not by guessing."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable
from datetime import timedelta

import msgspec

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import phones
from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.ports import Clock
from sproutcast_pi.store.callers import Role

VALID_S = 300.0
CODE_DIGITS = 6
MAX_ATTEMPTS = 5
"""Wrong guesses of one address. Others may still use the code: nobody can void it alone."""
MAX_ATTEMPTS_OF_ALL = 50
"""Wrong guesses of all addresses, which void it: one chance in 20,000 for each code somebody opens on the device."""


class PairingCode(msgspec.Struct, frozen=True, kw_only=True):
    """A code to type in, for whoever stands before the device."""

    code: str
    role: Role
    expires_at: str
    url: str | None = None
    """Where the page is on which it is typed; None where none is served."""


class _OpenCode(msgspec.Struct):
    code: str
    role: Role
    until: float
    attempts: dict[str, int]


class Pairing:
    """At most one open code. It lives in memory only: a restart closes it, and no log ever holds it."""

    def __init__(
        self,
        clock: Clock,
        monotonic: Callable[[], float] | None = None,
        page_url: Callable[[], str | None] = lambda: None,
    ) -> None:
        """`monotonic`: seconds for the code's age where they must not follow `clock`, which may run at speed."""
        self._page_url = page_url
        self._clock = clock
        self._monotonic = monotonic or clock.monotonic
        self._open_code: _OpenCode | None = None
        self._lock = threading.Lock()

    def open(self, role: Role) -> PairingCode:
        """A fresh code for somebody who shall have `role`; one that was open before is void."""
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        with self._lock:
            self._open_code = _OpenCode(code=code, role=role, until=self._monotonic() + VALID_S, attempts={})
        until = self._clock.now() + timedelta(seconds=VALID_S)
        return PairingCode(code=code, role=role, expires_at=to_text(until), url=self._page_url())

    def close(self) -> None:
        """Void the open code."""
        with self._lock:
            self._open_code = None

    def check(self, code: str, address: str) -> Role:
        """The role the code gives; `consume` uses it up.

        Spaces and hyphens within it don't count, and what is no code at all is no guess. Raises RefusedError
        (`unauthenticated`) when it is wrong, used or too old, and for every guess of an address after its fifth wrong
        one. Only the sum of all addresses' guesses voids it.
        """
        digits = _digits(code)
        with self._lock:
            known = self._open_code
            if known is None or self._monotonic() >= known.until:
                self._open_code = None
                raise RefusedError(phones.NO_OPEN_CODE(), code="unauthenticated")
            if len(digits) != CODE_DIGITS or not (digits.isascii() and digits.isdecimal()):
                raise RefusedError(phones.NO_CODE(digits=CODE_DIGITS), code="unauthenticated", field="code")
            if known.attempts.get(address, 0) >= MAX_ATTEMPTS:
                raise RefusedError(phones.TOO_MANY_GUESSES(), code="unauthenticated")
            if not hmac.compare_digest(known.code, digits):
                known.attempts[address] = known.attempts.get(address, 0) + 1
                if sum(known.attempts.values()) >= MAX_ATTEMPTS_OF_ALL:
                    self._open_code = None
                raise RefusedError(phones.WRONG_CODE(), code="unauthenticated")
            return known.role

    def consume(self, code: str) -> None:
        """Void the code when it is still the open one."""
        with self._lock:
            if self._open_code is not None and self._open_code.code == _digits(code):
                self._open_code = None


def _digits(code: str) -> str:
    """A code as it is kept, from the way people type it."""
    return "".join(sign for sign in code if not sign.isspace() and sign not in "-\N{EN DASH}\N{NON-BREAKING HYPHEN}")


def new_token() -> str:
    """A token nobody can guess: 256 bits."""
    return "spr_" + secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """What is kept of a token. Plain SHA-256 is enough, for there is nothing to guess in 256 random bits.

    Total: a stranger's header may hold bytes that are no text, and those arrive as half characters.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
