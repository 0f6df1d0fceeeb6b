"""File permissions that bind root too, so that a test of a refused file runs for everybody."""

from __future__ import annotations

import contextlib
import ctypes
import os
from collections.abc import Iterator

VERSION_3 = 0x20080522
OVERRIDES = 1 << 1 | 1 << 2
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH of capabilities(7)."""


@contextlib.contextmanager
def enforced() -> Iterator[None]:
    """Without the capabilities that let this thread read and write everything."""
    header = (ctypes.c_uint32 * 2)(VERSION_3, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; twice, for capabilities above the 31st
    _call("capget", header, sets)
    before = sets[0]
    sets[0] &= ~OVERRIDES
    _call("capset", header, sets)
    try:
        yield
    finally:
        sets[0] = before
        _call("capset", header, sets)


def _call(name: str, header: ctypes.Array[ctypes.c_uint32], sets: ctypes.Array[ctypes.c_uint32]) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(header, sets):
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
