"""Daemon benchmark: memory, idle CPU, bytes written, and latency of `watch`.

Run with `make bench`. Absolute figures depend on the machine; each has a reference from the same run.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sproutcast_pi.protocol.client import DaemonClient

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1e6
TICKS = os.sysconf("SC_CLK_TCK")
CONFIG = """\
[network]
host = "127.0.0.1"
port = {port}
[captures]
interval_min = {interval}
only_when_lit = {lit}
"""


def main() -> None:
    """Measure and print everything."""
    idle()
    written()
    latency()


def idle(seconds: float = 60.0) -> None:
    """Memory and CPU time of an idle daemon, beside a sleeping bare Python."""
    with daemon(speed=1.0, interval=600, lit="true", port=18081) as (process, _):
        time.sleep(10)
        before = cpu_s(process.pid)
        time.sleep(seconds)
        used = cpu_s(process.pid) - before
        bare = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        time.sleep(1)
        print(f"memory resident: {resident_mb(process.pid):.1f} MB (a bare Python: {resident_mb(bare.pid):.1f} MB)")
        print(f"idle processor: {100 * used / seconds:.2f} % of a core over {seconds:.0f} s at speed 1")
        bare.kill()
        bare.wait()


def written(days: float = 2.0, speed: float = 3600.0) -> None:
    """Bytes written in a simulated day, photos excluded: the kernel's count for the daemon without its children."""
    with daemon(speed=speed, interval=60, lit="true", port=18082) as (process, folder):
        time.sleep(3)
        before = written_bytes(process.pid)
        time.sleep(days * 86400 / speed)
        per_day = (written_bytes(process.pid) - before) / days
        pictures = sum(path.stat().st_size for path in (folder / "data" / "pictures").rglob("*") if path.is_file())
    print(f"written to disk: {per_day / 1e6:.1f} MB in a simulated day without photographs at speed {speed:.0f}")
    print(f"photographs of the same time: {pictures / days / 1e6:.1f} MB a day")


def latency(results: int = 60) -> None:
    """Latency from a capture's commit to the line of `watch`, beside a bare pipe between two processes."""
    with daemon(speed=1.0, interval=600, lit="false", port=18083) as (_, folder):
        command = [sys.executable, "-m", "sproutcast_pi", "watch", "--json", "--socket", folder / "s.sock"]
        watch = subprocess.Popen(
            [*command, "SELECT * FROM capture WHERE state = 'done'"], stdout=subprocess.PIPE, text=True
        )
        assert watch.stdout
        watch.stdout.readline()
        client = DaemonClient(folder / "s.sock", name="bench")
        client.start()
        while not client.connected:
            time.sleep(0.05)
        delays = []
        for _ in range(results):
            client.call("request_capture", {"reason": "button"}).result(30)
            line = json.loads(watch.stdout.readline())
            printed = time.time()
            row: dict[str, Any] = (line["insert"] or line["update"])[0]
            delays.append(1000 * (printed - datetime.fromisoformat(row["finished_at"]).timestamp()))
        client.stop()
        watch.terminate()
    delays.sort()
    print(
        f"finish_capture begun to printed by watch: median {statistics.median(delays):.1f} ms, "
        f"95th {delays[int(0.95 * len(delays))]:.1f} ms, worst {delays[-1]:.1f} ms of {results} "
        f"(a bare pipe there and back: {pipe_ms():.2f} ms)"
    )


@contextmanager
def daemon(*, speed: float, interval: int, lit: str, port: int) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Run a daemon with the simulated greenhouse in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="sproutcast-bench-") as name:
        folder = Path(name)
        (folder / "config.toml").write_text(CONFIG.format(interval=interval, lit=lit, port=port), encoding="utf-8")
        command = [sys.executable, "-m", "sproutcast_pi", "run", "--config", folder / "config.toml"]
        command += ["--data", folder / "data", "--socket", folder / "s.sock", "--speed", str(speed)]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "MALLOC_ARENA_MAX": "2"})
        try:
            met = threading.Event()
            client = DaemonClient(folder / "s.sock", name="bench")
            client.on_state(lambda state, _: met.set() if state == "live" else None)
            client.start()
            if not met.wait(30):
                raise RuntimeError((folder / "log").read_text(encoding="utf-8"))
            client.stop()
            yield process, folder
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(15)


def resident_mb(pid: int) -> float:
    """Resident memory of a process in MB."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE_MB


def cpu_s(pid: int) -> float:
    """CPU seconds of a process without its children."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def written_bytes(pid: int) -> int:
    """Bytes written to disk by a process."""
    lines = Path(f"/proc/{pid}/io").read_text(encoding="ascii").splitlines()
    return int(dict(line.split(": ") for line in lines)["write_bytes"])


def pipe_ms(rounds: int = 200) -> float:
    """Median round-trip milliseconds of a line to another Python."""
    echo = "import sys\nfor line in sys.stdin: print(line, end='', flush=True)"
    other = subprocess.Popen([sys.executable, "-c", echo], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert other.stdin
    assert other.stdout
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        other.stdin.write("x\n")
        other.stdin.flush()
        other.stdout.readline()
        times.append(time.perf_counter() - began)
    other.kill()
    other.wait()
    return 1000 * statistics.median(times)


if __name__ == "__main__":
    print(f"daemon bench, {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores")
    main()
