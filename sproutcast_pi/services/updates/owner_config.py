"""The owner's own lines of a Pi's `config.txt`, carried over into the slot an update was written to.

Each slot has that file in its boot partition. What is the owner's is what differs from the file as it was shipped,
which the system keeps. Lines stay under the conditional sections they were written in: sections of different kinds add
up until the next `[all]` (Raspberry Pi documentation, config.txt, "Conditional filters"), so a line's place is all
headers since then.
"""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from sproutcast_pi.services.updates.sources import Mount

NAME = "config.txt"
SHIPPED = Path("usr/lib/sproutcast/config.txt")
READ_ONLY = "ro,nosuid,nodev,noexec"
WRITABLE = "rw,nosuid,nodev,noexec,umask=0077,flush"
MARK = "# Lines of this device's owner, carried over by an update:"
OFF = "# Taken out by this device's owner: "
ALL = "[all]"


class _Line(NamedTuple):
    place: tuple[str, ...]
    """Section headers in force, the latest last; empty after `[all]`."""
    text: str


def carry_over(shipped: str, running: str, new: str) -> str:
    """Return the `new` file with what the owner added to and took out of the `shipped` one, as `running` shows."""
    before, now, after = (list(_lines(text)) for text in (shipped, running, new))
    added = _beyond(_beyond(now, before), _beyond(after, before))
    removed = {line for line in _beyond(before, now) if not line.text.startswith("#")}
    kept = [f"{OFF}{line.text}" if line in removed else raw for raw, line in _placed(new)]
    for place, lines in groupby(added, key=lambda line: line.place):
        kept += [ALL, MARK, *place, *(line.text for line in lines), ALL]
    return "\n".join(kept) + "\n"


def carry_owner_config(running: Path, written: Path, shipped: Path, mount: Mount) -> None:
    """Carry the owner's lines, and files they name, from one boot partition to another.

    `shipped` is config.txt as the running slot came. Raises UpdateError when a partition can't be mounted, OSError when
    one can't be read or written.
    """
    with mount(running, READ_ONLY) as old, mount(written, WRITABLE) as new:
        if not (old / NAME).is_file():
            return
        texts = [_read(path) if path.is_file() else "" for path in (shipped, old / NAME, new / NAME)]
        result = carry_over(*texts)
        for name in _named_files(result):
            if (old / name).is_file() and not (new / name).exists():
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(old / name, new / name)
        with (new / NAME).open("w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(result)
            file.flush()
            os.fsync(file.fileno())


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="surrogateescape")


def _placed(text: str) -> Iterator[tuple[str, _Line]]:
    """Each line as it is written, and stripped with its place."""
    place: tuple[str, ...] = ()
    for raw in text.splitlines():
        line = raw.strip()
        if re.fullmatch(r"\[.+\]", line):
            place = () if line.lower() == ALL else (*place, line)
        yield raw, _Line(place, line)


def _lines(text: str) -> Iterator[_Line]:
    """Lines that say something; neither blank ones nor headers, nor what an update wrote around carried ones."""
    for _raw, line in _placed(text):
        if line.text and not line.text.startswith(("[", OFF)) and line.text != MARK:
            yield line


def _beyond(lines: list[_Line], known: list[_Line]) -> list[_Line]:
    """Lines that `known` has not, in their order; one that is there twice has to be known twice."""
    left = Counter(known)
    beyond = []
    for line in lines:
        if left[line]:
            left[line] -= 1
        else:
            beyond.append(line)
    return beyond


def _named_files(text: str) -> list[Path]:
    """Files of the boot partition that lines name: included ones, and overlays."""
    included = re.findall(r"^\s*include\s+([\w.-]+)\s*$", text, re.MULTILINE)
    overlays = re.findall(r"^\s*dtoverlay=([\w-]+)", text, re.MULTILINE)
    return [Path(name) for name in included] + [Path("overlays", f"{name}.dtbo") for name in overlays]
