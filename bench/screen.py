"""The screen's speed in memory: first frame, commit to pixels, idle processor time, scrolling fifty plants, memory."""

from __future__ import annotations

import resource
import statistics
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(HERE / "tests" / "ui"), str(HERE / "tests"), str(HERE)]

COMMITS = 60
IDLE_S = 10.0
SCROLL_S = 5.0
HOUR_OF_CHANGES = 3600
WARM = 200
"""Changes until every page has been built once."""
FRAME_MS = 1000 / 30


def resident_mb() -> float:
    """Return the resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def main() -> None:
    """Print every figure with its bound."""
    begun = time.perf_counter()
    import screen_scene as scene
    from screen_glass import Panel, prepare

    prepare(800, 480)
    panel = Panel(rows=scene.everything(50))
    print(f"first frame with photographs   {time.perf_counter() - begun:8.2f} s")

    from kivy.clock import Clock

    delays = []
    for i in range(COMMITS):
        row = {**scene.light(), "now_level": 0.5 + i / 200}
        started = time.perf_counter()
        panel.app.bridge.post(lambda row=row: panel.app.live.diff("light", update=[row]))
        panel.frame()
        delays.append((time.perf_counter() - started) * 1000)
    median = statistics.median(delays)
    print(f"message to drawn pixels        {median:8.1f} ms, {median / FRAME_MS:.2f} frames of 30 a second (bound 1.5)")

    Clock._max_fps = 30
    cpu, wall = time.process_time(), time.perf_counter()
    while time.perf_counter() - wall < IDLE_S:
        panel.loop.idle()
    share = (time.process_time() - cpu) / (time.perf_counter() - wall) * 100
    print(f"idle processor time            {share:8.2f} % of a core (bound 1)")
    Clock._max_fps = 0

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
    for i in range(WARM + HOUR_OF_CHANGES):
        if i == WARM:
            before = resident_mb()
        result = {**scene.results(1, 1)[0], "id": 100_000 + i, "health_score": 60 + i % 40}
        panel.app.live.diff("result", insert=[result], delete=[{**result, "id": 100_000 + i - 100}])
        panel.app.live.tell()
        if i % 10 == 0:
            panel.app.go(("home", "light", "alerts", "camera")[i // 10 % 4])
        panel.frame()
    after = resident_mb()
    growth = (after / before - 1) * 100
    print(f"memory after {HOUR_OF_CHANGES} changes      {after:8.1f} MB, {growth:+.1f} % (bound 5)")
    panel.close()


if __name__ == "__main__":
    main()
