"""Read `sproutcast.toml` as a grower left it on the boot partition: what it sets, and everything that is wrong with it.

The file may come from any computer and any hand: it is never trusted, and a fault in one place costs only that place.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from sproutcast_pi.config.read import check_options
from sproutcast_pi.config.settings import Host, Secret
from sproutcast_pi.errors import ConfigError
from sproutcast_pi.messages.areas import boot_file, configuration, files
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.messages.marking import _
from sproutcast_pi.messages.message import Message
from sproutcast_pi.text_file import decode_text

NAME = "sproutcast.toml"
MAX_BYTES = 64_000
"""The file is a page; anything larger is the wrong one."""
PASSPHRASE = re.compile(r"[\x20-\x7e]{8,63}|[0-9A-Fa-f]{64}")
"""IEEE 802.11i: 8 to 63 printable ASCII characters, or the key itself in hexadecimal digits."""
MAX_SSID_BYTES = 32
KEY = r"(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [0-9A-Za-z+/=]{16,2000}( [^\x00-\x1f\x7f]{0,100})?"
"""A public key as OpenSSH writes it: kind, base64, and what its owner calls it."""


class WifiConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A wireless network."""

    name: Annotated[str, Meta(max_length=32, description=_("The network's name, at most 32 bytes."))] = ""
    password: Annotated[str, Meta(max_length=64, description=_("8 to 63 characters; empty: an open network."))] = ""
    hidden: Annotated[bool, Meta(description=_("Whether the network does not tell its name."))] = False
    country: Annotated[
        str,
        Meta(
            pattern=r"\A([A-Z]{2})?\Z",
            description=_(
                'The country you are in, two capital letters such as "DE"; it says which channels may be used.'
            ),
        ),
    ] = ""


class BrokerConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Home Assistant's MQTT broker."""

    host: Annotated[Host, Meta(description=_("Name or address alone, like homeassistant.local."))] = ""
    port: Annotated[int, Meta(ge=1, le=65535, description=_("TCP port."))] = 1883
    user: Annotated[Secret, Meta(description=_("User name, one line; empty: none."))] = ""
    password: Annotated[Secret, Meta(description=_("Password, one line; empty: none."))] = ""
    tls: Annotated[bool, Meta(description=_("Encrypt, and check the broker's certificate."))] = False


class SshConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Remote login; off without a key."""

    key: Annotated[
        str,
        Meta(pattern=rf"\A({KEY})?\Z", description=_("A public key on one line, like the one in id_ed25519.pub.")),
    ] = ""


class BootConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything the file may say; what it does not say is left as it is."""

    name: Annotated[str, Meta(max_length=60, description=_("What people call the device."))] = ""
    time_zone: Annotated[str, Meta(max_length=60, description=_('IANA name such as "Europe/Berlin".'))] = ""
    wifi: WifiConfig = WifiConfig()
    broker: BrokerConfig = BrokerConfig()
    ssh: SshConfig = SshConfig()


def read_boot_config(path: Path) -> tuple[BootConfig, tuple[Message, ...]]:
    """What the file sets, and its faults as sentences. Never raises; a missing file sets nothing."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return BootConfig(), ()
    except OSError as error:
        return BootConfig(), (files.UNREADABLE(file=NAME, reason=cause(error)),)
    if len(content) > MAX_BYTES:
        return BootConfig(), (files.TOO_LARGE(file=NAME, limit=MAX_BYTES),)
    try:
        text = decode_text(content, NAME)
    except ConfigError as error:
        return BootConfig(), (error.message,)
    form, faults = check_options(BootConfig, text)
    # No value is ever repeated: a password under a misspelt key is one all the same.
    return validate(
        form, tuple(configuration.FAULT(line=fault.line, key=fault.key, remedy=fault.rule) for fault in faults)
    )


def validate(form: BootConfig, faults: tuple[Message, ...]) -> tuple[BootConfig, tuple[Message, ...]]:
    """Without what no pattern can check, and the faults, with those of it; each of these costs only itself."""
    more: list[Message] = []
    if form.time_zone and not _is_zone(form.time_zone):
        more.append(boot_file.NO_ZONE(key="time_zone", value=form.time_zone))
        form = msgspec.structs.replace(form, time_zone="")
    if any(not letter.isprintable() for letter in form.name):
        more.append(boot_file.UNPRINTABLE(key="name"))
        form = msgspec.structs.replace(form, name="")
    wifi = form.wifi
    if len(wifi.name.encode()) > MAX_SSID_BYTES or "\0" in wifi.name:
        more.append(boot_file.LONG_NETWORK_NAME(key="wifi.name", limit=MAX_SSID_BYTES))
        form = msgspec.structs.replace(form, wifi=WifiConfig(country=wifi.country))
    elif wifi.password and not PASSPHRASE.fullmatch(wifi.password):
        more.append(boot_file.BAD_PASSWORD(key="wifi.password"))
        form = msgspec.structs.replace(form, wifi=WifiConfig(country=wifi.country))
    elif wifi.password and not wifi.name:
        more.append(boot_file.NO_NETWORK_NAME(key="wifi.name"))
    return form, (*faults, *more)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return False
    return True
