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

    name: Annotated[str, Meta(max_length=32, description="The network's name, at most 32 bytes.")] = ""
    password: Annotated[str, Meta(max_length=64, description="8 to 63 characters; empty: an open network.")] = ""
    hidden: Annotated[bool, Meta(description="Whether the network does not tell its name.")] = False


class BrokerConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Home Assistant's MQTT broker."""

    host: Annotated[Host, Meta(description="Name or address alone, like homeassistant.local.")] = ""
    port: Annotated[int, Meta(ge=1, le=65535, description="TCP port.")] = 1883
    user: Annotated[Secret, Meta(description="User name, one line; empty: none.")] = ""
    password: Annotated[Secret, Meta(description="Password, one line; empty: none.")] = ""
    tls: Annotated[bool, Meta(description="Encrypt, and check the broker's certificate.")] = False


class SshConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Remote login; off without a key."""

    key: Annotated[
        str,
        Meta(pattern=rf"\A({KEY})?\Z", description="A public key on one line, like the one in id_ed25519.pub."),
    ] = ""


class BootConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything the file may say; what it does not say is left as it is."""

    name: Annotated[str, Meta(max_length=60, description="What people call the device.")] = ""
    time_zone: Annotated[str, Meta(max_length=60, description='IANA name such as "Europe/Berlin".')] = ""
    wifi: WifiConfig = WifiConfig()
    broker: BrokerConfig = BrokerConfig()
    ssh: SshConfig = SshConfig()


def read_boot_config(path: Path) -> tuple[BootConfig, tuple[str, ...]]:
    """What the file sets, and its faults as sentences. Never raises; a missing file sets nothing."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return BootConfig(), ()
    except OSError as error:
        return BootConfig(), (f"{NAME} can't be read: {error.strerror or error}.",)
    if len(content) > MAX_BYTES:
        return BootConfig(), (f"{NAME} is larger than {MAX_BYTES} bytes; that is not our file.",)
    try:
        text = decode_text(content, NAME)
    except ConfigError as error:
        return BootConfig(), (str(error),)
    form, faults = check_options(BootConfig, text)
    # No value is ever repeated: a password under a misspelt key is one all the same.
    return validate(form, tuple(f"line {fault.line}: {fault.key}: {fault.remedy}" for fault in faults))


def validate(form: BootConfig, said: tuple[str, ...]) -> tuple[BootConfig, tuple[str, ...]]:
    """Without what no pattern can tell, and the faults, with those of it; each of these costs only itself."""
    more: list[str] = []
    if form.time_zone and not _is_zone(form.time_zone):
        more.append(f'time_zone = {form.time_zone!r}: is no time zone; write one like "Europe/Berlin".')
        form = msgspec.structs.replace(form, time_zone="")
    if any(not letter.isprintable() for letter in form.name):
        more.append("name: has characters that can't be shown; write plain letters.")
        form = msgspec.structs.replace(form, name="")
    wifi = form.wifi
    if len(wifi.name.encode()) > MAX_SSID_BYTES or "\0" in wifi.name:
        more.append(f"wifi.name: no network has a name of more than {MAX_SSID_BYTES} bytes.")
        form = msgspec.structs.replace(form, wifi=WifiConfig())
    elif wifi.password and not PASSPHRASE.fullmatch(wifi.password):
        more.append("wifi.password: must have 8 to 63 plain characters; nothing was set for this network.")
        form = msgspec.structs.replace(form, wifi=WifiConfig())
    elif wifi.password and not wifi.name:
        more.append("wifi.name: is missing, so the password was not used.")
    return form, (*said, *more)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return False
    return True
