"""Wi-Fi through nmcli."""

from __future__ import annotations

import msgspec

from ui.machine.tools import MachineError, Run, run

FIELDS = "IN-USE,SSID,SIGNAL,SECURITY"
NOT_HERE = "NetworkManager is not on this machine, so Wi-Fi can't be set up here."


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
        except MachineError as fault:
            raise MachineError(NOT_HERE if "not on this machine" in str(fault) else str(fault)) from fault

    def join(self, name: str, password: str) -> None:
        """Join a network. Raises MachineError with a message for the owner."""
        command = ["nmcli", "--wait", "40", "device", "wifi", "connect", name]
        try:
            self._run([*command, "password", password] if password else command)
        except MachineError as fault:
            text = str(fault)
            if "Secrets were required" in text or "802-11-wireless-security" in text:
                raise MachineError(f"{name} did not accept the password; check it and try again.") from fault
            raise MachineError(f"{name} could not be joined: {text}") from fault


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
