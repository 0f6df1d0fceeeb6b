"""Learn how plants look at this place, from pictures a person confirmed or its own, and ask when it no longer fits."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
import threading
from pathlib import Path

from sproutcast_pi.messages.areas import recognition
from sproutcast_pi.messages.message import Message
from sproutcast_pi.ports import Clock
from sproutcast_pi.protocol.worker import WorkerAnswer
from sproutcast_pi.services.health import HealthReporter
from sproutcast_pi.services.live_rows import LiveRows
from sproutcast_pi.services.service_loop import keep_going
from sproutcast_pi.services.training_masks import (
    LAMP_STATE_CONDITIONS,
    PHOTOS_PER_PROFILE,
    confirmed_captures,
    prune_masks,
)
from sproutcast_pi.store.engine import INTERNAL, Store
from sproutcast_pi.store.messages import Row

LOG = logging.getLogger(__name__)
LEARN_TIMEOUT_S = 120.0
MIN_CONFIDENCE = 0.6
"""Confidence from which a profile of confirmed pictures is better than none."""
RETRY_AFTER_PHOTOS = 12
"""Good pictures to wait for after a training that failed: the plants may look clearer when they have grown."""
MAX_MISFITS = 3
"""Pictures in a row a profile must not fit before it is put away: one may have a hand in it."""
IDLE_S = 3600.0
CONFIDENCE_PATTERN = re.compile(r"confidence (\d\.\d+)")


class ProfileKeeper:
    """One profile a lamp state; learned by the `profile learn` command in a child, for OpenCV stays out of here."""

    name = "profiles"

    def __init__(self, *, store: Store, clock: Clock, pictures: Path, folder: Path) -> None:
        self._store = store
        self._health = HealthReporter(store)
        self._clock = clock
        self._photo_folder = pictures
        self._folder = folder
        self._mask_folder = folder / "lessons"
        self._failed_captures: set[int] = set()
        """Confirmed captures that could not teach: once is enough."""
        self._wake = threading.Event()
        self._misfits = 0
        self._photos_until_retry = 0

    def wake(self) -> None:
        """Look at once; any thread may call."""
        self._wake.set()

    def on_measured(self, answer: WorkerAnswer) -> None:
        """A picture was measured: count whether the profile fitted, and see whether there is enough to learn from."""
        if answer.profile_fits is not None:
            self._misfits = 0 if answer.profile_fits else self._misfits + 1
        self._photos_until_retry = max(0, self._photos_until_retry - 1)
        self._wake.set()

    def run(self, stop: threading.Event) -> None:
        """Learn and watch until `stop`."""
        right = "SELECT * FROM capture WHERE outline = 'right'"
        confirmed = LiveRows(self._store, right, on_change=self._wake.set)
        try:
            while keep_going(self._wake, stop):
                self.run_once(stop)
                self._clock.wait(self._wake, IDLE_S)
        finally:
            confirmed.close()

    def run_once(self, stop: threading.Event) -> None:
        """One round: put away what no longer fits, learn what can be learned, delete what has taught."""
        if self._misfits >= MAX_MISFITS:
            self._retire_misfit()
        for lamp_state in LAMP_STATE_CONDITIONS:
            self.learn_confirmed(lamp_state, stop)
        self.learn_once(stop)
        prune_masks(self._store, self._mask_folder)

    def learn_confirmed(self, lamp_state: str, stop: threading.Event) -> bool:
        """Learn from the pictures a person confirmed, when one of them has not taught yet; whether it was learned."""
        rows = confirmed_captures(self._store, lamp_state, self._mask_folder)
        ids = [row["id"] for row in rows]
        active = self._store.query(
            "SELECT lessons FROM profile WHERE state = 'active' AND lamp_state = ? ORDER BY id DESC LIMIT 1",
            (lamp_state,),
        )
        known = set(json.loads(active[0]["lessons"])) if active else set()
        if stop.is_set() or not set(ids) - known - self._failed_captures:
            return False
        confidence, output = self._train(lamp_state, rows, masks=True)
        if confidence is None or confidence < MIN_CONFIDENCE:
            LOG.info("the confirmed pictures %s taught nothing: %s", ids, output)
            self._failed_captures.update(ids)
            advice = recognition.BRIGHTER_LIGHT()
            self._health.report("profile", "warn", recognition.CONFIRMED_INDISTINCT(), advice)
            return False
        self._activate(lamp_state, confidence, recognition.LEARNED_CONFIRMED(n=len(ids)), lessons=ids)
        self._health.report(
            "profile",
            "ok",
            recognition.LOOKS_CONFIRMED(n=len(ids), confidence=confidence * 100),
        )
        return True

    def learn_once(self, stop: threading.Event) -> bool:
        """Learn from the newest good pictures under the lamp, when there is no profile yet; whether one was learned."""
        if (
            self._photos_until_retry
            or stop.is_set()
            or self._store.query("SELECT 1 FROM profile WHERE state != 'retired'")
        ):
            return False
        since = self._store.query("SELECT coalesce(max(updated_at), '') AS at FROM profile WHERE state = 'retired'")
        good = self._store.query(
            "SELECT id, file FROM capture WHERE state = 'done' AND quality = 'ok' AND file IS NOT NULL "
            "AND light_level > 0 AND coalesce(outline, '') != 'wrong' "
            "AND started_at > ? AND id IN (SELECT capture_id FROM analysis_result WHERE area_px > 0) "
            "ORDER BY id DESC LIMIT ?",
            (since[0]["at"], PHOTOS_PER_PROFILE),
        )
        if len(good) < PHOTOS_PER_PROFILE:
            return False
        confidence, output = self._train("lamp", good, masks=False)
        if confidence is None:
            LOG.info("no profile was learned: %s", output)
            self._photos_until_retry = RETRY_AFTER_PHOTOS
            self._health.report("profile", "warn", recognition.INDISTINCT())
            return False
        self._activate("lamp", confidence, recognition.LEARNED_ALONE())
        advice = recognition.CHECK_OUTLINES()
        self._health.report(
            "profile",
            "ok",
            recognition.LOOKS_ALONE(n=PHOTOS_PER_PROFILE, confidence=confidence * 100),
            advice,
        )
        return True

    def _next_version(self, lamp_state: str) -> tuple[int, Path]:
        """The version and the file of the next profile."""
        version = int(self._store.query("SELECT coalesce(max(version), 0) AS n FROM profile")[0]["n"]) + 1
        return version, self._folder / f"{lamp_state}-{version}.profile"

    def _activate(
        self, lamp_state: str, confidence: float, message: Message, *, lessons: list[int] | None = None
    ) -> None:
        version, file = self._next_version(lamp_state)
        profile = {
            "lamp_state": lamp_state, "file": str(file), "version": version, "confidence": confidence,
            "message": message, "lessons": lessons or [],
        }  # fmt: skip
        profile_id = self._store.call("propose_profile", profile, caller=INTERNAL).value
        self._store.call("set_profile_state", {"profile_id": profile_id, "state": "active"}, caller=INTERNAL)

    def _train(self, lamp_state: str, rows: list[Row], *, masks: bool) -> tuple[float | None, str]:
        """Confidence, None when nothing could be learned, and what was said; the profile is the next one's file."""
        self._folder.mkdir(parents=True, exist_ok=True)
        photos = [str(self._photo_folder / row["file"]) for row in sorted(rows, key=lambda row: int(row["id"]))]
        with_masks = ["--masks", str(self._mask_folder)] if masks else []
        out = str(self._next_version(lamp_state)[1])
        command = [sys.executable, "-m", "sproutcast_pi", "profile", "learn", *photos, *with_masks, out]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=LEARN_TIMEOUT_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            return None, str(error)
        found = CONFIDENCE_PATTERN.search(done.stdout)
        if done.returncode != 0 or found is None:
            return None, done.stderr.strip()[-500:]
        return float(found.group(1)), done.stdout.strip()[-500:]

    def _retire_misfit(self) -> None:
        """The profile no longer fits: measure without it, and ask the owner what has changed."""
        self._misfits = 0
        active = self._store.query("SELECT id FROM profile WHERE state = 'active'")
        for row in active:
            why = recognition.MISFIT_PHOTOS(n=MAX_MISFITS)
            change = {"profile_id": row["id"], "state": "misfit", "message": why}
            self._store.call("set_profile_state", change, caller=INTERNAL)
        if not active:
            return
        advice, message = recognition.MISFIT_ADVICE(), recognition.MISFIT()
        self._health.report("profile", "warn", message, advice)
        notification = {"category": "info", "title": recognition.MISFIT_TITLE(), "message": message, "advice": advice}
        self._store.call("notify", notification, caller=INTERNAL)
