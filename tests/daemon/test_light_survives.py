"""The lamp beside neighbours that fail: descriptors gone, a database somebody locks, a clock that raises."""

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import apsw

from tests.waiting import wait_until


def level(one):
    return one.rows("SELECT now_level, now_reason FROM light")[0]


def descriptors(pid):
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def test_the_lamp_obeys_while_no_descriptor_is_left(daemon):
    one = daemon("--speed", "60")
    client = one.client()
    try:
        one.connected(client)
        client.call("override_light", {"level": 0.5, "minutes": 600}).result(60)
        wait_until(lambda: level(one) == (0.5, "override"))
        open_now = descriptors(one.process.pid)
        resource.prlimit(one.process.pid, resource.RLIMIT_NOFILE, (open_now, 4096))
        # The board is read every five seconds of a clock that runs sixty times as fast.
        for wanted in (0.0, 0.25, 1.0) * 3:
            client.call("override_light", {"level": wanted, "minutes": 600}).result(60)
            wait_until(lambda wanted=wanted: level(one) == (wanted, "override"))
        assert one.alive()
    finally:
        client.stop()
    resource.prlimit(one.process.pid, resource.RLIMIT_NOFILE, (4096, 4096))
    assert one.stop() == 0
    assert level(one)[0] == 0.0


def test_a_reload_while_the_database_is_locked_leaves_the_lamp_on_and_a_stop_ends_the_process(daemon):
    one = daemon("--speed", "60")
    client = one.client()
    one.connected(client)
    client.stop()
    locker = apsw.Connection(str(one.folder / "data" / "sproutcast.sqlite3"))
    locker.set_busy_timeout(60_000)
    locker.execute("BEGIN IMMEDIATE")
    try:
        one.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "configuration read again" in one.log.read_text())
        state = one.folder / "data" / "light.json"
        before = state.stat().st_mtime_ns
        wait_until(lambda: state.stat().st_mtime_ns > before)
        assert one.alive()
        assert one.stop_s() < 10.0
    finally:
        locker.execute("ROLLBACK")
        locker.close()
    assert one.process.returncode in {0, os.EX_SOFTWARE}


FAILING_CLOCK = """
import sys
from sproutcast_pi import cli
from sproutcast_pi.app import daemon
from sproutcast_pi.simulated.clocks import SpeedClock


class FailingClock(SpeedClock):
    def now(self):
        if self.monotonic() > 600:
            raise OSError(24, "Too many open files")
        return super().now()


daemon.open_clock = lambda *_: FailingClock(60)
sys.exit(cli.run(sys.argv[1:]))
"""


def test_a_light_loop_that_ends_ends_the_process(tmp_path):
    """With a clock that fails for good ten seconds after the start, under the same port as the real one."""
    command = [sys.executable, "-c", FAILING_CLOCK, "run", "--data", str(tmp_path), "--light", "simulated"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == os.EX_SOFTWARE
    assert "control loop ended: OSError" in done.stderr
