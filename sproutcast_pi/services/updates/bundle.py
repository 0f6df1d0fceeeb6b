"""Read an update: a tar of a signed manifest and compressed images. Nothing of it is believed before its signature is.

The order inside is fixed (manifest.json, manifest.sig, then the images), so a bundle is read once, from front to end,
and may come from a network as well as from a stick.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Annotated, Literal

import msgspec
from msgspec import Meta

from sproutcast_pi.errors import SproutcastError
from sproutcast_pi.external_programs import require_program
from sproutcast_pi.messages.areas import updates
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.services.updates.partition import VerificationError, write_image
from sproutcast_pi.services.updates.tar_stream import TarStream, TarStreamError

MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
MANIFEST_LIMIT = 64_000
VERSION_PATTERN = r"\A[0-9]{1,4}(\.[0-9]{1,4}){1,3}\Z"
ImageName = Literal["boot", "system"]


class UpdateError(SproutcastError):
    """The update was not installed; the text says why, for the owner. The running system is untouched."""


class Image(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One partition's content."""

    name: ImageName
    size: Annotated[int, Meta(ge=1, le=1 << 33)]
    """Bytes, uncompressed."""
    sha256: Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
    """Of the uncompressed content."""


class UpdateManifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the maker signed."""

    format: Literal[1]
    version: Annotated[str, Meta(pattern=VERSION_PATTERN)]
    boards: tuple[str, ...]
    """Where it may be installed: "pi4", "pi5", "virtual"."""
    images: Annotated[tuple[Image, ...], Meta(min_length=2, max_length=2)]
    notes: Annotated[str, Meta(max_length=4000)] = ""
    """What is new, for the owner."""


def is_newer(version: str, than: str) -> bool:
    """Whether a version of dotted numbers is later; 0.10 comes after 0.9."""
    return tuple(map(int, version.split("."))) > tuple(map(int, than.split(".")))


class Bundle:
    """An update whose signature was good. Made from a stream that is read on as the images are written."""

    def __init__(self, stream: IO[bytes], name: str, key: Path) -> None:
        """Read up to the signature; raises UpdateError when `key` did not sign it, or when it is no bundle."""
        self._name = name
        try:
            self._tar = TarStream(stream)
            content = _member(self._tar, MANIFEST, MANIFEST_LIMIT)
            signature = _member(self._tar, SIGNATURE, 64)
        except (OSError, TarStreamError) as error:
            raise UpdateError(updates.NOT_A_BUNDLE(file=name, reason=cause(error))) from error
        if not signature_valid(content, signature, key):
            raise UpdateError(updates.NOT_SIGNED(file=name))
        try:
            self.manifest = msgspec.json.decode(content, type=UpdateManifest)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise UpdateError(updates.UNKNOWN_FORM(file=name, reason=cause(error))) from error
        if {image.name for image in self.manifest.images} != {"boot", "system"}:
            raise UpdateError(updates.INCOMPLETE(file=name))

    def write(
        self, targets: Mapping[ImageName, Path], progress: Callable[[float], None] = lambda _percent: None
    ) -> None:
        """Write each image over its target, a partition, and read it back; `progress` is called with percents.

        Raises UpdateError when an image is not what the manifest says, or a target is too small or can't be written.
        """
        wanted = {f"{image.name}.zst": image for image in self.manifest.images}
        whole = sum(image.size for image in self.manifest.images)
        done = 0

        def step(some: int) -> None:
            nonlocal done
            done += some
            progress(100.0 * done / whole)

        try:
            while wanted and (member := self._tar.next_member()) is not None:
                image = wanted.pop(member.name, None)
                if image is None:
                    continue
                write_image(member.content, targets[image.name], size=image.size, sha256=image.sha256, written=step)
        except VerificationError as error:
            raise UpdateError(error.message) from error
        except (OSError, TarStreamError) as error:
            raise UpdateError(updates.NOT_WRITTEN(reason=cause(error))) from error
        if wanted:
            raise UpdateError(updates.ENDS_EARLY(file=self._name))


def signature_valid(content: bytes, signature: bytes, key: Path) -> bool:
    """Whether `signature` is an Ed25519 signature (RFC 8032) of `content`; `key` is the public one, PEM.

    Raises UpdateError when it can't be checked, ProgramNotInstalledError without openssl.
    """
    if not key.exists():
        raise UpdateError(updates.NO_KEY(file=str(key)))
    with tempfile.TemporaryDirectory() as folder:
        data, proof = Path(folder, "data"), Path(folder, "proof")
        data.write_bytes(content)
        proof.write_bytes(signature)
        command = [require_program("openssl"), "pkeyutl", "-verify", "-pubin", "-inkey", str(key), "-rawin"]
        command += ["-in", str(data), "-sigfile", str(proof)]
        try:
            return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0
        except (OSError, subprocess.SubprocessError) as error:
            raise UpdateError(updates.NOT_CHECKED(reason=cause(error))) from error


def _member(tar: TarStream, name: str, limit: int) -> bytes:
    member = tar.next_member()
    if member is None or member.name != name or member.size > limit:
        raise TarStreamError(updates.MISSING_FILE(file=name))
    return member.content.read()
