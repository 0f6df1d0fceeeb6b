"""The MQTT library costs memory, so a daemon without a broker never loads it."""

import subprocess
import sys


def test_the_daemon_does_not_load_paho_by_itself():
    code = "import sys, sproutcast_pi.app.daemon; sys.exit('paho' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
