"""Wi-Fi through nmcli."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from sproutcast_pi.messages.areas import screen
from sproutcast_pi.messages.message import Message
from ui.machine.tools import MachineError, NoToolError, Run, ToolFailedError, run

FIELDS = "IN-USE,SSID,SIGNAL,SECURITY"


FAILURES: Mapping[int, Callable[[str], Message]] = {
    3: lambda name: screen.WIFI_SILENT(name=name),
    4: lambda name: screen.NOT_ACCEPTED(name=name),
    8: lambda _name: screen.NO_NETWORK_MANAGER(),
    10: lambda name: screen.WIFI_GONE(name=name),
}
"""By nmcli's exit status, nmcli(1)."""


class WifiNetwork(msgspec.Struct, frozen=True, kw_only=True):
    """A Wi-Fi network in reach."""

    name: str
    strength: int
    """0 to 100."""
    secured: bool
    active: bool


class WifiManager:
    """Wi-Fi scanner and connector. Every method blocks; none may run on the UI thread."""

    def __init__(self, command: Run = run) -> None:
        self._run = command

    def networks(self) -> list[WifiNetwork]:
        """Return the networks in reach, the strongest first, each name once. Raises MachineError."""
        try:
            return parse(self._run(["nmcli", "-t", "-f", FIELDS, "device", "wifi", "list"]))
        except NoToolError as fault:
            raise MachineError(screen.NO_WIFI()) from fault

    def join(self, name: str, password: str) -> None:
        """Join a network. Raises MachineError with a message for the owner."""
        command = ["nmcli", "--wait", "40", "device", "wifi", "connect", name]
        try:
            self._run([*command, "password", password] if password else command)
        except MachineError as fault:
            text = str(fault)
            if "Secrets were required" in text or "802-11-wireless-security" in text:
                raise MachineError(screen.WRONG_PASSWORD(name=name)) from fault
            known = FAILURES.get(fault.status) if isinstance(fault, ToolFailedError) else None
            reason = screen.NOT_JOINED(name=name, reason=fault.message) if known is None else known(name)
            raise MachineError(reason) from fault


def parse(text: str) -> list[WifiNetwork]:
    """Read nmcli's terse output; colons and backslashes within a name are escaped there."""
    found: dict[str, WifiNetwork] = {}
    for line in text.splitlines():
        fields = _split(line)
        if len(fields) != FIELDS.count(",") + 1 or not fields[1]:
            continue
        in_use, name, strength, security = fields
        network = WifiNetwork(
            name=name,
            strength=int(strength) if strength.isdigit() else 0,
            secured=security not in {"", "--"},
            active=in_use == "*",
        )
        known = found.get(name)
        if known is None or (network.active, network.strength) > (known.active, known.strength):
            found[name] = network
    return sorted(found.values(), key=lambda network: (not network.active, -network.strength))


def _split(line: str) -> list[str]:
    fields, escaped = [""], False
    for letter in line:
        if escaped:
            fields[-1] += letter
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter == ":":
            fields.append("")
        else:
            fields[-1] += letter
    return fields
