"""Begin as on the first day: wished for while everything runs, done at the next start before anything does.

The request is removed last, so a power cut in the middle only means that it is done again.
"""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

import msgspec

from sproutcast_pi.atomic_file import fsync_dir, write_atomic
from sproutcast_pi.services.access_journal import FILE_NAME as ACCESS_JOURNAL
from sproutcast_pi.services.access_journal import revoke_all

REQUEST_FILE = "reset.json"
DATA = Path("var/lib/sproutcast")
SYSTEM = Path("var/lib/sproutcast-system")
CLEARED_FOLDERS = (
    Path("var/lib/sproutcast-screen"),
    Path("var/lib/NetworkManager"),
    Path("etc/NetworkManager/system-connections"),
    SYSTEM,
)
"""Folders that hold nothing but what this owner did."""
LINK_TARGETS = "etc"
"""In the device image configuration and network profiles are links to there, and are dealt with by their own names."""
CONFIG = Path("etc/sproutcast/config.toml")
FACTORY_CONFIG = Path("usr/share/sproutcast-pi/config.toml")
MACHINE_IDS = (Path("data/system/machine-id"), Path("persistent/common/etc/machine-id"))
"""In the virtual and in the device image; elsewhere the machine is not ours to rename."""
IDENTITY = "device-id"
FORGET_OWNER = "forget-owner"
"""Asks the daemon to keep plants and results of the database it finds, and to forget who used it."""
ALWAYS_KEPT = ("light.json", ACCESS_JOURNAL)
"""How long the lamp burned today: its limit outlives its owner. The schedule in it gives way to the fresh one. And the
hashes of the former owner's tokens, all revoked: no backup of theirs lets their phones in again."""
KEPT = (*ALWAYS_KEPT, "sproutcast.sqlite3", "sproutcast.sqlite3-wal", "pictures", "profiles")


class ResetRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for."""

    keep_pictures: bool


def request_reset(system: Path, *, keep_pictures: bool) -> None:
    """Have it done at the next start."""
    write_atomic(system / REQUEST_FILE, msgspec.json.encode(ResetRequest(keep_pictures=keep_pictures)))


def reset_if_requested(root: Path) -> bool:
    """Do it when it was wished for; whether it was. Raises OSError when the card can't be written."""
    path = root / SYSTEM / REQUEST_FILE
    try:
        requested = msgspec.json.decode(path.read_bytes(), type=ResetRequest)
    except FileNotFoundError:
        return False
    except msgspec.MsgspecError:
        path.unlink()
        return False
    data = root / DATA
    _clear(data, kept=KEPT if requested.keep_pictures else ALWAYS_KEPT)
    for folder in CLEARED_FOLDERS:
        _clear(root / folder, kept=(REQUEST_FILE, LINK_TARGETS))
    _reset_configuration(root)
    for path_of_id in MACHINE_IDS:
        if (root / path_of_id).exists():
            write_atomic(root / path_of_id, f"{secrets.token_hex(16)}\n".encode())
    if data.is_dir():
        if revoke_all(data / ACCESS_JOURNAL):
            _give_to_daemon(data, ACCESS_JOURNAL)
        _write_for_daemon(data, IDENTITY, f"spr-{secrets.token_hex(6)}")
        if requested.keep_pictures:
            _write_for_daemon(data, FORGET_OWNER, "")
    path.unlink()
    fsync_dir(path.parent)
    return True


def _reset_configuration(root: Path) -> None:
    for config_folder in {(root / CONFIG).parent, (root / CONFIG).resolve().parent}:
        # Passwords and keys in files of their own lie beside the configuration that names them.
        _clear(config_folder, kept=(CONFIG.name,))
    if (root / FACTORY_CONFIG).exists():
        _write_keeping_owner(root / CONFIG, (root / FACTORY_CONFIG).read_bytes())


def _clear(folder: Path, *, kept: tuple[str, ...]) -> None:
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.name in kept:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    fsync_dir(folder)


def _write_for_daemon(data: Path, name: str, text: str) -> None:
    """A file of the daemon's, though root writes it."""
    write_atomic(data / name, text.encode())
    _give_to_daemon(data, name)


def _give_to_daemon(data: Path, name: str) -> None:
    owner = data.stat()
    shutil.chown(data / name, owner.st_uid, owner.st_gid)


def _write_keeping_owner(path: Path, content: bytes) -> None:
    """Keep owner and group, by which the daemon may read it; where it is a link away, write there."""
    path = path.resolve()
    before = path.stat() if path.exists() else path.parent.stat()
    write_atomic(path, content)
    shutil.chown(path, before.st_uid, before.st_gid)
    path.chmod(0o640)
