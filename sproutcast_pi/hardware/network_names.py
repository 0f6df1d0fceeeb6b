"""Names by which the local network reaches this device, as they are now.

A router may put its own domain behind the host name, and multicast DNS gives the second of two devices of one name a
number (RFC 6762, section 9); both can change while the program runs, so nothing here is remembered.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from pathlib import Path

RESOLVER = Path("/etc/resolv.conf")
HOME_DOMAINS = frozenset({"local", "lan", "home", "home.arpa", "internal", "localdomain", "fritz.box", "speedport.ip"})
"""Domains that routers give to names at home; none of them can be had in the public DNS for one device's name."""
AVAHI_CALL = ("--system", "call", "org.freedesktop.Avahi", "/", "org.freedesktop.Avahi.Server", "GetHostNameFqdn")
AVAHI_TIMEOUT_S = 2.0


def host_label() -> str:
    """First label of the system's host name, in small letters."""
    return socket.gethostname().partition(".")[0].lower()


def is_own_name(name: str, resolver: Path = RESOLVER) -> bool:
    """Whether `name` (without port; a dot at the end and capitals do not matter) is this device's in its network."""
    label, _, domain = name.lower().removesuffix(".").partition(".")
    if (label, domain) == ("localhost", ""):
        return True
    own = host_label()
    if label != own and not (domain == "local" and re.fullmatch(rf"{re.escape(own)}-\d{{1,3}}", label)):
        return False
    return not domain or domain in HOME_DOMAINS or domain in _search_domains(resolver)


def advertised_name() -> str:
    """Name under which multicast DNS announces this device, such as `sproutcast-2.local`."""
    fallback = f"{host_label()}.local"
    busctl = shutil.which("busctl")
    if busctl is None:
        return fallback
    try:
        done = subprocess.run(
            [busctl, *AVAHI_CALL], capture_output=True, text=True, timeout=AVAHI_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return fallback
    found = re.fullmatch(r's "([\w.-]{1,253})"', done.stdout.strip())
    return found[1] if found else fallback


def _search_domains(resolver: Path) -> frozenset[str]:
    """Domains that the network's DHCP server named as its own."""
    try:
        lines = resolver.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return frozenset()
    words = [word for line in lines if line.startswith(("search ", "domain ")) for word in line.split()[1:]]
    return frozenset(word.lower().strip(".") for word in words) - {""}
