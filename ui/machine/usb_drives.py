"""Mounted USB sticks."""

from __future__ import annotations

from pathlib import Path

PLACES = ("/media/", "/run/media/", "/mnt/")
ESCAPES = {"\\040": " ", "\\011": "\t", "\\012": "\n", "\\134": "\\"}


def mounted_usb_drives(mounts: str) -> list[Path]:
    """Return the mount points of USB sticks, from the text of /proc/mounts."""
    found = []
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 4:  # noqa: PLR2004 - device, place, type, options
            continue
        place = fields[1]
        for code, letter in ESCAPES.items():
            place = place.replace(code, letter)
        writable = "rw" in fields[3].split(",")
        if fields[0].startswith("/dev/") and place.startswith(PLACES) and writable:
            found.append(Path(place))
    return found
