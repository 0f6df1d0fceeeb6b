"""Read what Raspberry Pi Imager's customisation leaves on the boot partition: cloud-init's files, as far as they fit.

`user-data` holds name, time zone and keys, `network-config` the wireless network (netplan, version 2). Nothing in them
is carried out: they are looked at for those few values, and every value is checked like one of our own file.
Imager writes each byte of a network's name beyond printable ASCII as an escaped octet, and a password as the key that
IEEE 802.11i derives from it (PBKDF2, 64 hexadecimal digits).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import yaml

from sproutcast_pi.errors import ConfigError
from sproutcast_pi.messages.areas import boot_file, files
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.messages.message import Message
from sproutcast_pi.services.boot.boot_config import KEY, MAX_BYTES, BootConfig, SshConfig, WifiConfig, validate
from sproutcast_pi.text_file import decode_text

USER_DATA, NETWORK = "user-data", "network-config"
FILES = (USER_DATA, NETWORK, "meta-data")
HOST = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
"""RFC 1123: what may stand before ".local"."""
NOT_USED = {
    "user": boot_file.NO_PASSWORD_LOGIN,
    "users": boot_file.NO_PASSWORD_LOGIN,
    "ssh_pwauth": boot_file.LEAVE_A_KEY,
    "keyboard": boot_file.KEYBOARD,
    "rpi": boot_file.INTERFACES,
}
"""What Imager offers and this device has no use for; its other lines are the same on every card."""


class ImagerConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What was found; all of it empty when Imager left nothing."""

    form: BootConfig = BootConfig()
    host: str = ""
    """The name in the network, without ".local"."""
    faults: tuple[Message, ...] = ()
    unused: tuple[Message, ...] = ()
    """What was asked for and has no meaning here."""


def read_imager_config(boot: Path) -> ImagerConfig:
    """What the files set, and their faults as sentences. Never raises."""
    user, user_faults = _mapping(boot / USER_DATA)
    network, network_faults = _mapping(boot / NETWORK)
    faults = [*user_faults, *network_faults]
    host = _text(user.get("hostname")).lower()
    if host and not HOST.fullmatch(host):
        faults.append(boot_file.BAD_HOST_NAME(file=USER_DATA, key="hostname"))
        host = ""
    form = BootConfig(
        name=host,
        time_zone=_text(user.get("timezone")),
        wifi=_wifi(network, faults),
        ssh=SshConfig(key=_keys(user, faults)),
    )
    form, option_faults = validate(form, ())
    unused = dict.fromkeys(NOT_USED[key] for key in user if isinstance(key, str) and key in NOT_USED)
    return ImagerConfig(
        form=form, host=host, faults=(*faults, *option_faults), unused=tuple(template() for template in unused)
    )


def _mapping(path: Path) -> tuple[dict[Any, Any], tuple[Message, ...]]:
    """A file's outermost mapping, all of its values texts; empty, with a fault, when it is none."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return {}, ()
    except OSError as error:
        return {}, (files.UNREADABLE(file=path.name, reason=cause(error)),)
    if len(content) > MAX_BYTES:
        return {}, (files.TOO_LARGE(file=path.name, limit=MAX_BYTES),)
    try:
        # Texts, lists and mappings alone: neither "no" nor a date becomes something else, and no object is made.
        found = yaml.load(decode_text(content, path.name), Loader=yaml.BaseLoader)  # noqa: S506 - it makes no objects
    except (ConfigError, yaml.YAMLError, RecursionError):
        return {}, (boot_file.NOT_UNDERSTOOD(file=path.name),)
    if found is None or found == "":
        return {}, ()
    return (found, ()) if isinstance(found, dict) else ({}, (boot_file.NOTHING_KNOWN(file=path.name),))


def _wifi(network: dict[Any, Any], faults: list[Message]) -> WifiConfig:
    """The first access point of the first wireless device."""
    network = _within(network, "network") or network
    device = next((one for one in _within(network, "wifis").values() if isinstance(one, dict)), {})
    country = _country(device, faults)
    points = _within(device, "access-points")
    for name in points:
        point = _within(points, name)
        password = _text(point.get("password")) or _text(_within(point, "auth").get("password"))
        wifi = {"name": _decode_ssid(_text(name)), "password": password, "hidden": _text(point.get("hidden")) == "true"}
        try:
            return msgspec.convert({**wifi, "country": country}, WifiConfig)
        except msgspec.ValidationError:
            faults.append(boot_file.NETWORK_TOO_LONG(file=NETWORK))
            break
    return WifiConfig(country=country)


def _country(device: dict[Any, Any], faults: list[Message]) -> str:
    """The country of a wireless device, ISO 3166-1, two capital letters; empty where none is named."""
    country = _text(device.get("regulatory-domain")).upper()
    if country in {"", "00"} or re.fullmatch(r"[A-Z]{2}", country):
        return country.removeprefix("00")
    faults.append(boot_file.BAD_COUNTRY(file=NETWORK, key="regulatory-domain"))
    return ""


def _decode_ssid(name: str) -> str:
    """A network's name whose octets were written as one character each; as it stands, when they are no UTF-8."""
    try:
        return name.encode("latin-1").decode()
    except UnicodeError:
        return name


def _keys(user: dict[Any, Any], faults: list[Message]) -> str:
    """Public keys, one a line."""
    accounts = user.get("users")
    people = [user.get("user"), *(accounts if isinstance(accounts, list) else [])]
    listed = [person.get("ssh_authorized_keys") for person in people if isinstance(person, dict)]
    lists = [keys for keys in (*listed, user.get("ssh_authorized_keys")) if isinstance(keys, list)]
    keys = [_text(key).strip() for each in lists for key in each]
    good = [key for key in keys if key and re.fullmatch(KEY, key)]
    if len(good) < len(keys):
        faults.append(boot_file.BAD_KEY(file=USER_DATA))
    return "\n".join(dict.fromkeys(good))


def _within(mapping: dict[Any, Any], key: Any) -> dict[Any, Any]:
    found = mapping.get(key)
    return found if isinstance(found, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
