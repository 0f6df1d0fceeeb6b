"""Captures in the guest: of the simulated greenhouse with Home Assistant, and of a V4L2 camera."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from check import PYTHON, Check, rows
from guest import Guest, GuestError
from screen_checks import wait_until_drawn

DISCOVERY = (
    f"{PYTHON} -c 'import json; import paho.mqtt.subscribe as s; "
    'm = s.simple("homeassistant/#", hostname="127.0.0.1", msg_count=1); '
    "print(m.topic); print(list(json.loads(m.payload)))'"
)
KERNEL_CAMERA = '[camera]\nsource = "v4l2:/dev/video0"\n[captures]\ndeadline_s = 600.0\n'
CAPTURE_S = 900.0


def check_results(guest: Guest, check: Check) -> None:
    """Check that a capture reaches the store and, over the guest's own broker, Home Assistant."""
    called = guest.sh("sproutcast call request_capture '{}'", 240)
    check.that("capture_requested", called.code == 0, called.out or called.err)
    with contextlib.suppress(GuestError):  # the rows are checked next
        guest.wait_until(rows("state", "capture") + " | grep -q done", CAPTURE_S)
    captures = guest.sh(rows("state, error", "capture"), 120).out
    results = guest.sh(rows("count(*)", "analysis_result"), 120).out
    check.that("results_stored", results not in ("", "[[0]]"), f"{captures} {results}")
    announced = guest.sh(DISCOVERY, 120)
    check.that("home_assistant_announced", announced.code == 0, announced.out or announced.err[-300:])


def check_v4l2_camera(guest: Guest, check: Check, pictures: Path) -> None:
    """Check that a fresh device opens the wizard and captures through V4L2 (the kernel's vivid)."""
    guest.sh("modprobe vivid n_devs=1")
    guest.wait_until("test -c /dev/video0", 60)
    guest.sh("systemctl stop sproutcast-screen sproutcast", 200)
    guest.sh(f"rm -rf /var/lib/sproutcast/*; cat > /etc/sproutcast/config.toml <<'END'\n{KERNEL_CAMERA}END")
    guest.sh("systemctl start sproutcast sproutcast-screen", 400)
    wizard = pictures / "image-first-boot.png"
    check.that("first_boot_drawn", held=True, seen=f"{wait_until_drawn(guest, wizard)} colours")
    guest.sh("sproutcast call request_capture '{}'", 240)
    with contextlib.suppress(GuestError):  # the row is checked next
        guest.wait_until(rows("state", "capture") + " | grep -q -e done -e failed", CAPTURE_S)
    found = json.loads(guest.wait_until(rows("state, error, width, height, bytes", "capture LIMIT 1"), 120).out)
    state, error, *size = found[0]
    check.that("kernel_camera_photographed", state == "done", size if state == "done" else error)
