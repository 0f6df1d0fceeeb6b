"""The loop: wait for the next due moment or a wish, take one picture at a time, never let one failure stop the next."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

import msgspec

from sproutcast_pi.config.settings import Captures
from sproutcast_pi.model.captures_due import CaptureSchedule, due, next_due
from sproutcast_pi.model.light_schedule import LightSchedule
from sproutcast_pi.model.moments import from_text, to_text
from sproutcast_pi.model.recovery import after_failure
from sproutcast_pi.ports import Clock
from sproutcast_pi.protocol.worker import WorkerAnswer, WorkerJob
from sproutcast_pi.services.capture_keeper.adopting import adopt
from sproutcast_pi.services.capture_keeper.jobs import Jobs
from sproutcast_pi.services.capture_keeper.lamp_check import LampCheck
from sproutcast_pi.services.light_keeper import LightKeeper
from sproutcast_pi.services.live_rows import LiveRows
from sproutcast_pi.services.pictures import Pictures
from sproutcast_pi.services.rounds import another_round
from sproutcast_pi.services.worker_process import WorkerFailedError
from sproutcast_pi.store.engine import INTERNAL, Store
from sproutcast_pi.store.messages import Row

LOG = logging.getLogger(__name__)
LONGEST_WAIT_S = 120.0
"""Something may change that no row tells (a turned clock), so look again after this long."""


class Worker(Protocol):
    """Runs one job; services.worker_process.WorkerProcess does it in a child."""

    def run(self, job: WorkerJob, deadline_s: float, stop: threading.Event) -> WorkerAnswer:
        """The answer; raises WorkerFailedError with a sentence."""


class CaptureKeeper:
    """One picture at a time, from the wish to the row."""

    name = "captures"

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        light: LightKeeper,
        light_schedule: Callable[[], LightSchedule],
        worker: Worker,
        jobs: Jobs,
        pictures: Pictures,
        captures: Captures,
        capture_level: float,
        beat: Callable[[], None],
        measured: Callable[[WorkerAnswer], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._light = light
        self._light_schedule = light_schedule
        self._worker = worker
        self._jobs = jobs
        self._pictures = pictures
        self._captures = captures
        self._capture_level = capture_level
        self._beat = beat
        self._measured = measured
        self._wake = threading.Event()
        self._failures = 0
        self._retry_at_s = float("-inf")
        self._told_next: tuple[datetime | None] | None = None
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
            while another_round(self._wake, stop):
                self._beat()
                capture = min(wanted.rows(), key=lambda row: row["id"], default=None)
                if capture and (capture["attempt"] == 0 or not self._pausing()):
                    self._take(capture, stop)
                    continue
                plan = self._plan(settings.rows())
                if not capture and not self._pausing() and self._request(plan, lapses.rows()):
                    continue
                self._clock.wait(self._wake, self._wait_s(plan, lapses.rows()))
        finally:
            for rows in (wanted, lapses, settings):
                rows.close()

    def _pausing(self) -> bool:
        return self._clock.monotonic() < self._retry_at_s

    def _plan(self, settings: list[Row]) -> CaptureSchedule:
        """The configuration's schedule, with what the owner chose on the screen."""
        chosen = {row["name"]: json.loads(row["value"]) for row in settings}
        quiet_from, quiet_until = chosen.get("quiet_from"), chosen.get("quiet_until")
        quiet_hours = (f"{quiet_from}-{quiet_until}",) if quiet_from and quiet_until else self._captures.quiet_hours
        return CaptureSchedule(
            interval_s=int(60 * chosen.get("capture_interval_min", self._captures.interval_min)),
            only_when_lit=chosen.get("captures_only_when_lit", self._captures.only_when_lit),
            quiet_hours=quiet_hours,
        )

    def _request(self, plan: CaptureSchedule, lapses: list[Row]) -> bool:
        """Wish for a capture when one is due; whether one was."""
        found = due(
            plan,
            self._light_schedule(),
            last_at=self._last_at(),
            now=self._clock.now(),
            timelapse_s=[row["interval_s"] for row in lapses],
            lit_now=not self._light.darkened,
        )
        if found is None:
            return False
        self._store.call("request_capture", {"reason": found.reason}, caller=INTERNAL)
        return True

    def _wait_s(self, plan: CaptureSchedule, lapses: list[Row]) -> float:
        now = self._clock.now()
        coming = next_due(
            plan,
            self._light_schedule(),
            last_at=self._last_at(),
            now=now,
            timelapse_s=[row["interval_s"] for row in lapses],
        )
        self._tell_next(coming)
        wait_s = LONGEST_WAIT_S if coming is None else max(0.0, (coming - now).total_seconds())
        if self._pausing():
            wait_s = self._retry_at_s - self._clock.monotonic()
        return min(wait_s, LONGEST_WAIT_S)

    def _tell_next(self, coming: datetime | None) -> None:
        """Show the next picture's moment to everybody, once for each: in words, and as seconds since 1970."""
        if (coming,) == self._told_next:
            return
        self._told_next = (coming,)
        message = f"The next photograph is due at {to_text(coming)}." if coming else "No photograph is due."
        self._health("captures", "ok", message, value=coming.timestamp() if coming else None)

    def _last_at(self) -> datetime | None:
        found = self._store.query(
            "SELECT started_at FROM capture WHERE attempt = 0 AND started_at IS NOT NULL "
            "AND reason IN ('schedule', 'catch_up', 'timelapse') ORDER BY id DESC LIMIT 1"
        )
        return from_text(found[0]["started_at"]) if found else None

    def _take(self, capture: Row, stop: threading.Event) -> None:
        with self._light.hold(self._capture_level) as held:
            level = self._capture_level if held else self._light.level
            self._store.call("begin_capture", {"capture_id": capture["id"], "light_level": level}, caller=INTERNAL)
            job = self._jobs.job(capture, self._clock.now(), level)
            try:
                answer = self._worker.run(job, self._captures.deadline_s, stop)
            except WorkerFailedError as error:
                self._failed(capture, job, str(error), retry=not stop.is_set())
                return
        self._finish(capture, answer, level)

    def _finish(self, capture: Row, answer: WorkerAnswer, level: float) -> None:
        answer = adopt(self._store, answer)
        self._store.call(
            "finish_capture", {"capture_id": capture["id"], "answer": msgspec.to_builtins(answer)}, caller=INTERNAL
        )
        self._jobs.learn(answer)
        self._lamp_check.judge(answer, level)
        self._measured(answer)
        if self._failures:
            LOG.info("photographs succeed again after %d failures", self._failures)
        self._failures = 0
        self._retry_at_s = float("-inf")
        self._health("camera", "ok", "Photographs succeed.")

    def _failed(self, capture: Row, job: WorkerJob, error: str, *, retry: bool) -> None:
        """Write the sentence, sweep what was half written, and pause before the next try."""
        self._pictures.remove((job.file, job.thumb, job.overlay))
        self._failures += 1
        step = after_failure(self._failures)
        self._retry_at_s = self._clock.monotonic() + step.pause_s
        LOG.warning("capture %d failed: %s", capture["id"], error)
        self._store.call("fail_capture", {"capture_id": capture["id"], "error": error, "retry": retry}, caller=INTERNAL)
        if not retry:
            return
        self._jobs.forget_lock()
        self._health("camera", "bad", error, "It is tried again by itself.")
        if step.tell:
            told = {
                "category": "alert",
                "title": "No photographs",
                "message": f"{self._failures} photographs in a row failed: {error}",
                "advice": "Check that the camera's cable is firm at both ends, then restart from the screen.",
            }
            self._store.call("notify", told, caller=INTERNAL)

    def _health(
        self, part: str, state: str, message: str, advice: str | None = None, *, value: float | None = None
    ) -> None:
        told: dict[str, Any] = {"part": part, "state": state, "message": message, "advice": advice, "value": value}
        self._store.call("set_health", told, caller=INTERNAL)
