"""The demo leaves nothing behind, however it ends."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest


def command_lines():
    """How every process of this machine was started."""
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            yield file.read_text(errors="replace")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_demo_that_is_ended_takes_its_daemon_and_its_folder_along(tmp_path, number):
    environ = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "sproutcast_pi", "demo"]
    demo = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        first = demo.stdout.readline()
        assert "leaf cover" in first
        (folder,) = tmp_path.glob("sproutcast-demo-*")
        demo.send_signal(number)
        demo.send_signal(number)
        said = demo.communicate(timeout=60)[0]
        assert demo.returncode == 0, said
        assert "Traceback" not in said
        assert not folder.exists()
        assert not [line for line in command_lines() if str(folder) in line]
    finally:
        demo.kill()
        demo.wait()
