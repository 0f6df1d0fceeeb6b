"""Simulated machine tools for desktops and tests: Wi-Fi networks, a log, backups."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sproutcast_pi.messages.areas import screen
from sproutcast_pi.messages.areas.text import verbatim
from ui.machine.tools import NoToolError, ToolFailedError

PASSWORD = "greenhouse"  # noqa: S105 - opens a network that is not there
NETWORKS: tuple[tuple[str, int, str], ...] = (
    ("Greenhouse", 82, "WPA2"),
    ("Balcony", 61, "WPA2 WPA3"),
    ("Café at the corner", 44, ""),
    ("Attic", 23, "WPA2"),
)
LINES = (
    "06:00:00 sproutcast: the lamp rises, day in 30 min",
    "07:00:02 sproutcast: capture 41 done in 812 ms, 5 plants",
    "08:00:02 sproutcast: capture 42 done in 797 ms, 5 plants",
    "08:00:02 sproutcast: Rubber plant: losing firmness",
    "08:31:40 sproutcast: call reducer=log_care caller='screen' role=owner outcome=ok",
    "09:00:02 sproutcast: capture 43 done in 806 ms, 5 plants",
)


class SimulatedTools:
    """Fake of nmcli, journalctl and our own commands that records its calls."""

    def __init__(self, joined: str = "Greenhouse") -> None:
        self.joined = joined
        self.calls: list[tuple[str, ...]] = []

    def __call__(self, command: Sequence[str]) -> str:
        """Return the program's output. Raises MachineError where it would fail."""
        self.calls.append(tuple(command))
        match list(command):
            case ["nmcli", "-t", *_]:
                return "\n".join(self._listed(*network) for network in NETWORKS)
            case ["nmcli", "--wait", _, "device", "wifi", "connect", name, *secret]:
                return self._join(name, secret)
            case ["journalctl", *_]:
                reads = sum(1 for each in self.calls if each[0] == "journalctl")
                return "\n".join([*LINES, f"09:12:{reads:02} sproutcast: the log was read {reads} times"])
            case [_, "-m", "sproutcast_pi", "--language", _, "backup" | "timelapse", *_, target]:
                Path(target).write_bytes(b"simulated")
                return ""
        raise NoToolError(screen.NO_TOOL(program=command[0]))

    def _listed(self, name: str, strength: int, security: str) -> str:
        escaped = name.replace("\\", "\\\\").replace(":", "\\:")
        return f"{'*' if name == self.joined else ''}:{escaped}:{strength}:{security}"

    def _join(self, name: str, secret: list[str]) -> str:
        known = {network[0]: network[2] for network in NETWORKS}
        if name not in known:
            raise ToolFailedError(verbatim(f"Error: No network with SSID '{name}' found."), 10)
        if known[name] and secret[1:] != [PASSWORD]:
            raise ToolFailedError(verbatim("Error: Secrets were required, but not provided."), 4)
        self.joined = name
        return f"Device 'wlan0' successfully activated with '{name}'."
