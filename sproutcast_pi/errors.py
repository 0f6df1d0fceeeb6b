"""What can go wrong, in few kinds: raised early, caught only at a seam."""

from __future__ import annotations

from sproutcast_pi.messages.areas.text import verbatim
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.messages.message import Message, encodable, encodable_text


class SproutcastError(Exception):
    """An error with a sentence for people that names the thing and the remedy; `str` of it is English.

    `message` is the same as a message, for whoever reads another language.
    """

    def __init__(self, message: str | Message = "") -> None:
        super().__init__(english(message))
        self.message = verbatim(message) if isinstance(message, str) else message


class ConfigError(SproutcastError, ValueError):
    """A configuration file has faults; `faults` lists all of them."""

    def __init__(self, message: str | Message, faults: tuple[object, ...] = ()) -> None:
        super().__init__(message)
        self.faults = faults


class RefusedError(SproutcastError):
    """A reducer, query or command was refused; nothing was changed.

    `code` is a stable word for programs (`invalid`, `not_found`, `forbidden`, `conflict`, `rate_limited`, `internal`,
    `unauthenticated`, `unavailable`), `field` the argument at fault when there is one, `retry_after_s` when it is of
    use to try again.
    """

    def __init__(
        self,
        message: str | Message,
        *,
        code: str = "invalid",
        field: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        # What is quoted may hold half a character (a lone surrogate), which no file and no wire takes.
        super().__init__(encodable_text(message) if isinstance(message, str) else encodable(message))
        self.code = code
        self.field = None if field is None else encodable_text(field)
        self.retry_after_s = retry_after_s


class CameraError(SproutcastError):
    """The camera gave no picture."""


class ImageError(SproutcastError, ValueError):
    """A picture can't be read or must not be decoded."""


class StoreError(SproutcastError):
    """The database can't be used."""


class LightLoopError(SproutcastError):
    """The loop that owns the lamp ended by itself; the lamp is released, and the process may not go on."""


class LightError(SproutcastError, OSError):
    """The lamp's output can't be opened or driven."""
