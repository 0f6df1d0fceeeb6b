"""The time zone the operating system is set to."""

from __future__ import annotations

from pathlib import Path

from sproutcast_pi.model.light_schedule import is_zone

LOCAL_TIME = Path("/etc/localtime")


def system_zone(local_time: Path = LOCAL_TIME) -> str:
    """The IANA name behind the link `local_time`; UTC when it names no known zone."""
    name = str(local_time.resolve()).partition("/zoneinfo/")[2]
    return name if is_zone(name) else "UTC"
