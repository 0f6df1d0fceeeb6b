"""Make an update: compress a slot's two images, describe them, and sign the description with the maker's key."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from pathlib import Path

import msgspec

from sproutcast_pi.external_programs import require_program
from sproutcast_pi.file_hash import sha256_of
from sproutcast_pi.messages.areas import updates
from sproutcast_pi.messages.areas.causes import cause, reported
from sproutcast_pi.services.updates.bundle import MANIFEST, SIGNATURE, Image, ImageName, UpdateError, UpdateManifest

BLOCK = 1 << 20


def build_bundle(
    target: Path, *, images: dict[ImageName, Path], version: str, boards: tuple[str, ...], key: Path, notes: str = ""
) -> UpdateManifest:
    """Write the bundle to `target`.

    Raises UpdateError when something is missing or openssl refuses the private key, ProgramNotInstalledError without
    openssl or zstd.
    """
    for program in ("openssl", "zstd"):
        require_program(program)
    try:
        described = tuple(
            Image(name=name, size=path.stat().st_size, sha256=sha256_of(path)) for name, path in images.items()
        )
        given = {"format": 1, "version": version, "boards": boards, "images": described, "notes": notes}
        manifest = msgspec.convert(msgspec.to_builtins(given), UpdateManifest)
        content = msgspec.json.encode(manifest)
        with tempfile.TemporaryDirectory(dir=target.parent) as folder, tarfile.open(target, "w") as tar:
            _add(tar, MANIFEST, content)
            _add(tar, SIGNATURE, _signature(content, key, Path(folder)))
            for name, path in images.items():
                packed = Path(folder, f"{name}.zst")
                _run(["zstd", "-q", "-10", "-T0", str(path), "-o", str(packed)])
                tar.add(packed, packed.name, filter=_without_metadata)
    except msgspec.ValidationError as error:
        raise UpdateError(updates.NOT_DESCRIBED(reason=cause(error))) from error
    except OSError as error:
        raise UpdateError(updates.NOT_MADE(reason=cause(error))) from error
    return manifest


def _signature(content: bytes, key: Path, folder: Path) -> bytes:
    data, proof = folder / MANIFEST, folder / SIGNATURE
    data.write_bytes(content)
    _run(["openssl", "pkeyutl", "-sign", "-inkey", str(key), "-rawin", "-in", str(data), "-out", str(proof)])
    return proof.read_bytes()


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, io.BytesIO(content))


def _without_metadata(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Nobody's file at no time, so that the same images give the same bundle."""
    plain = tarfile.TarInfo(member.name)
    plain.size = member.size
    return plain


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UpdateError(updates.PROGRAM_FAILED(program=command[0], reason=reported(done.stderr)))
