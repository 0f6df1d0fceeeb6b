"""Why something failed, after a colon or in brackets: what the operating system reported, or an error of ours."""

from __future__ import annotations

import errno
from collections.abc import Mapping

from sproutcast_pi.messages.areas.text import verbatim
from sproutcast_pi.messages.message import Message, Template

MAX_TEXT = 300
"""Characters that are kept of another program's text."""
TIMED_OUT = Template("cause.timed_out", "timed out")
NO_SUCH_NAME = Template("cause.no_such_name", "the name is not known in this network")
UNKNOWN = Template("cause.unknown", "for an unknown reason")
SYSTEM_ERRORS: Mapping[int, Template] = {
    errno.EPERM: Template("cause.not_permitted", "Operation not permitted"),
    errno.ENOENT: Template("cause.no_file", "No such file or directory"),
    errno.EIO: Template("cause.input_output", "Input/output error"),
    errno.ENXIO: Template("cause.no_address", "No such device or address"),
    errno.ENOMEM: Template("cause.no_memory", "Cannot allocate memory"),
    errno.EACCES: Template("cause.permission", "Permission denied"),
    errno.EBUSY: Template("cause.busy", "Device or resource busy"),
    errno.EEXIST: Template("cause.exists", "File exists"),
    errno.ENODEV: Template("cause.no_device", "No such device"),
    errno.ENOTDIR: Template("cause.no_folder", "Not a directory"),
    errno.EISDIR: Template("cause.folder", "Is a directory"),
    errno.EINVAL: Template("cause.invalid", "Invalid argument"),
    errno.EMFILE: Template("cause.too_many_files", "Too many open files"),
    errno.EFBIG: Template("cause.file_too_large", "File too large"),
    errno.ENOSPC: Template("cause.no_space", "No space left on device"),
    errno.EROFS: Template("cause.read_only", "Read-only file system"),
    errno.EPIPE: Template("cause.broken_pipe", "Broken pipe"),
    errno.ENAMETOOLONG: Template("cause.name_too_long", "File name too long"),
    errno.ELOOP: Template("cause.links", "Too many levels of symbolic links"),
    errno.EADDRINUSE: Template("cause.port_in_use", "Address already in use"),
    errno.EADDRNOTAVAIL: Template("cause.address_not_available", "Cannot assign requested address"),
    errno.ENETUNREACH: Template("cause.network_unreachable", "Network is unreachable"),
    errno.ECONNRESET: Template("cause.connection_reset", "Connection reset by peer"),
    errno.ETIMEDOUT: Template("cause.connection_timed_out", "Connection timed out"),
    errno.ECONNREFUSED: Template("cause.connection_refused", "Connection refused"),
    errno.EHOSTUNREACH: Template("cause.no_route", "No route to host"),
    errno.ESTALE: Template("cause.stale", "Stale file handle"),
}
"""By errno; the English texts are those of strerror(3)."""


def cause(error: BaseException) -> Message:
    """Return why, as a phrase: an error of ours or of the system in every language, anything else as it is."""
    message = getattr(error, "message", None)
    if isinstance(message, Message):
        return message
    inner = getattr(error, "reason", None)
    if isinstance(inner, BaseException):
        return cause(inner)
    if isinstance(error, OSError):
        if (known := SYSTEM_ERRORS.get(error.errno or 0)) is not None:
            return known()
        if isinstance(error, TimeoutError):
            return TIMED_OUT()
        if type(error).__name__ == "gaierror":
            return NO_SUCH_NAME()
    text = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return verbatim(text[:MAX_TEXT])


def reported(text: str) -> Message:
    """Return the last of what another program wrote, as a phrase."""
    last = text.strip()[-MAX_TEXT:]
    return verbatim(last) if last else UNKNOWN()
