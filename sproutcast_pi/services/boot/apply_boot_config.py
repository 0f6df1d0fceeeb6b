"""Put in force what the boot partition's files say: network, names, time zone, login. Runs as root, at first.

They are `sproutcast.toml`, written by hand, and what Raspberry Pi Imager's customisation left; the first has the last
word. Each file of the system is written whole or not at all. Afterwards those files are put away with their secrets.
"""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

from sproutcast_pi.atomic_file import fsync_dir
from sproutcast_pi.config.read import check_text
from sproutcast_pi.config.syntax import TomlSyntaxError, parse_toml
from sproutcast_pi.errors import ConfigError
from sproutcast_pi.services.boot.boot_config import NAME, BootConfig, BrokerConfig, WifiConfig, read_boot_config
from sproutcast_pi.services.boot.imager import FILES, ImagerConfig, read_imager_config
from sproutcast_pi.services.boot.system_files import link, wipe, write
from sproutcast_pi.text_file import read_text_file

DONE = "sproutcast-done.txt"
FAULTS = "sproutcast-faults.txt"
CONFIG = "etc/sproutcast/config.toml"
NETWORK = "etc/NetworkManager/system-connections/sproutcast-wifi.nmconnection"
NOTICE = "run/sproutcast-system/boot-faults"
"""Where the daemon reads the faults, to show them."""
STAYS = (
    f"{NAME} is still on the card's small partition, with everything in it, passwords too. Mend it, then start again."
)
SYSTEM = "var/lib/sproutcast-system"
"""What belongs to the machine, not to the daemon: time zone, keys, its name."""
HOST_NAME = "hostname"
"""Below it: the name in the network its owner chose; without it the machine has one of its own."""
SPACE = uuid.UUID("5eed0000-5eed-4eed-8eed-5eed00000001")


def apply_boot_config(boot: Path, root: Path) -> tuple[str, ...]:
    """Do what the files in `boot` say to the system below `root`; the faults, as sentences for the owner.

    Without such files nothing is touched. Raises OSError when the system can't be written.
    """
    if not any((boot / name).exists() for name in (NAME, *FILES)):
        return ()
    ours, said = read_boot_config(boot / NAME)
    imagers = read_imager_config(boot)
    form = _merge(imagers.form, ours)
    faults = (*said, *imagers.faults)
    if form.wifi.name:
        write(root / NETWORK, network_profile(form.wifi), 0o600)
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
    if said and ours == BootConfig():
        faults = (*faults, STAYS)
    else:
        wipe(boot / NAME)
    _remove_secrets(boot, form, imagers, faults)
    if faults:
        write(root / NOTICE, "\n".join(faults), 0o644)
    return faults


def _merge(theirs: BootConfig, ours: BootConfig) -> BootConfig:
    """Both, and where both speak of the same, ours."""
    return BootConfig(
        name=ours.name or theirs.name,
        time_zone=ours.time_zone or theirs.time_zone,
        wifi=ours.wifi if ours.wifi.name else theirs.wifi,
        broker=ours.broker,
        ssh=ours.ssh if ours.ssh.key else theirs.ssh,
    )


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


def _merged_file(config: Path, form: BootConfig) -> tuple[str, tuple[str, ...]]:
    try:
        present = read_text_file(config) if config.exists() else ""
    except ConfigError as error:
        return "", (f"/{CONFIG} is broken, so nothing was set in it: {error}",)
    return merged_config(present, form)


def merged_config(present: str, form: BootConfig) -> tuple[str, tuple[str, ...]]:
    """The configuration with what the form sets; unchanged, with a fault, when it is broken already."""
    try:
        document = parse_toml(present)
    except TomlSyntaxError as error:
        return present, (f"/{CONFIG} is broken, so nothing was set in it: line {error.fault.line}: {error}",)
    if form.name:
        _table(document, "device")["name"] = form.name
    if form.time_zone:
        _table(document, "device")["time_zone"] = form.time_zone
    if form.broker.host:
        _table(document, "mqtt").update(_broker(form.broker))
        _table(document, "home_assistant")["enabled"] = True
    text = "# Written from the boot partition's file; `sproutcast check-config --example` shows every option.\n"
    text += _toml(document)
    _, faults = check_text(text)
    # What contradicts itself was so before, or costs that option alone; the rest of the file is worth having.
    broken = tuple(str(fault) for fault in faults if not fault.contradiction)
    return (present, broken) if broken else (text, ())


def _broker(broker: BrokerConfig) -> dict[str, Any]:
    said = {"host": broker.host, "port": broker.port, "tls": broker.tls}
    return {**said, **({"user": broker.user, "password": broker.password} if broker.user else {})}


def _table(document: dict[str, Any], name: str) -> dict[str, Any]:
    table = document.setdefault(name, {})
    return table if isinstance(table, dict) else {}


def _toml(document: dict[str, Any], path: str = "") -> str:
    """Only what a configuration has: values and tables of them. A JSON text, escaped, is a TOML one."""
    lines = [f"{key} = {_value(value)}" for key, value in document.items() if not isinstance(value, dict)]
    text = "\n".join([*([f"[{path}]"] if path and lines else []), *lines]) + "\n"
    inner = ((f"{path}.{key}" if path else key, value) for key, value in document.items() if isinstance(value, dict))
    return text + "".join(_toml(value, name) for name, value in inner)


def _value(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    # DEL is the one control character that JSON lets through and TOML does not.
    return json.dumps(value).replace("\x7f", "\\u007f")


def _remove_secrets(boot: Path, form: BootConfig, imagers: ImagerConfig, faults: tuple[str, ...]) -> None:
    """The secrets leave the partition that any computer can read; what was understood, and what not, stays."""
    told = [
        "This was read and put in force:",
        f"  name: {form.name or '(as it was)'}",
        f"  address: {f'http://{imagers.host}.local:8080' if imagers.host else '(as it was)'}",
        f"  time zone: {form.time_zone or '(as it was)'}",
        f"  Wi-Fi: {form.wifi.name or '(as it was)'}",
        f"  broker: {form.broker.host or '(as it was)'}",
        f"  remote login: {'with the key' if form.ssh.key else '(as it was)'}",
        *(f"  not used: {one}" for one in imagers.unused),
    ]
    if form != BootConfig() or not faults:
        write(boot / DONE, "\n".join(told) + "\n", None)
    if faults:
        write(boot / FAULTS, _format_faults(faults), None)
    else:
        (boot / FAULTS).unlink(missing_ok=True)
    for name in FILES:
        wipe(boot / name)
    fsync_dir(boot)


def _format_faults(faults: tuple[str, ...]) -> str:
    return "This was not understood:\n" + "".join(f"  {fault}\n" for fault in faults)
