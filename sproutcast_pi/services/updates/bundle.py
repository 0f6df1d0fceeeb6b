"""Read an update: a tar of a signed manifest and compressed images. Nothing of it is believed before its signature is.

The order inside is fixed (manifest.json, manifest.sig, then the images), so a bundle is read once, from front to end.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import tarfile
import tempfile
import threading
from pathlib import Path
from typing import IO, Annotated, Literal

import msgspec
from msgspec import Meta

from sproutcast_pi.errors import SproutcastError

MANIFEST_LIMIT = 64_000
BLOCK = 1 << 20


class UpdateError(SproutcastError):
    """The update was not installed; the text says why, for the owner. The running system is untouched."""


class Image(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One partition's content."""

    name: Literal["boot", "system"]
    size: Annotated[int, Meta(ge=1, le=1 << 33)]
    """Bytes, uncompressed."""
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
    """Of the uncompressed content."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the maker signed."""

    format: Literal[1]
    version: Annotated[str, Meta(pattern=r"^\d{1,4}(\.\d{1,4}){1,3}$")]
    boards: tuple[str, ...]
    """Where it may be installed: "pi4", "pi5", "virtual"."""
    images: Annotated[tuple[Image, ...], Meta(min_length=2, max_length=2)]


def newer(version: str, than: str) -> bool:
    """Whether a version of dotted numbers is later; 0.10 comes after 0.9."""
    return tuple(map(int, version.split("."))) > tuple(map(int, than.split(".")))


def read_manifest(bundle: Path, key: Path) -> Manifest:
    """What `bundle` brings; raises UpdateError when `key` did not sign it, or when it is no bundle."""
    try:
        with tarfile.open(bundle, "r|") as tar:
            content = _member(tar, "manifest.json", MANIFEST_LIMIT)
            signature = _member(tar, "manifest.sig", 64)
    except (OSError, tarfile.TarError, EOFError) as error:
        raise UpdateError(f"{bundle.name} is not an update, or it is damaged ({error}); copy it again.") from error
    if not signed(content, signature, key):
        raise UpdateError(
            f"{bundle.name} is not signed by the maker of this device's software; get it from its own place."
        )
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise UpdateError(f"{bundle.name} has a form this version does not know ({error}).") from error
    if {image.name for image in manifest.images} != {"boot", "system"}:
        raise UpdateError(f"{bundle.name} does not hold a whole system.")
    return manifest


def signed(content: bytes, signature: bytes, key: Path) -> bool:
    """Whether `signature` is an Ed25519 signature (RFC 8032) of `content`; `key` is the public one, PEM."""
    if not key.exists():
        raise UpdateError(f"There is no key to check updates with ({key}), so none is installed.")
    with tempfile.TemporaryDirectory() as folder:
        data, proof = Path(folder, "data"), Path(folder, "proof")
        data.write_bytes(content)
        proof.write_bytes(signature)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(key), "-rawin"]
        command += ["-in", str(data), "-sigfile", str(proof)]
        try:
            return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0
        except (OSError, subprocess.SubprocessError) as error:
            raise UpdateError(f"The signature could not be checked: {error}.") from error


def write_images(bundle: Path, manifest: Manifest, targets: dict[str, Path]) -> None:
    """Write each image over its target, a partition, and read it back.

    Raises UpdateError when an image is not what the manifest says, or a target is too small or can't be written.
    """
    wanted = {f"{image.name}.zst": image for image in manifest.images}
    try:
        with tarfile.open(bundle, "r|") as tar:
            for member in tar:
                image = wanted.pop(member.name, None)
                if image is None:
                    continue
                source = tar.extractfile(member)
                if source is None:
                    raise UpdateError(f"{bundle.name}: {member.name} is not a file.")
                _write(source, image, targets[image.name])
    except (OSError, tarfile.TarError, EOFError) as error:
        raise UpdateError(f"The update was not written: {error}.") from error
    if wanted:
        raise UpdateError(f"{bundle.name} ends too early; copy it again.")


def _member(tar: tarfile.TarFile, name: str, limit: int) -> bytes:
    member = tar.next()
    source = tar.extractfile(member) if member is not None and member.name == name and member.size <= limit else None
    if source is None:
        raise tarfile.ReadError(f"{name} is missing")
    return source.read()


def _write(source: IO[bytes], image: Image, target: Path) -> None:
    """Unpack into the target; never more than the image's size, whatever the compressed data says."""
    digest, written = hashlib.sha256(), 0
    with target.open("r+b") as partition:
        with subprocess.Popen(
            ["zstd", "-dcq"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as unpacker:
            assert unpacker.stdin
            assert unpacker.stdout
            feeder = threading.Thread(target=_feed, args=(source, unpacker.stdin), daemon=True)
            feeder.start()
            while block := unpacker.stdout.read(min(BLOCK, image.size + 1 - written)):
                written += len(block)
                if written > image.size:
                    unpacker.kill()
                    break
                digest.update(block)
                partition.write(block)
            feeder.join()
        if written != image.size or digest.hexdigest() != image.sha256:
            raise UpdateError(f"The {image.name} image is damaged; copy the update again.")
        partition.flush()
        os.fsync(partition.fileno())
    if _sha256(target, image.size) != image.sha256:
        raise UpdateError(f"The card did not keep the {image.name} image; it may be worn out.")


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
