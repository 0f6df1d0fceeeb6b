"""Who this device is: an id that never changes, from the board's serial number or drawn once."""

from __future__ import annotations

import hashlib
import logging
import secrets
from pathlib import Path

import apsw

from sproutcast_pi.atomic_file import write_atomic
from sproutcast_pi.errors import StoreError
from sproutcast_pi.model.device_ids import is_device_id
from sproutcast_pi.services.appliance.factory_reset import IDENTITY
from sproutcast_pi.store.database import open_reader
from sproutcast_pi.store.opening import read_meta
from sproutcast_pi.store.paths import DATABASE

LOG = logging.getLogger(__name__)


def device_id(data: Path, serial: str | None) -> str:
    """`spr-` and 12 hex digits: the same for the same board; without a serial number, drawn once and kept in `data`.

    One that was drawn there stays in force: a device that was reset is another one on the same board. A damaged file
    gives way to the id in the database, else to the board's, else to a new one.
    """
    path = data / IDENTITY
    found = _read(path)
    if found is not None and is_device_id(found):
        return found
    derived = f"spr-{hashlib.sha256(serial.encode()).hexdigest()[:12]}" if serial else None
    if found is None and derived:
        return derived
    known = _id_in_database(data / DATABASE) if found is not None else None
    drawn = known or derived or f"spr-{secrets.token_hex(6)}"
    if found is not None:
        LOG.warning("%s was damaged; this device goes on as %s", path, drawn)
        path.replace(path.with_name(f"{path.name}.damaged"))
    write_atomic(path, drawn.encode(), mode=0o640)
    return drawn


def _read(path: Path) -> str | None:
    """What the file says, at most a line's worth; None when there is none."""
    try:
        with path.open("rb") as file:
            return file.read(100).decode("ascii", "replace").strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        LOG.warning("%s can't be read: %s", path, error)
        return ""


def _id_in_database(database: Path) -> str | None:
    """The id that the database was made with."""
    if not database.exists():
        return None
    try:
        connection = open_reader(database)
        try:
            found = read_meta(connection, "device")
        finally:
            connection.close()
    except (apsw.Error, StoreError):
        return None
    return found if is_device_id(found) else None
