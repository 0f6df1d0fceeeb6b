"""Put in force what the boot partition's files say: network, names, time zone, login. Runs as root, at first.

They are `sproutcast.toml`, written by hand, and what Raspberry Pi Imager's customisation left; the first has the last
word. Each file of the system is written whole or not at all. Afterwards those files are put away with their secrets.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from sproutcast_pi.atomic_file import fsync_dir
from sproutcast_pi.config.edit import edited_toml
from sproutcast_pi.config.read import check_text
from sproutcast_pi.config.syntax import TomlSyntaxError, parse_toml
from sproutcast_pi.errors import ConfigError
from sproutcast_pi.messages.areas import boot_file, configuration
from sproutcast_pi.messages.formatter import Formatter, LocalePreferences
from sproutcast_pi.messages.message import Message
from sproutcast_pi.messages.translations import languages
from sproutcast_pi.services.boot.boot_config import NAME, BootConfig, BrokerConfig, WifiConfig, read_boot_config
from sproutcast_pi.services.boot.imager import FILES, ImagerConfig, read_imager_config
from sproutcast_pi.services.boot.system_files import link, wipe, write
from sproutcast_pi.text_file import read_text_file

DONE = "sproutcast-done.txt"
HEADING = "# Written from the boot partition's file; `sproutcast check-config --example` shows every option.\n"
"""First line of a configuration that did not exist before."""
FAULTS = "sproutcast-faults.txt"
CONFIG = "etc/sproutcast/config.toml"
NETWORK = "etc/NetworkManager/system-connections/sproutcast-wifi.nmconnection"
NOTICE = "run/sproutcast-system/boot-faults"
"""Where the daemon reads the faults, to show them."""
SYSTEM = "var/lib/sproutcast-system"
"""What belongs to the machine, not to the daemon: time zone, keys, its name."""
HOST_NAME = "hostname"
"""Below it: the name in the network its owner chose; without it the machine has one of its own."""
WIFI_COUNTRY = "wifi-country"
"""Below it: the country whose wireless channels are used, two letters; `sproutcast-country.service` reads it."""
SPACE = uuid.UUID("5eed0000-5eed-4eed-8eed-5eed00000001")


def apply_boot_config(boot: Path, root: Path) -> tuple[Message, ...]:
    """Do what the files in `boot` say to the system below `root`; the faults, for the owner.

    Without such files nothing is touched. Raises OSError when the system can't be written.
    """
    if not any((boot / name).exists() for name in (NAME, *FILES)):
        return ()
    ours, own_faults = read_boot_config(boot / NAME)
    imagers = read_imager_config(boot)
    form = _merge(imagers.form, ours)
    faults = (*own_faults, *imagers.faults)
    _write_wifi(root, form.wifi)
    if form.name or form.time_zone or form.broker.host:
        config = root / CONFIG
        merged, fault = _merged_file(config, form)
        faults = (*faults, *fault)
        if not fault:
            write(config, merged, None)
    system = root / SYSTEM
    if form.time_zone:
        link(system / "localtime", f"/usr/share/zoneinfo/{form.time_zone}")
    if form.ssh.key:
        write(system / "ssh" / "authorized_keys", form.ssh.key + "\n", 0o600)
    if imagers.host:
        write(system / HOST_NAME, imagers.host + "\n", 0o644)
    if own_faults and ours == BootConfig():
        faults = (*faults, boot_file.STAYS(file=NAME))
    else:
        wipe(boot / NAME)
    _remove_secrets(boot, form, imagers, faults)
    if faults:
        write(root / NOTICE, msgspec.json.encode(faults).decode(), 0o644)
    return faults


def _merge(theirs: BootConfig, ours: BootConfig) -> BootConfig:
    """Both, and where both speak of the same, ours."""
    return BootConfig(
        name=ours.name or theirs.name,
        time_zone=ours.time_zone or theirs.time_zone,
        wifi=msgspec.structs.replace(
            ours.wifi if ours.wifi.name else theirs.wifi, country=ours.wifi.country or theirs.wifi.country
        ),
        broker=ours.broker,
        ssh=ours.ssh if ours.ssh.key else theirs.ssh,
    )


def _write_wifi(root: Path, wifi: WifiConfig) -> None:
    if wifi.name:
        write(root / NETWORK, network_profile(wifi), 0o600)
    if wifi.country:
        write(root / SYSTEM / WIFI_COUNTRY, wifi.country + "\n", 0o644)


def network_profile(wifi: WifiConfig) -> str:
    """A NetworkManager keyfile. The name goes in as bytes, so that no character of it can mean anything."""
    name = "".join(f"{byte};" for byte in wifi.name.encode())
    lines = [
        "[connection]",
        "id=sproutcast-wifi",
        f"uuid={uuid.uuid5(SPACE, wifi.name)}",
        "type=wifi",
        "autoconnect=true",
        "",
        "[wifi]",
        "mode=infrastructure",
        f"ssid={name}",
        f"hidden={str(wifi.hidden).lower()}",
    ]
    if wifi.password:
        lines += ["", "[wifi-security]", "key-mgmt=wpa-psk", f"psk={_keyfile_text(wifi.password)}"]
    return "\n".join([*lines, "", "[ipv4]", "method=auto", "", "[ipv6]", "method=auto", ""])


def _keyfile_text(text: str) -> str:
    """GLib's key files take a backslash as the start of an escape and drop spaces at the front."""
    escaped = text.replace("\\", "\\\\")
    front = len(escaped) - len(escaped.lstrip(" "))
    return "\\s" * front + escaped[front:]


def _merged_file(config: Path, form: BootConfig) -> tuple[str, tuple[Message, ...]]:
    try:
        present = read_text_file(config) if config.exists() else ""
    except ConfigError as error:
        return "", (boot_file.CONFIG_BROKEN(file=f"/{CONFIG}", reason=error.message),)
    return merged_config(present, form)


def merged_config(present: str, form: BootConfig) -> tuple[str, tuple[Message, ...]]:
    """The configuration with what the form sets; unchanged, with a fault, when it is broken already."""
    try:
        parse_toml(present)
        text = edited_toml(present or HEADING, _options(form))
    except TomlSyntaxError as error:
        fault = configuration.FAULT(line=error.fault.line, key=error.fault.key, remedy=error.fault.reason)
        return present, (boot_file.CONFIG_BROKEN(file=f"/{CONFIG}", reason=fault),)
    _, faults = check_text(text)
    # What contradicts itself was so before, or costs that option alone; the rest of the file is worth having.
    broken = tuple(
        configuration.FAULT(line=fault.line, key=fault.key, remedy=fault.rule)
        for fault in faults
        if not fault.contradiction
    )
    return (present, broken) if broken else (text, ())


def _options(form: BootConfig) -> dict[str, dict[str, Any]]:
    """What the form sets, by section of the configuration."""
    device = {key: value for key, value in (("name", form.name), ("time_zone", form.time_zone)) if value}
    options: dict[str, dict[str, Any]] = {"device": device} if device else {}
    if form.broker.host:
        options |= {"mqtt": _broker(form.broker), "home_assistant": {"enabled": True}}
    return options


def _broker(broker: BrokerConfig) -> dict[str, Any]:
    options = {"host": broker.host, "port": broker.port, "tls": broker.tls}
    return {**options, **({"user": broker.user, "password": broker.password} if broker.user else {})}


def _remove_secrets(boot: Path, form: BootConfig, imagers: ImagerConfig, faults: tuple[Message, ...]) -> None:
    """The secrets leave the partition that any computer can read; what was understood, and what not, stays."""
    if form != BootConfig() or not faults:
        write(boot / DONE, _in_every_language(boot_file.USED(), _used(form, imagers)), None)
    if faults:
        write(boot / FAULTS, _in_every_language(boot_file.FAULTS(), faults), None)
    else:
        (boot / FAULTS).unlink(missing_ok=True)
    for name in FILES:
        wipe(boot / name)
    fsync_dir(boot)


def _used(form: BootConfig, imagers: ImagerConfig) -> tuple[Message, ...]:
    same = boot_file.AS_IT_WAS()
    return (
        boot_file.NAME(value=form.name or same),
        boot_file.ADDRESS(value=f"http://{imagers.host}.local:8080" if imagers.host else same),
        boot_file.TIME_ZONE(value=form.time_zone or same),
        boot_file.WIFI(value=form.wifi.name or same),
        boot_file.COUNTRY(value=form.wifi.country or same),
        boot_file.BROKER(value=form.broker.host or same),
        boot_file.LOGIN(value=boot_file.WITH_KEY() if form.ssh.key else same),
        *(boot_file.NOT_USED(what=one) for one in imagers.unused),
    )


def _in_every_language(heading: Message, lines: Iterable[Message]) -> str:
    """The same list in one language after the other: nobody has chosen one before the first start."""
    parts = []
    for language in languages():
        formatter = Formatter(LocalePreferences(language=language))
        parts.append("\n".join([formatter.message(heading), *(f"  {formatter.message(line)}" for line in lines)]))
    return "\n\n".join(parts) + "\n"
