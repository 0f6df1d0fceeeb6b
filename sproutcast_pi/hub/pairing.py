"""Device pairing: one-time codes that expire, exchanged for the device's own broker credentials."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

import msgspec

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.hub.broker_acl import Credential
from sproutcast_pi.hub.passwords import PasswordHashes
from sproutcast_pi.hub.transaction import DatabaseTransaction, Queryable
from sproutcast_pi.messages.areas import hub
from sproutcast_pi.model.device_ids import is_device_id
from sproutcast_pi.model.timestamps import from_text, to_text

CODE_LIFETIME = timedelta(minutes=15)
CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without those that look alike."""
CODE_LENGTH = 8
"""31 letters to the power of 8: hopeless to guess at the few tries a minute the server allows."""


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """What the owner of a device types into it."""

    code: str
    expires_at: str


def invite(session: DatabaseTransaction, device: str | None = None) -> Invitation:
    """Make a code, valid for a quarter of an hour; only its hash is kept.

    `device`: the one device it is for, which may be paired already; None: any device that is not paired.
    """
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    expires_at = to_text(from_text(session.now) + CODE_LIFETIME)
    session.run("DELETE FROM _invitation WHERE expires_at < ?", (session.now,))
    session.run(
        "INSERT INTO _invitation (code_hash, expires_at, device) VALUES (?, ?, ?)", (_hash(code), expires_at, device)
    )
    return Invitation(code=code, expires_at=expires_at)


def pair(session: DatabaseTransaction, code: str, device: str, name: str, hashes: PasswordHashes) -> None:
    """Use up a code and pair the device, with new credentials.

    The device chooses its own id, so a code for nobody in particular never replaces an existing device's credentials.
    Raises RefusedError: `unauthenticated` for a code that is not valid, `conflict` for an id the code is not for.
    """
    found = session.rows(
        "SELECT device FROM _invitation WHERE code_hash = ? AND expires_at >= ?", (_hash(code), session.now)
    )
    if not found:
        raise RefusedError(
            hub.CODE_NOT_VALID(),
            code="unauthenticated",
        )
    if not is_device_id(device):
        raise RefusedError(hub.NO_DEVICE_ID(device=device[:80]), code="invalid", field="device")
    invited = found[0][0]
    if invited is not None and invited != device:
        raise RefusedError(hub.CODE_OF_OTHER(device=str(invited)), code="conflict", field="device")
    if invited is None and session.rows("SELECT 1 FROM _credential WHERE device = ?", (device,)):
        raise RefusedError(
            hub.ALREADY_PAIRED(device=device),
            code="conflict",
            field="device",
        )
    session.run("DELETE FROM _invitation WHERE code_hash = ?", (_hash(code),))
    session.run(
        "INSERT INTO _credential (device, mosquitto, nats, rabbitmq, created_at) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (device) DO UPDATE SET mosquitto = excluded.mosquitto, nats = excluded.nats, "
        "rabbitmq = excluded.rabbitmq, created_at = excluded.created_at",
        (device, hashes.mosquitto, hashes.nats, hashes.rabbitmq, session.now),
    )
    session.run(
        "INSERT INTO device (id, name, state, epoch, first_seen_at, seen_at) VALUES (?, ?, 'paired', NULL, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET name = excluded.name, state = 'paired'",
        (device, name, session.now, session.now),
    )


def credentials(session: Queryable) -> list[Credential]:
    """Return those of all paired devices."""
    rows = session.rows("SELECT device, mosquitto, nats, rabbitmq FROM _credential ORDER BY device")
    return [Credential(device, PasswordHashes(*hashes)) for device, *hashes in rows]


def _hash(code: str) -> str:
    kept = "".join(sign for sign in code.upper() if sign in CODE_ALPHABET)
    return hashlib.sha256(kept.encode()).hexdigest()
