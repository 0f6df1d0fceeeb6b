"""Speed benchmark: analysis at 12 megapixels against one full decode of the same file; CPU time, one core."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from bench.vision_baselines import hsv_naive, lab_otsu, plantcv
from sproutcast_pi.vision.measure import measure_photo

REPEATS = 12


def print_table(dev: Path) -> None:
    """Print milliseconds and ratios."""
    file = dev / "rice_pots" / "GN2_5541_full.jpg"
    data = np.fromfile(file, np.uint8)
    full = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert full is not None
    decode, ours, hsv, lab = _least(
        lambda: cv2.imdecode(data, cv2.IMREAD_COLOR),
        lambda: measure_photo(file),
        lambda: hsv_naive(full),
        lambda: lab_otsu(full),
    )
    rows = {
        "full decode": decode,
        "ours, everything": ours,
        "HSV naive, mask only": decode + hsv,
        "Lab Otsu, mask only": decode + lab,
    }
    rival = plantcv(Path(".cache/plantcv/bin/python"), [file], Path(".cache/plantcv-masks"))
    if rival:
        rows["PlantCV mask, size, colour"] = rival[str(file)][1] * 1e3
    print(f"\nHealth check of {full.shape[1]} x {full.shape[0]} (processor time, one core, least of {REPEATS})")
    for name, milliseconds in rows.items():
        print(f"  {name:28} {milliseconds:8.1f} ms   {milliseconds / decode:6.2f} decodes")
    print(f"  peak memory above an idle interpreter with cv2 loaded: {_memory_mb(file):.0f} MB")


def _least(*works: Callable[[], object]) -> list[float]:
    """Minimum milliseconds of each; they alternate, so that other load affects all alike."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(REPEATS):
        for work, taken in zip(works, times, strict=True):
            started = time.process_time()
            work()
            taken.append(time.process_time() - started)
    return [min(taken) * 1e3 for taken in times]


def _memory_mb(file: Path) -> float:
    script = (
        "import json,sys,cv2;cv2.setNumThreads(1);import numpy\n"
        "from pathlib import Path;from sproutcast_pi.vision.measure import measure_photo\n"
        "def peak(): return int(next(l for l in open('/proc/self/status') if l.startswith('VmHWM')).split()[1])\n"
        "idle=peak()\n"
        "measure_photo(Path(sys.argv[1]))\n"
        "print(json.dumps((peak()-idle)/1024))"
    )
    done = subprocess.run([sys.executable, "-c", script, file], capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout))
