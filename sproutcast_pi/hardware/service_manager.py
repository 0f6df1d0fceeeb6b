"""Tell systemd how we are: ready, alive, and a status a person can read; write logs the journal can sort."""

from __future__ import annotations

import logging
import os
import socket
import sys

PRIORITIES = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}
"""Python's levels as syslog priorities, see sd-daemon(3)."""


class ServiceManager:
    """systemd's notification socket; silent where there is none."""

    def __init__(self, address: str | None) -> None:
        """Use the socket at `address`, normally `os.environ.get("NOTIFY_SOCKET")`."""
        self._address = address
        self._status = ""

    def ready(self) -> None:
        """The daemon serves."""
        self._send("READY=1")

    def alive(self) -> None:
        """Feed the watchdog."""
        self._send("WATCHDOG=1")

    def status(self, text: str) -> None:
        """One line for `systemctl status`; sent when it changed."""
        if text != self._status:
            self._status = text
            self._send(f"STATUS={text}")

    def reloading(self, monotonic_us: int) -> None:
        """The configuration is being read again; `ready` follows."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={monotonic_us}")

    def stopping(self) -> None:
        """The daemon stops in order."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        """One datagram, see sd_notify(3); a lost one is no reason to stop."""
        if not self._address:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as notify:
                notify.setblocking(False)
                notify.sendto(message.encode(), address)
        except OSError as error:
            logging.getLogger(__name__).debug("systemd was not reached: %s", error)


def log_handler() -> logging.Handler:
    """The journal through systemd's own module where both are there, else stderr with priorities it understands."""
    if "JOURNAL_STREAM" in os.environ:
        try:
            from systemd.journal import JournalHandler  # noqa: PLC0415 - an apt package that a desk does not have
        except ImportError:
            pass
        else:
            handler: logging.Handler = JournalHandler(SYSLOG_IDENTIFIER="sproutcast")
            handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
            return handler
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(_Prioritised("%(name)s: %(message)s"))
        return handler
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%H:%M:%S"))
    return handler


class _Prioritised(logging.Formatter):
    """Each line begins with `<priority>`, which journald reads and takes away."""

    def format(self, record: logging.LogRecord) -> str:
        prefix = f"<{PRIORITIES.get(record.levelno, 6)}>"
        return "\n".join(prefix + line for line in super().format(record).splitlines())
