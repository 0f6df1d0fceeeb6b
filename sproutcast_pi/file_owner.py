"""Owner of files that root writes into a folder of another user, such as the daemon's."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path


def give_to_folder_owner(folder: Path, paths: Iterable[Path]) -> None:
    """Give `paths`, where root owns them, to user and group of `folder`; nothing to do unless root runs this.

    Links are given themselves, never what they lead to.
    """
    if os.geteuid() != 0:
        return
    owner = folder.stat()
    if owner.st_uid == 0:
        return
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            if path.lstat().st_uid == 0:
                os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


@contextlib.contextmanager
def owned_by_folder_owner(folder: Path) -> Iterator[None]:
    """Whatever root leaves below `folder` in this block belongs to the folder's owner afterwards, failure or not."""
    try:
        yield
    finally:
        if os.geteuid() == 0 and folder.is_dir():
            give_to_folder_owner(folder, folder.rglob("*"))
