"""The demo leaves nothing behind, however it ends."""

import os
import signal
import subprocess
import sys

import pytest


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_demo_that_is_ended_takes_its_daemon_and_its_folder_along(tmp_path, number):
    environ = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "sproutcast_pi", "demo"]
    demo = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        first = demo.stdout.readline()
        assert "area" in first
        (folder,) = tmp_path.glob("sproutcast-demo-*")
        demo.send_signal(number)
        demo.send_signal(number)
        said = demo.communicate(timeout=60)[0]
        assert demo.returncode == 0, said
        assert "Traceback" not in said
        assert not folder.exists()
        assert (
            str(folder) not in subprocess.run(["ps", "-Ao", "args"], capture_output=True, text=True, check=True).stdout
        )
    finally:
        demo.kill()
        demo.wait()
