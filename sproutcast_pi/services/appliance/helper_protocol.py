"""Protocol of daemon and privileged helper: requests to run as root, and their progress, in two atomic files.

The privileged helper trusts nobody who can write an order: it knows these few, and installs only what the maker signed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from sproutcast_pi.atomic_file import write_atomic
from sproutcast_pi.messages.message import Message
from sproutcast_pi.services.updates.preexisting_failures import Part

REQUEST_FILE = "order.json"
PROGRESS_FILE = "progress.json"
MAX_REQUEST_BYTES = 4096

Url = Annotated[str, Meta(pattern=r"^(https?://[!-~]{1,500})?$")]


class Check(msgspec.Struct, frozen=True, kw_only=True, tag="check", forbid_unknown_fields=True):
    """Look for an update on a stick, then at `url`."""

    url: Url = ""


class Install(msgspec.Struct, frozen=True, kw_only=True, tag="install", forbid_unknown_fields=True):
    """Install what is found there, and restart to try it."""

    url: Url = ""
    broken: tuple[Part, ...] = ()
    """What does not work now."""


class Commit(msgspec.Struct, frozen=True, kw_only=True, tag="commit", forbid_unknown_fields=True):
    """The running version has proved itself."""


class RollBack(msgspec.Struct, frozen=True, kw_only=True, tag="roll_back", forbid_unknown_fields=True):
    """Restart into the other slot; `reason` is reported there."""

    reason: Message
    broken: tuple[Part, ...] = ()
    """What does not work now."""


class Reset(msgspec.Struct, frozen=True, kw_only=True, tag="reset", forbid_unknown_fields=True):
    """Restart, and begin as on the first day; plants and their pictures stay if asked."""

    keep_pictures: bool


class Restart(msgspec.Struct, frozen=True, kw_only=True, tag="restart", forbid_unknown_fields=True):
    """Restart the machine."""


class ShutDown(msgspec.Struct, frozen=True, kw_only=True, tag="shut_down", forbid_unknown_fields=True):
    """Switch the machine off."""


HelperRequest = Check | Install | Commit | RollBack | Reset | Restart | ShutDown
State = Literal["idle", "checking", "available", "installing", "restarting", "failed"]


class HelperProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far the privileged helper is with the last order."""

    state: State
    message: Message
    version: str | None = None
    """Of the update that was found."""
    notes: str | None = None
    source: Literal["usb", "url"] | None = None
    percent: float | None = None


def read_request(path: Path) -> HelperRequest | None:
    """Take the order at `path`, so that it is carried out once; None when there is none that can be understood."""
    try:
        # The folder is its writer's: what lies there may be a link to anywhere, or a pipe that never ends.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink()
        return None
    if stat.S_ISDIR(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        shutil.rmtree(path, ignore_errors=True)
        return None
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(MAX_REQUEST_BYTES + 1)
    path.unlink(missing_ok=True)
    try:
        order: HelperRequest = msgspec.json.decode(content, type=HelperRequest)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return order


def write_request(path: Path, order: HelperRequest) -> None:
    """Leave an order for the privileged helper; raises OSError when it can't be written."""
    write_atomic(path, msgspec.json.encode(order))


def read_progress(path: Path) -> HelperProgress | None:
    """The privileged helper's last progress; None before its first."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=HelperProgress)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def write_progress(path: Path, progress: HelperProgress) -> None:
    """Publish how far the request is, readable by everybody."""
    write_atomic(path, msgspec.json.encode(progress), mode=0o644)
