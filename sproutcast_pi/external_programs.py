"""Programs of the system that ours starts, found before the work begins."""

from __future__ import annotations

import shutil

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import commands

PACKAGES = {"openssl": "openssl", "zstd": "zstd"}
"""The Debian package of each; the appliance's own package depends on them."""


class ProgramNotInstalledError(SproutcastError):
    """A program is not installed; the text names its package."""


def require_program(name: str) -> str:
    """The path of a program of PACKAGES; raises ProgramNotInstalledError with the command that installs it."""
    path = shutil.which(name)
    if path is None:
        raise ProgramNotInstalledError(commands.NO_PROGRAM(program=name, package=PACKAGES[name]))
    return path
