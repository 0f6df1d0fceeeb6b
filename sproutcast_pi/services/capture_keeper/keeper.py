"""Capture loop: wait until one is due or requested, take one picture at a time, survive each failure."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import msgspec

from sproutcast_pi.config.settings import CaptureOptions
from sproutcast_pi.messages.areas import captures
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.messages.message import Message
from sproutcast_pi.model.capture_backoff import decide_retry
from sproutcast_pi.model.capture_schedule import CaptureSchedule, due_capture, next_due_at
from sproutcast_pi.model.light_schedule import LightSchedule
from sproutcast_pi.model.timestamps import from_text, to_text
from sproutcast_pi.ports import Clock
from sproutcast_pi.protocol.worker import WorkerAnswer, WorkerJob
from sproutcast_pi.services.capture_keeper.auto_register import register_plants
from sproutcast_pi.services.capture_keeper.job_builder import JobBuilder
from sproutcast_pi.services.capture_keeper.lamp_check import LampCheck
from sproutcast_pi.services.health import HealthReporter
from sproutcast_pi.services.light_keeper import LightKeeper
from sproutcast_pi.services.live_rows import LiveRows
from sproutcast_pi.services.photo_store import PhotoStore
from sproutcast_pi.services.service_loop import keep_going
from sproutcast_pi.services.worker_process import WorkerFailedError
from sproutcast_pi.store.engine import INTERNAL, Store
from sproutcast_pi.store.messages import Row

LOG = logging.getLogger(__name__)
MAX_WAIT_S = 120.0
"""Something may change without a row (a turned clock), so look again after this long."""


class Worker(Protocol):
    """Runs one job; services.worker_process.WorkerProcess does it in a child."""

    def run(self, job: WorkerJob, deadline_s: float, stop: threading.Event) -> WorkerAnswer:
        """The answer; raises WorkerFailedError with a sentence."""


class CaptureKeeper:
    """One picture at a time, from the request to the row."""

    name = "captures"

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        light: LightKeeper,
        light_schedule: Callable[[], LightSchedule],
        worker: Worker,
        jobs: JobBuilder,
        pictures: PhotoStore,
        captures: CaptureOptions,
        capture_level: float,
        beat: Callable[[], None],
        measured: Callable[[WorkerAnswer], None],
    ) -> None:
        self._store = store
        self._health = HealthReporter(store)
        self._clock = clock
        self._light = light
        self._light_schedule = light_schedule
        self._worker = worker
        self._job_builder = jobs
        self._photos = pictures
        self._captures = captures
        self._capture_level = capture_level
        self._beat = beat
        self._on_measured = measured
        self._wake = threading.Event()
        self._failures = 0
        self._retry_at_s = float("-inf")
        self._reported_next: tuple[datetime | None] | None = None
        self._lamp_check = LampCheck(store)

    def wake(self) -> None:
        """Look at once; any thread may call."""
        self._wake.set()

    def run(self, stop: threading.Event) -> None:
        """Take pictures until `stop`."""
        wanted = LiveRows(self._store, "SELECT * FROM capture WHERE state = 'wanted'", on_change=self._wake.set)
        lapses = LiveRows(self._store, "SELECT * FROM timelapse WHERE ended_at IS NULL", on_change=self._wake.set)
        settings = LiveRows(self._store, "SELECT * FROM setting", key="name", on_change=self._wake.set)
        try:
            while keep_going(self._wake, stop):
                self._beat()
                capture = min(wanted.rows(), key=lambda row: row["id"], default=None)
                if capture and (capture["attempt"] == 0 or not self._backing_off()):
                    self._capture(capture, stop)
                    continue
                plan = self._schedule(settings.rows())
                if not capture and not self._backing_off() and self._request_due(plan, lapses.rows()):
                    continue
                self._clock.wait(self._wake, self._wait_s(plan, lapses.rows()))
        finally:
            for rows in (wanted, lapses, settings):
                rows.close()

    def _backing_off(self) -> bool:
        return self._clock.monotonic() < self._retry_at_s

    def _schedule(self, settings: list[Row]) -> CaptureSchedule:
        """The configuration's schedule, with what the owner chose on the screen."""
        chosen = {row["name"]: json.loads(row["value"]) for row in settings}
        quiet_from, quiet_until = chosen.get("quiet_from"), chosen.get("quiet_until")
        quiet_hours = (f"{quiet_from}-{quiet_until}",) if quiet_from and quiet_until else self._captures.quiet_hours
        return CaptureSchedule(
            interval_s=int(60 * chosen.get("capture_interval_min", self._captures.interval_min)),
            only_when_lit=chosen.get("captures_only_when_lit", self._captures.only_when_lit),
            quiet_hours=quiet_hours,
        )

    def _request_due(self, plan: CaptureSchedule, lapses: list[Row]) -> bool:
        """Request a capture when one is due; whether one was."""
        found = due_capture(
            plan,
            self._light_schedule(),
            last_at=self._last_at(),
            now=self._clock.now(),
            timelapse_s=[row["interval_s"] for row in lapses],
            lit_now=not self._light.dark_by_override,
        )
        if found is None:
            return False
        self._store.call("request_capture", {"reason": found.reason}, caller=INTERNAL)
        return True

    def _wait_s(self, plan: CaptureSchedule, lapses: list[Row]) -> float:
        now = self._clock.now()
        coming = next_due_at(
            plan,
            self._light_schedule(),
            last_at=self._last_at(),
            now=now,
            timelapse_s=[row["interval_s"] for row in lapses],
        )
        self._report_next(coming)
        wait_s = MAX_WAIT_S if coming is None else max(0.0, (coming - now).total_seconds())
        if self._backing_off():
            wait_s = self._retry_at_s - self._clock.monotonic()
        return min(wait_s, MAX_WAIT_S)

    def _report_next(self, coming: datetime | None) -> None:
        """Report the next picture's time, once for each: in words, and as seconds since 1970."""
        if (coming,) == self._reported_next:
            return
        self._reported_next = (coming,)
        message = captures.NEXT_DUE(at=to_text(coming)) if coming else captures.NONE_DUE()
        due_at = to_text(coming) if coming else None
        self._health.report("captures", "ok", message, value=coming.timestamp() if coming else None, due_at=due_at)

    def _last_at(self) -> datetime | None:
        found = self._store.query(
            "SELECT started_at FROM capture WHERE attempt = 0 AND started_at IS NOT NULL "
            "AND reason IN ('schedule', 'catch_up', 'timelapse') ORDER BY id DESC LIMIT 1"
        )
        return from_text(found[0]["started_at"]) if found else None

    def _capture(self, capture: Row, stop: threading.Event) -> None:
        with self._light.hold(self._capture_level) as held:
            level = self._capture_level if held else self._light.level
            self._store.call("begin_capture", {"capture_id": capture["id"], "light_level": level}, caller=INTERNAL)
            job = self._job_builder.capture_job(capture, self._clock.now(), level)
            try:
                answer = self._worker.run(job, self._captures.deadline_s, stop)
            except WorkerFailedError as error:
                self._fail(capture, job, error.message, retry=not stop.is_set())
                return
        self._finish(capture, answer, level)

    def _finish(self, capture: Row, answer: WorkerAnswer, level: float) -> None:
        answer = register_plants(self._store, answer)
        self._store.call(
            "finish_capture", {"capture_id": capture["id"], "answer": msgspec.to_builtins(answer)}, caller=INTERNAL
        )
        self._job_builder.lock_settings(answer, level)
        self._lamp_check.check(answer, level)
        self._on_measured(answer)
        if self._failures:
            LOG.info("photographs succeed again after %d failures", self._failures)
        self._failures = 0
        self._retry_at_s = float("-inf")
        self._health.report("camera", "ok", captures.WORKING())

    def _fail(self, capture: Row, job: WorkerJob, error: Message, *, retry: bool) -> None:
        """Write the sentence, sweep what was half written, and pause before the next try."""
        self._photos.remove((job.file, job.thumb, job.overlay))
        self._failures += 1
        step = decide_retry(self._failures)
        self._retry_at_s = self._clock.monotonic() + step.delay_s
        LOG.warning("capture %d failed: %s", capture["id"], english(error))
        self._store.call("fail_capture", {"capture_id": capture["id"], "error": error, "retry": retry}, caller=INTERNAL)
        if not retry:
            return
        self._job_builder.unlock_settings()
        self._health.report("camera", "bad", error, captures.RETRYING())
        if step.notify:
            notification = {
                "category": "alert",
                "title": captures.NO_PHOTOS(),
                "message": captures.FAILED_IN_A_ROW(n=self._failures, reason=error),
                "advice": captures.CHECK_CABLE(),
            }
            self._store.call("notify", notification, caller=INTERNAL)
