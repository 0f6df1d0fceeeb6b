"""Plan of the files a command writes for people: none replaces an input, another output, or a file of other origin.

Files are compared as the strictest file system would: without regard to case and Unicode form, and through symbolic
and hard links. A plan is made before the first byte is written.
"""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path, PurePath

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.messages.areas import commands
from sproutcast_pi.shown_name import shown_name

_Key = tuple[object, ...]


class OutputConflictError(SproutcastError, ValueError):
    """An output would replace something that is not its own."""


class OutputPlan:
    """The inputs and outputs of one command."""

    def __init__(self, inputs: Iterable[Path] = ()) -> None:
        self._inputs = {key for path in inputs for key in _keys(path)}
        self._outputs: set[_Key] = set()

    def add(self, path: Path, *, may_replace: Callable[[Path], bool] | None = None) -> Path:
        """`path`, now an output. `may_replace` says whether an existing file there was written by the same command.

        Raises OutputConflictError when the file is an input, another output, a folder, or not to be replaced.
        """
        keys = _keys(path)
        shown = shown_name(path)
        if not self._inputs.isdisjoint(keys):
            raise OutputConflictError(commands.READ_AND_WRITTEN(file=shown))
        if not self._outputs.isdisjoint(keys):
            raise OutputConflictError(commands.WRITTEN_TWICE(file=shown))
        if os.path.isdir(path):  # noqa: PTH112 - a name that no file system takes is no folder, not an OSError
            raise OutputConflictError(commands.IS_FOLDER(file=shown))
        if may_replace is not None and os.path.lexists(path) and not _replaceable(path, may_replace):
            raise OutputConflictError(commands.NOT_OURS(file=shown))
        self._outputs.update(keys)
        return path


def unique_stems(names: Sequence[str]) -> list[str]:
    """A stem for the output of each input (a relative path), so that no two are alike.

    The input's own stem where it is the only one; else its folders stand before it, then its ending behind it, at last
    a number.
    """
    chosen = [""] * len(names)
    for form in (_stem, _with_folders, _with_ending, None):
        waiting = [index for index, stem in enumerate(chosen) if not stem]
        forms = {index: _numbered(names, index) if form is None else form(names[index]) for index in waiting}
        used = Counter(_folded(stem) for stem in [*chosen, *forms.values()] if stem)
        # A form is only kept where none of the shorter names of others is the same.
        for index, stem in forms.items():
            if used[_folded(stem)] == 1 or form is None:
                chosen[index] = stem
    return chosen


def _stem(name: str) -> str:
    return PurePath(name).stem


def _with_folders(name: str) -> str:
    return "__".join(_parts(PurePath(name).with_suffix("")))


def _with_ending(name: str) -> str:
    return "__".join(_parts(PurePath(name)))


def _numbered(names: Sequence[str], index: int) -> str:
    return f"{_with_ending(names[index])}__{index + 1}"


def _parts(path: PurePath) -> list[str]:
    return [part for part in path.parts if part not in {"/", ".", ".."}]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _keys(path: Path) -> set[_Key]:
    """What identifies a file: its place by name, and its own number where it exists."""
    folder = Path(os.path.realpath(path.parent))
    keys: set[_Key] = {("name", _folded(str(folder / path.name)))}
    try:
        own = path.stat()
        keys |= {("inode", own.st_dev, own.st_ino), ("name", _folded(os.path.realpath(path)))}
    except (OSError, ValueError):
        pass
    return keys


def _replaceable(path: Path, may_replace: Callable[[Path], bool]) -> bool:
    try:
        return may_replace(path)
    except OSError:
        return False
