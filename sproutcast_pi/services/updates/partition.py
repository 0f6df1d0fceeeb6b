"""Write an image over a partition and read it back: what the card kept counts, not what was sent to it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.external_programs import require_program
from sproutcast_pi.messages.areas import updates

BLOCK = 1 << 20
SYNC_EVERY = 32 << 20
"""So that writing an update never fills memory with what the card has not taken yet."""


class VerificationError(SproutcastError):
    """The partition does not hold the image; the text says why, for the owner."""


def write_image(packed: IO[bytes], target: Path, *, size: int, sha256: str, written: Callable[[int], None]) -> None:
    """Unpack a zstd stream into `target`, never more than `size` bytes, and compare what was kept with `sha256`.

    `written` is called with the bytes of each step. Raises VerificationError, OSError when the target can't be
    written, and ProgramNotInstalledError before anything is written.
    """
    digest, so_far = hashlib.sha256(), 0
    with target.open("r+b") as partition:
        with subprocess.Popen(
            [require_program("zstd"), "-dcq"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as unpacker:
            assert unpacker.stdin
            assert unpacker.stdout
            feeder = threading.Thread(target=_feed, args=(packed, unpacker.stdin), daemon=True)
            feeder.start()
            while block := unpacker.stdout.read(min(BLOCK, size + 1 - so_far)):
                so_far += len(block)
                if so_far > size:
                    unpacker.kill()
                    break
                digest.update(block)
                partition.write(block)
                written(len(block))
                if so_far % SYNC_EVERY < len(block):
                    os.fsync(partition.fileno())
            feeder.join()
        if so_far != size or digest.hexdigest() != sha256:
            raise VerificationError(updates.DAMAGED())
        partition.flush()
        os.fsync(partition.fileno())
    if _sha256(target, size) != sha256:
        raise VerificationError(updates.CARD_WORN())


def _feed(source: IO[bytes], packed: IO[bytes]) -> None:
    """Hand over all of the source; a bundle that ends early, or an unpacker that has gone, shows in the hash."""
    with contextlib.suppress(OSError, tarfile.TarError, EOFError), packed:
        while block := source.read(BLOCK):
            packed.write(block)


def _sha256(path: Path, size: int) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        # Read from the card, not from what memory still holds of it.
        os.posix_fadvise(file.fileno(), 0, size, os.POSIX_FADV_DONTNEED)
        left = size
        while left and (block := file.read(min(BLOCK, left))):
            digest.update(block)
            left -= len(block)
    return digest.hexdigest()
