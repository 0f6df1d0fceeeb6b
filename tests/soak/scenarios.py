"""Scenarios of the simulated greenhouse with known truth, measured through the real store and rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from sproutcast_pi.config.settings import CameraOptions, CaptureOptions, LightOptions
from sproutcast_pi.model.measurement import PlantMeasurement, Quality
from sproutcast_pi.ports import CameraSettings
from sproutcast_pi.protocol.worker import PlantJob, WorkerAnswer
from sproutcast_pi.services.capture_keeper.job_builder import JobBuilder
from sproutcast_pi.services.photo_store import PhotoStore
from sproutcast_pi.simulated.greenhouse import Care, Greenhouse, advance, begin, scene
from sproutcast_pi.simulated.rendered_camera import RenderedCamera, RenderedPhoto
from sproutcast_pi.store.engine import INTERNAL, Store
from tests.clocks import AutoAdvancingClock

START = datetime(2027, 3, 20, tzinfo=UTC)
DAYS = 30
HOURS = (8, 13, 18)
SIDE = 320
DRY_FROM = 8
SEED = 7
LIGHT = [
    (START + timedelta(days=day, hours=hour), level) for day in range(DAYS + 1) for hour, level in ((6, 1.0), (22, 0.0))
]
EVENTS = frozenset({"break", "remove", "return", "replace"})
"""What happens to a plant and is in no care log."""


class NoticeSpan(NamedTuple):
    """A notification: what it is about, on which day it was written, and on which it was over."""

    about: str
    """The metric it watches, or the question it asks."""
    day: float
    over: float | None


class Expected(NamedTuple):
    """A notification that has to come between two days, and whether it is over at the end."""

    about: str
    first: float
    last: float
    over: bool | None = False
    """None: whether it is over depends on the plant."""
    required: bool = True
    """Otherwise it is true of the plant, but need not come."""
    times: int = 1
    """How often it may come."""


class Act(NamedTuple):
    """Something done to the plant: care is logged unless `secret`, events never are."""

    day: float
    kind: str
    secret: bool = False


class Scenario(NamedTuple):
    """Thirty days of one plant."""

    name: str
    acts: tuple[Act, ...]
    expected: tuple[Expected, ...] = ()
    preset: str = "flower_health"
    start: tuple[tuple[str, Any], ...] = ()
    """Of the plant's state, what differs from a green, fed seedling."""


def watered(until: float = DAYS, since: float = 0) -> tuple[Act, ...]:
    """Watering every other day at nine."""
    return tuple(Act(day + 9 / 24, "water") for day in range(DAYS) if day % 2 == 0 and since <= day < until)


SCENARIOS = (
    Scenario("healthy", watered()),
    Scenario(
        "dying",
        watered(DRY_FROM),
        (Expected("turgor_index", 10, 14), Expected("hanging", 15, 19.5)),
    ),
    Scenario(
        "collapsed",
        (*watered(), Act(10.5, "break")),
        (Expected("turgor_index", 10.5, 11.6), Expected("hanging", 15.5, 16.6)),
    ),
    Scenario(
        "removed",
        (*watered(), Act(10.5, "remove"), Act(20.5, "return")),
        (Expected("presence", 10.5, 11.6, over=True),),
    ),
    Scenario("swapped", (*watered(), Act(10.5, "replace"), Act(10.5, "repot")), preset="growth_tracking"),
    Scenario(
        "swapped secretly",
        (*watered(), Act(12.5, "replace")),
        # Nobody said that it is another plant, so it may look limp against the one before.
        (Expected("smaller", 12.5, 14), Expected("turgor_index", 12.5, 15, over=None, required=False)),
    ),
    Scenario("pruned", (*watered(), Act(12.5, "prune")), preset="growth_tracking"),
    Scenario("repotted", (*watered(), Act(10.5, "repot")), preset="growth_tracking"),
    Scenario("purple", watered(), (Expected("measurable", 2, 4),), start=(("foliage_hue_deg", 300.0),)),
    Scenario(
        "dry and watered",
        (*watered(DRY_FROM), *watered(since=14)),
        (Expected("turgor_index", 10, 14.4, over=True),),
    ),
    Scenario(
        "slow decline",
        watered(),
        (
            Expected("yellow_percent", 12, 20, over=None, times=3),
            Expected("chlorophyll_index", 13, 22, over=None),
            Expected("health_score", 15, 28, over=None, required=False),
            Expected("hue_deg", 17, 30, over=None, required=False),
        ),
        start=(("food", 0.3),),
    ),
)


Measure = Callable[[RenderedPhoto, PlantJob, str], PlantMeasurement]


def live(scenario: Scenario, number: int, folder: Path, measure: Measure) -> list[NoticeSpan]:
    """Live through one scenario with one plant; returns every notification about it."""
    clock = AutoAdvancingClock(START)
    store = Store(folder / f"{number}.db", clock=clock, device="spr-scenario")
    plant = store.call("create_plant", {"name": "Mint", "preset": scenario.preset}, caller=INTERNAL).value
    jobs = JobBuilder(
        store=store,
        pictures=PhotoStore(folder),
        camera=CameraOptions(source="simulated"),
        light=LightOptions(),
        captures=CaptureOptions(),
        scene=lambda _at: None,
        mask_folder=folder,
    )
    greenhouse = _begin(scenario, number)
    care = [Care(plant=number, kind=act.kind, at=START + timedelta(days=act.day)) for act in scenario.acts]
    logged = sorted(act for act in scenario.acts if act.kind not in EVENTS and not act.secret)
    capture_times = [START + timedelta(days=day, hours=hour) for day in range(DAYS) for hour in HOURS]
    for count, moment in enumerate(capture_times):
        while logged and START + timedelta(days=logged[0].day) <= moment:
            act = logged.pop(0)
            clock.advance_to(START + timedelta(days=act.day))
            store.call("log_care", {"plant_id": plant, "kind": act.kind}, caller=INTERNAL)
        clock.advance_to(moment)
        greenhouse = advance(greenhouse, moment, light=LIGHT, care=care)
        _photograph(store, jobs, RenderedCamera(scene(greenhouse), capture=count), measure)
    rows = store.query("SELECT * FROM notification WHERE plant_id IS NOT NULL ORDER BY id")
    store.close()
    return [
        NoticeSpan(row["question"] or row["metric"], _day(row["created_at"]), _day(row["resolved_at"])) for row in rows
    ]


def _begin(scenario: Scenario, number: int) -> Greenhouse:
    greenhouse = begin(START, [number], SEED)
    plants = tuple(msgspec.structs.replace(state, **dict(scenario.start)) for state in greenhouse.plants)
    return msgspec.structs.replace(greenhouse, plants=plants)


def _photograph(store: Store, jobs: JobBuilder, camera: RenderedCamera, measure: Measure) -> None:
    capture = store.call("request_capture", {"reason": "schedule"}, caller=INTERNAL).value
    store.call("begin_capture", {"capture_id": capture, "light_level": 1.0}, caller=INTERNAL)
    (row,) = store.query("SELECT * FROM capture WHERE id = ?", (capture,))
    job = jobs.capture_job(row, datetime.fromisoformat(row["started_at"]), 1.0)
    photo = camera.render(CameraSettings(width=SIDE, height=SIDE))
    answer = WorkerAnswer(
        capture=capture,
        file=job.file,
        width=SIDE,
        height=SIDE,
        bytes=1,
        quality=Quality(verdict="ok", sharpness=0.8, exposure=0.4),
        plants=tuple(measure(photo, plant, job.at) for plant in job.plants),
    )
    store.call("finish_capture", {"capture_id": capture, "answer": msgspec.to_builtins(answer)}, caller=INTERNAL)


def _day(moment: str | None) -> float | None:
    return None if moment is None else (datetime.fromisoformat(moment) - START) / timedelta(days=1)


def faults(scenario: Scenario, notices: list[NoticeSpan]) -> list[str]:
    """What was not notified on its day, what was though nothing happened, and what was not over."""
    left = list(notices)
    wrong = []
    for expected in scenario.expected:
        found = next((one for one in left if one.about == expected.about), None)
        if found is None:
            wrong += [f"missing: {expected.about}"] if expected.required else []
            continue
        for again in [one for one in left if one.about == expected.about][: expected.times]:
            left.remove(again)
        if not expected.first <= found.day <= expected.last:
            wrong.append(f"{expected.about} on day {found.day:.1f}, not {expected.first:g} to {expected.last:g}")
        if expected.over is not None and (found.over is not None) != expected.over:
            wrong.append(f"{expected.about}: over {found.over}")
    return wrong + [f"unexpected: {one.about} on day {one.day:.1f}" for one in left]
