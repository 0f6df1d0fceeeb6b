"""Passwords for devices, and their hashes as each broker wants them; the password itself is never kept."""

from __future__ import annotations

import base64
import ctypes
import ctypes.util
import hashlib
import secrets

import msgspec

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import hub

MOSQUITTO_ROUNDS = 101
"""What mosquitto_passwd uses; these passwords are 32 random characters, so guessing is hopeless anyhow."""
NATS_COST = 10
_BCRYPT = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class PasswordHashes(msgspec.Struct, frozen=True):
    """One password, hashed for each broker."""

    mosquitto: str
    nats: str
    rabbitmq: str


def new_password() -> str:
    """Return 32 random characters."""
    return secrets.token_urlsafe(24)


def hash_password(password: str) -> PasswordHashes:
    """Return the hashes of a password; raises SproutcastError where the system can't make them."""
    return PasswordHashes(_mosquitto(password), _nats(password), _rabbitmq(password))


def _mosquitto(password: str) -> str:
    salt = secrets.token_bytes(12)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, MOSQUITTO_ROUNDS)
    return f"$7${MOSQUITTO_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"


def _nats(password: str) -> str:
    """Bcrypt, by the C library's own crypt, which Python no longer wraps."""
    name = ctypes.util.find_library("crypt")
    if name is None:
        raise SproutcastError(hub.NO_LIBCRYPT())
    library = ctypes.CDLL(name)
    library.crypt.restype = ctypes.c_char_p
    # The last of 22 signs carries two bits only; "u" is one that bcrypt itself would write.
    salt = "".join(secrets.choice(_BCRYPT) for _ in range(21)) + "u"
    made: bytes | None = library.crypt(password.encode(), f"$2a${NATS_COST}${salt}".encode())
    if made is None or not made.startswith(b"$2a$"):
        raise SproutcastError(hub.NO_BCRYPT())
    return made.decode()


def _rabbitmq(password: str) -> str:
    """Its default: SHA-256 with a salt of four bytes. As above, there is nothing here worth guessing."""
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()
