"""Keys and bundles of small images, good and bad."""

import hashlib
import io
import json
import subprocess
import tarfile

GRUBENV = b"# GRUB Environment Block\nslot=a\ntry=\n".ljust(1024, b"#")
BOOT, SYSTEM = b"kernel" * 1000, b"system" * 50_000


def make_key(folder):
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", folder / "private"], check=True)
    subprocess.run(["openssl", "pkey", "-in", folder / "private", "-pubout", "-out", folder / "public"], check=True)


def make_bundle(path, private, *, version="0.2.0", boards=("virtual",), spoil=None, cut=None, system=SYSTEM, **more):
    """Made by hand, so that every part of it can be wrong."""
    images = [
        {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in (("boot", BOOT), ("system", SYSTEM))
    ]
    manifest = json.dumps({"format": 1, "version": version, "boards": boards, "images": images, **more}).encode()
    data, proof = path.with_suffix(".m"), path.with_suffix(".s")
    data.write_bytes(manifest)
    sign = ["openssl", "pkeyutl", "-sign", "-inkey", private, "-rawin", "-in", data, "-out", proof]
    subprocess.run(sign, check=True)
    members = {"manifest.json": spoil(manifest) if spoil else manifest, "manifest.sig": proof.read_bytes()}
    for name, content in (("boot", BOOT), ("system", system)):
        members[f"{name}.zst"] = subprocess.run(["zstd", "-qc"], input=content, capture_output=True, check=True).stdout
    with tarfile.open(path, "w") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    if cut:
        path.write_bytes(path.read_bytes()[:cut])
    return path
