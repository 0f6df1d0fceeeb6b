"""Screen benchmark, offscreen: first frame, commit to pixels, idle CPU time, scrolling fifty plants, memory."""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HERE))

from bench.screen_daemon import Daemon  # noqa: E402 - found only now

COMMITS = 60
IDLE_S = 30.0
SETTLE_S = 12.0
"""Seconds until the loop has slowed down without touches."""
SCROLL_S = 5.0
SECONDS_OF_AN_HOUR = 3600
WARM = 1200
"""Seconds of use until every page has been opened and left several times, and the garbage collector has run."""
FRAME_MS = 1000 / 30
PAGES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("home", {}), ("plant", {"plant_id": 2}), ("plant", {"plant_id": 2, "tab": "trend"}), ("home", {}),
    ("plant", {"plant_id": 1, "tab": "care"}), ("timelapse", {"plant_id": 2}), ("alerts", {}), ("light", {}),
    ("camera", {}), ("regions", {"plant_id": 5}), ("outline", {}), ("plan", {"plant_id": 1}), ("settings", {}),
    ("diagnostics", {}), ("wifi", {}), ("phones", {}), ("software", {}), ("log", {}),
)  # fmt: skip


def resident_mb() -> float:
    """Return the resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def live(folder: Path) -> None:
    """Measure with a daemon in its own process: first frame, commit to pixels, idle CPU time."""
    begun = time.perf_counter()
    with Daemon(folder) as daemon:
        begun = time.perf_counter()
        from bench.screen_window import Window

        window = Window(daemon.socket)
        window.until(lambda: window.flips > 0)
        print(f"first frame                    {time.perf_counter() - begun:8.2f} s after Python was there")
        window.until(lambda: window.shows("Basil"))
        print(f"first frame with the plants    {time.perf_counter() - begun:8.2f} s")

        delays = []
        for i in range(COMMITS):
            name = f"Basil {i}"
            pause = threading.Timer(0.15 + (i % 7) * 0.011, daemon.rename, (name,))
            pause.start()
            window.until(partial(window.shows, name))
            drawn = datetime.now(UTC)
            delays.append((drawn - daemon.stamp(window.plant())).total_seconds() * 1000)
        median = statistics.median(delays)
        worst = max(delays)
        print(
            f"commit to drawn pixels         {median:8.1f} ms median, {median / FRAME_MS:.2f} frames (bound 1.5), "
            f"worst {worst:.1f} ms"
        )

        window.run(SETTLE_S)
        flips, cpu, wall = window.flips, time.process_time(), time.perf_counter()
        window.run(IDLE_S)
        share = (time.process_time() - cpu) / (time.perf_counter() - wall) * 100
        print(f"idle processor time            {share:8.2f} % of a core (bound 1), {window.flips - flips} frames drawn")
        window.close()


def alone() -> None:
    """Measure with fixture rows: scrolling and memory."""
    from tests.ui import screen_fixtures as scene
    from tests.ui.screen_harness import Panel, prepare

    prepare(800, 480)
    panel = Panel(rows=scene.everything(50))
    view = panel.find("RecycleView")
    panel.frame(5)
    frames, started = 0, time.perf_counter()
    cpu = time.process_time()
    while time.perf_counter() - started < SCROLL_S:
        view.scroll_y = 1 - (frames % 150) / 150
        panel.frame()
        frames += 1
    rate = frames / (time.perf_counter() - started)
    per_frame = (time.process_time() - cpu) / frames * 1000
    print(f"scrolling fifty plants         {rate:8.1f} frames a second, {per_frame:.1f} ms processor time (bound 30)")

    panel.settle()
    before = 0.0
    for i in range(WARM + SECONDS_OF_AN_HOUR):
        if i == WARM:
            before = resident_mb()
        result = {**scene.results(1, 1)[0], "id": 100_000 + i, "health_score": 60 + i % 40}
        panel.app.row_cache.diff("result", insert=[result], delete=[{**result, "id": 100_000 + i - 100}])
        panel.app.row_cache.notify()
        if i % 10 == 0:
            page, arguments = PAGES[i // 10 % len(PAGES)]
            panel.app.go(page, **arguments)
        panel.frame()
    after = resident_mb()
    growth = (after / before - 1) * 100
    print(
        f"memory after {SECONDS_OF_AN_HOUR} seconds of use {after:7.1f} MB, {growth:+.1f} % (bound 5): "
        f"a result a second, another of {len(PAGES)} pages every ten"
    )
    panel.close()


def main() -> None:
    """Print every figure with its bound."""
    if "alone" not in sys.argv[1:]:
        with tempfile.TemporaryDirectory(prefix="sproutcast-bench-") as folder:
            live(Path(folder))
    if "live" not in sys.argv[1:]:
        alone()


if __name__ == "__main__":
    main()
