"""The parts of the appliance in words."""

from __future__ import annotations


def _(msgid: str) -> str:
    """Mark a text for translation where it is written; it is translated where it is said."""
    return msgid


PART_NAMES: dict[str, str] = {
    "light": _("Light"),
    "camera": _("Camera"),
    "captures": _("Photographs"),
    "worker": _("Measuring"),
    "profile": _("Looks of the plants"),
    "store": _("Memory"),
    "disk": _("Storage"),
    "clock": _("Clock"),
    "power": _("Power"),
    "temperature": _("Temperature"),
    "network": _("Network"),
    "mqtt": _("MQTT broker"),
    "home_assistant": _("Home Assistant"),
    "sync": _("Remote server"),
    "screen": _("Screen"),
    "gateway": _("Phones"),
    "update": _("Updates"),
    "restart": _("Last start"),
    "safe_mode": _("Safe mode"),
    "boot_file": _("Start file"),
    "data": _("Data partition"),
    "config": _("Configuration file"),
}
