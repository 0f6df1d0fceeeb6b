"""Who this device is: an id that never changes, from the board's serial number or drawn once."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path

from sproutcast_pi.services.appliance.factory_reset import IDENTITY


def device_id(data: Path, serial: str | None) -> str:
    """`spr-` and 12 hex digits: the same for the same board; without a serial number, drawn once and kept in `data`.

    One that was drawn there stays in force: a device that was reset is another one on the same board.
    """
    path = data / IDENTITY
    if path.exists():
        return path.read_text(encoding="ascii").strip()
    if serial:
        return f"spr-{hashlib.sha256(serial.encode()).hexdigest()[:12]}"
    drawn = f"spr-{secrets.token_hex(6)}"
    path.write_text(drawn, encoding="ascii")
    return drawn
