"""A root with the real picamera2, made by `install`, whose virtual cameras show photographs of plants."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import cv2
import pytest

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
ROOT = Path(os.environ.get("SPROUTCAST_CACHE") or PROJECT / ".cache") / "picamera2"
PHOTOS = PROJECT.parent / "shared/plants/dev/growlab_series"
RIBBON, USB = "/base/soc/i2c0mux/i2c@1/imx708@1a", "/base/scb/pcie@7d500000/pci@0,0/usb@0,0-1.2:1.0-046d:0825"
"""Ids as libcamera makes them on a Pi."""
SIZES = ((1920, 1080), (1280, 960))


class Picamera2Root:
    """Runs programs in the root, each with its own cameras; `work` is its folder."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.plug(RIBBON)

    def plug(self, *ids: str, sizes=SIZES) -> None:
        """Have these cameras, and no others."""
        formats = [{"width": width, "height": height, "frame_rates": [60, 60]} for width, height in sizes]
        camera = {"supported_formats": formats, "frames": {"path": "/srv/scratch/frames/"}, "model": "imx708"}
        (self.work / "cameras.yaml").write_text(json.dumps(dict.fromkeys(ids, camera)))

    def run(self, program: str, argument: dict, *, stdin: str = "", timeout: float = 90, whole: bool = True) -> dict:
        """The JSON line that a program of `inside` prints last; without `whole` also of one that did not end well."""
        command = ["unshare", "--mount", HERE / "enter", ROOT, PROJECT, self.work, self.work / "cameras.yaml"]
        command += ["python3", f"/srv/project/tests/picamera2/inside/{program}.py", json.dumps(argument)]
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=timeout, check=False)
        assert done.returncode == 0 or (done.stdout and not whole), done.stderr[-3000:]
        return json.loads(done.stdout.splitlines()[-1])

    def do(self, action: str, *, whole: bool = True, **arguments) -> dict:
        """What `session.py` answers."""
        return self.run("session", {"action": action, **arguments}, whole=whole)


@pytest.fixture
def picamera2(tmp_path):
    if not (ROOT / ".complete").exists():
        pytest.skip("the root with the real picamera2 is made by `make test-picamera2`, which needs root")
    if not PHOTOS.is_dir():
        pytest.skip("there are no photographs of plants beside the checkout")
    (tmp_path / "frames").mkdir()
    photo = cv2.imread(str(min(PHOTOS.glob("*.jpg"))))
    cv2.imwrite(str(tmp_path / "frames/0.jpg"), cv2.resize(photo, SIZES[0]))
    return Picamera2Root(tmp_path)
