"""Pictures of screen and phone page: a mint that hangs for days, and a lettuce that was taken away.

`make plant-pictures` lives through a fortnight with three plants, measured by the whole of vision.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import msgspec

from sproutcast_pi.config.settings import CameraOptions, CaptureOptions, LightOptions
from sproutcast_pi.ports import CameraSettings
from sproutcast_pi.protocol.worker import WorkerAnswer
from sproutcast_pi.services.capture_keeper.job_builder import JobBuilder
from sproutcast_pi.services.photo_store import PhotoStore
from sproutcast_pi.simulated.greenhouse import Care, advance, begin, region, scene
from sproutcast_pi.simulated.rendered_camera import RenderedCamera
from sproutcast_pi.store.engine import INTERNAL, Store
from sproutcast_pi.vision.measure import measure
from sproutcast_pi.vision.photo.photo_file import photo_from_frame
from sproutcast_pi.vision.types import MeasureRequest
from tests.clocks import AutoAdvancingClock
from tests.services.gateway.browser import open_page
from tests.services.gateway.helpers import start_gateway
from tests.soak.scenarios import HOURS
from tests.ui import screen_fixtures, screen_harness
from tests.ui.screen_harness import Panel, prepare
from tests.web.helpers import pair
from ui.queries import QUERIES

DAYS = 14
NAMES = ("Basil", "Lettuce", "Mint")
DRY_FROM, TAKEN_AWAY = 4, 12.3
WIDTH, HEIGHT = 960, 720


def main() -> None:
    """Leave the pictures in the folder that was named."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots")
    target.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        # The page measures "ago" by the browser's clock, so the fortnight ends now.
        clock = AutoAdvancingClock(datetime.now(UTC))
        with start_gateway(Path(folder), clock, has_screen=lambda: True) as greenhouse:
            live_through(greenhouse.store, clock, Path(folder) / "pictures")
            asyncio.run(phone(greenhouse, target))
            screen(greenhouse.store, Path(folder) / "pictures", clock.now(), target)


def live_through(store: Store, clock: AutoAdvancingClock, folder: Path) -> None:
    """A fortnight with three plants; the clock stands at its end afterwards."""
    end = clock.now()
    start = end.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=DAYS)
    light = [
        (start + timedelta(days=day, hours=hour), level)
        for day in range(DAYS + 1)
        for hour, level in ((6, 1.0), (22, 0.0))
    ]
    clock.jump(start)
    ids = [
        store.call("create_plant", {"name": name, "region": region(place, 3)}, caller=INTERNAL).value
        for place, name in enumerate(NAMES)
    ]
    care = [
        Care(plant=plant, kind="water", at=start + timedelta(days=day, hours=9))
        for day in range(0, DAYS, 2)
        for plant in ids
        if plant != ids[2] or day < DRY_FROM
    ]
    care.append(Care(plant=ids[1], kind="remove", at=start + timedelta(days=TAKEN_AWAY)))
    jobs = JobBuilder(
        store=store,
        pictures=PhotoStore(folder),
        camera=CameraOptions(source="simulated"),
        light=LightOptions(),
        captures=CaptureOptions(),
        scene=lambda _at: None,
        mask_folder=folder,
    )
    greenhouse = begin(start, ids, 7)
    capture_times = [start + timedelta(days=day, hours=hour) for day in range(DAYS) for hour in HOURS]
    for count, moment in enumerate(capture_times):
        clock.advance_to(moment)
        greenhouse = advance(greenhouse, moment, light=light, care=care)
        _photograph(store, jobs, RenderedCamera(scene(greenhouse), capture=count), folder)
    clock.advance_to(end)


def _photograph(store: Store, jobs: JobBuilder, camera: RenderedCamera, folder: Path) -> None:
    capture = store.call("request_capture", {"reason": "schedule"}, caller=INTERNAL).value
    store.call("begin_capture", {"capture_id": capture, "light_level": 1.0}, caller=INTERNAL)
    (row,) = store.query("SELECT * FROM capture WHERE id = ?", (capture,))
    job = jobs.capture_job(row, datetime.fromisoformat(row["started_at"]), 1.0)
    picture = camera.render(CameraSettings(width=WIDTH, height=HEIGHT)).picture
    found = measure(photo_from_frame(picture), MeasureRequest(plants=job.plants, at=job.at))
    for name in (job.file, job.thumb):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / name), picture)
    answer = WorkerAnswer(
        capture=capture,
        file=job.file,
        thumb=job.thumb,
        width=WIDTH,
        height=HEIGHT,
        bytes=1,
        quality=found.quality,
        plants=found.plants,
    )
    store.call("finish_capture", {"capture_id": capture, "answer": msgspec.to_builtins(answer)}, caller=INTERNAL)


async def phone(greenhouse: Any, target: Path) -> None:
    """The phone page of a carer."""
    code = greenhouse.call_as_owner("start_pairing", {"role": "carer"})["code"]
    with TemporaryDirectory() as profile:
        async with open_page(f"{greenhouse.url}/", Path(profile)) as page:
            await page.wait_until("document.querySelector('#code')")
            await pair(page, code)
            await page.wait_until("document.querySelectorAll('.plant img.shown').length >= 3")
            await page.evaluate(
                "Promise.all([...document.images].filter((image) => image.complete).map((image) => image.decode()))"
            )
            await page.screenshot(target / "plants-phone.png")


def screen(store: Store, pictures: Path, now: datetime, target: Path) -> None:
    """The screen's home, alerts and the mint's page."""
    prepare(800, 480)
    screen_fixtures.NOW = now
    rows = {name: store.query(sql) for name, sql in QUERIES.items()}
    screen_harness.sample_photos = lambda: pictures
    panel = Panel(rows=rows, dark=False)
    for name, (page, light_target) in {
        "home": ("home", {}),
        "alerts": ("alerts", {}),
        "mint": ("plant", {"plant_id": 3}),
    }.items():
        panel.app.go(page, **light_target)
        panel.settle()
        panel.save(target / f"plants-screen-{name}.png")
    panel.close()


if __name__ == "__main__":
    main()
