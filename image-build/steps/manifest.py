"""Manifest for Raspberry Pi Imager: an os_list with sizes and hashes.

`init_format` is "cloudinit": Imager, 1 or 2, then asks for name, Wi-Fi, time zone and keys, and writes the answers to
files on the card's first partition, where `sproutcast_pi/services/boot/imager.py` reads them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import lzma
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

DEVICES = ["pi5-64bit", "pi4-64bit"]
BLOCK = 1 << 20


def described(image: Path, *, url: str, icon: str, released: str) -> dict[str, Any]:
    """One `os_list` entry for an image compressed with xz."""
    packed, whole = hashlib.sha256(), hashlib.sha256()
    size = 0
    with image.open("rb") as file:
        while block := file.read(BLOCK):
            packed.update(block)
    with lzma.open(image, "rb") as file:
        while block := file.read(BLOCK):
            whole.update(block)
            size += len(block)
    return {
        "name": "Sproutcast Pi",
        "description": "Watches plants and keeps their light. Works for ever without network or account.",
        "icon": icon,
        "url": url,
        "website": url.rsplit("/", 1)[0],
        "extract_size": size,
        "extract_sha256": whole.hexdigest(),
        "image_download_size": image.stat().st_size,
        "image_download_sha256": packed.hexdigest(),
        "release_date": released,
        "init_format": "cloudinit",
        "architecture": "armv8",
        "devices": DEVICES,
    }


def main() -> None:
    """Print the manifest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image", type=Path, help="the .img.xz")
    parser.add_argument("--url", required=True, help="where it can be downloaded")
    parser.add_argument("--icon", help="where its picture of 40x40 pixels is; without it: icon.png beside the image")
    parser.add_argument("--released", default=datetime.now(UTC).date().isoformat())
    args = parser.parse_args()
    icon = args.icon or f"{args.url.rsplit('/', 1)[0]}/icon.png"
    entry = described(args.image, url=args.url, icon=icon, released=args.released)
    print(json.dumps({"os_list": [entry]}, indent=2))


if __name__ == "__main__":
    main()
