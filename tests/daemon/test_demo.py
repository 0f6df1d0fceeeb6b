"""The demo leaves nothing behind, however it ends, and says why it can't show what it is asked to."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.daemon.helpers import environment_without_display


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
        output = demo.communicate(timeout=60)[0]
        assert demo.returncode == 0, output
        assert "Traceback" not in output
        assert not folder.exists()
        assert not [line for line in command_lines() if str(folder) in line]
    finally:
        demo.kill()
        demo.wait()


def run_with_screen(tmp_path, **display):
    environ = environment_without_display() | {"TMPDIR": str(tmp_path), **display}
    command = [sys.executable, "-m", "sproutcast_pi", "demo", "--screen"]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.skipif(any(Path("/dev/dri").glob("card*")), reason="there is a display here, which nothing takes away")
def test_a_demo_with_a_screen_and_no_display_says_so_before_it_starts(tmp_path):
    done = run_with_screen(tmp_path)
    assert done.returncode == 1
    assert "There is no display to draw on" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_a_demo_whose_screen_can_t_be_opened_ends_with_the_reason(tmp_path):
    done = run_with_screen(tmp_path, DISPLAY=":77")
    assert done.returncode == 1
    assert "The screen did not stay open" in done.stderr
    assert "No window opens with the display driver x11" in done.stderr
    assert not list(tmp_path.glob("sproutcast-demo-*"))
