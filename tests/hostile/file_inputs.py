"""Updates, backups and photographs that are damaged, forged, or made to cost more than they should."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import apsw
import numpy as np

from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store import archive
from sproutcast_pi.store.backup import save_backup
from sproutcast_pi.store.engine import Store
from sproutcast_pi.store.paths import DATABASE, PICTURES
from tests.hostile.inputs import TEXTS, mutate, value
from tests.services.updates.helpers import make_bundle, make_key
from tests.store.helpers import OWNER
from tests.vision.photo import containers

KINDS = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_SPARSE, tarfile.SYMTYPE, b"Z")
"""What a tar can hold beside files."""
SIZES = (0, 1, 511, 100_000, 1 << 28, 1 << 30, 1 << 33)
SCHEMAS = (
    "CREATE TRIGGER t AFTER INSERT ON setting BEGIN DELETE FROM plant; END",
    "CREATE VIEW v AS SELECT * FROM plant",
    "CREATE TABLE stray (a CHECK (length(randomblob(60000000)) > 0)); INSERT INTO stray VALUES (1)",
    "CREATE TABLE stray (a, b AS (hex(randomblob(30000000))) STORED); INSERT INTO stray (a) VALUES (1)",
    "CREATE INDEX slow ON plant (length(hex(zeroblob(30000000))))",
    "DROP TABLE light",
    "ALTER TABLE plant RENAME TO plants",
    "UPDATE light SET hours = 'x', level = 9e999, start = '99:99'",
    "UPDATE capture SET file = '../../x'",
    "UPDATE _meta SET value = char(0)",
    "UPDATE plant SET name = x'ff', id = 9223372036854775807",
    "DELETE FROM light",
    "PRAGMA user_version = 0",
    "PRAGMA user_version = 2147483647",
)  # fmt: skip
"""What a stranger may have done to the database within a backup whose sums are right."""


class Updates:
    """Makes updates; `public` is the key that a good one is signed with."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        make_key(folder)
        self.public = folder / "public"
        self._good = make_bundle(folder / "good.tar", folder / "private").read_bytes()

    def draw(self, draw: Random) -> tuple[bytes, bool]:
        """An update, and whether it goes on without end."""
        kind = draw.randrange(4)
        if kind == 0:
            return mutate(draw, self._good), False
        if kind == 1:
            return self._good[: draw.randrange(len(self._good))], draw.random() < 0.3
        if kind == 2:
            return _headers(draw, draw.choice((1, 3, 20, 500)), "manifest.json"), True
        data = bytearray(self._good)
        place = 512 * draw.randrange(len(data) // 512)
        data[place : place + 512] = _headers(draw, 1, draw.choice(("manifest.sig", "boot.zst", "é" * 40, "../x")))[:512]
        return bytes(data), draw.random() < 0.3


class Backups:
    """Makes backups; `home` is the data folder that they are restored over."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        (self.home / PICTURES).mkdir(parents=True)
        store = Store(self.home / DATABASE, clock=FakeClock(), device="spr-0123456789ab")
        store.call("create_plant", {"name": "Basil"}, caller=OWNER)
        store.close()
        save_backup(self.home / DATABASE, self.home / PICTURES, folder / "good.tar", datetime.now(UTC))
        self._good = (folder / "good.tar").read_bytes()
        self._database = (self.home / DATABASE).read_bytes()
        self._work = folder / "work.db"
        with tarfile.open(folder / "good.tar") as tar:
            content = tar.extractfile(archive.MANIFEST)
            assert content is not None
            self._manifest: dict[str, Any] = json.loads(content.read())

    def draw(self, draw: Random) -> tuple[bytes, int]:
        """A backup, and how many zeros follow it."""
        kind = draw.randrange(6)
        if kind == 0:
            return mutate(draw, self._good), 0
        if kind == 1:
            return self._good[: draw.randrange(len(self._good))], 0
        if kind == 2:
            return _headers(draw, draw.choice((1, 3, 2000)), archive.MANIFEST), draw.choice((0, 1 << 30))
        if kind == 3:
            manifest = self._manifest | {draw.choice(list(self._manifest)): value(draw)}
            return self._archive(draw, self._database, manifest), 0
        if kind == 4:
            return self._archive(draw, self._changed(draw.choice(SCHEMAS)), None), 0
        data = bytearray(self._database)
        for _ in range(draw.randrange(1, 6)):
            data[draw.randrange(100 if draw.random() < 0.5 else len(data))] = draw.randrange(256)
        return self._archive(draw, bytes(data), None), 0

    def _changed(self, sql: str) -> bytes:
        self._work.write_bytes(self._database)
        connection = apsw.Connection(str(self._work))
        connection.execute("PRAGMA journal_mode = DELETE")
        for statement in sql.split("; ") if "BEGIN" not in sql else [sql]:
            try:
                connection.execute(statement)
            except apsw.Error:
                continue  # a row that is not there is not changed
        connection.close()
        return self._work.read_bytes()

    def _archive(self, draw: Random, database: bytes, manifest: dict[str, Any] | None) -> bytes:
        output = manifest or self._manifest | {
            "database_bytes": len(database),
            "database_sha256": hashlib.sha256(database).hexdigest(),
        }
        members = [(archive.MANIFEST, json.dumps(output).encode()), (archive.DATABASE, database)]
        members += [(f"pictures/{draw.choice((*TEXTS, '2026/a.jpg'))[:90]}", b"x") for _ in range(draw.randrange(3))]
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as tar:
            for name, content in members:
                info = tarfile.TarInfo(name)
                info.size = len(content)
                if draw.random() < 0.05:
                    info.type = draw.choice(KINDS)
                    info.linkname = "/etc/passwd"
                tar.addfile(info, io.BytesIO(content))
        return packed.getvalue()


class Photographs:
    """Makes photographs in every container."""

    def __init__(self) -> None:
        rows, columns = np.mgrid[:60, :90]
        scene = np.dstack([columns * 2, rows * 3, (rows + columns) % 256]).astype(np.uint8)
        scene[20:40, 30:60] = (40, 160, 60)
        self._good = (
            containers.jpeg(scene, containers.exif(6)),
            containers.png(scene, containers.raw_profile(containers.exif(3))),
            containers.webp(scene, containers.exif(1)),
            containers.tiff(scene[:30], scene),
            containers.tiff(scene, big=True),
            containers.encoded(".bmp", scene),
            containers.HEIC,
            containers.VIDEO,
        )

    def draw(self, draw: Random) -> bytes:
        """A photograph that is damaged, or claims to be larger than it is."""
        data = draw.choice(self._good)
        kind = draw.randrange(4)
        if kind == 0:
            return data[: draw.randrange(len(data))]
        if kind == 1:
            head = bytearray(data)
            place = draw.randrange(min(200, len(head) - 4))
            head[place : place + 4] = struct.pack(draw.choice("<>") + "I", draw.choice((0, 1, 65500, 2**31, 2**32 - 1)))
            return bytes(head)
        if kind == 2:
            return data + draw.choice(self._good)
        for _ in range(draw.randrange(1, 5)):
            data = mutate(draw, data)
        return data


def _headers(draw: Random, count: int, name: str) -> bytes:
    """Headers of a tar, each of its own kind and of any size, with content where that is small."""
    data = b""
    for _ in range(count):
        info = tarfile.TarInfo(name)
        info.type, info.size = draw.choice((tarfile.REGTYPE, *KINDS)), draw.choice(SIZES)
        data += info.tobuf(tarfile.GNU_FORMAT, errors="replace")[:512]
        if info.size < 512 and draw.random() < 0.7:
            data += b"x".ljust(512 if info.size else 0, b"9")
    return data
