"""Short tokens for opening a WebSocket from a page, which cannot send headers: one use, half a minute."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import phones
from sproutcast_pi.services.call_pipeline import Principal

LIFETIME_S = 30.0
MAX_TOKENS = 1_000


class WebSocketTokens:
    """In memory only; lives on the event loop."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._open: dict[str, tuple[float, Principal]] = {}

    def issue(self, principal: Principal) -> str:
        """A token for an authenticated principal."""
        now = self._monotonic()
        self._open = {token: entry for token, entry in self._open.items() if entry[0] > now}
        if len(self._open) >= MAX_TOKENS:
            raise RefusedError(phones.TOO_MANY_TOKENS(), code="rate_limited")
        token = secrets.token_urlsafe(24)
        self._open[token] = (now + LIFETIME_S, principal)
        return token

    def redeem(self, token: str) -> Principal:
        """Whoever it was issued to, once, as they were then; raises RefusedError (`unauthenticated`)."""
        until, principal = self._open.pop(token, (0.0, None))
        if principal is None or self._monotonic() >= until:
            raise RefusedError(phones.USED_TOKEN(), code="unauthenticated")
        return principal
