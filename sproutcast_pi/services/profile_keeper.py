"""Learn how plants look at this place, from its own pictures, and ask when what was learned no longer fits."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from sproutcast_pi.ports import Clock
from sproutcast_pi.protocol.worker import WorkerAnswer
from sproutcast_pi.store.engine import INTERNAL, Store

LOG = logging.getLogger(__name__)
PICTURES = 4
"""So many good pictures of the same light teach a profile."""
LEARN_WITHIN_S = 120.0
TRY_AGAIN_AFTER = 12
"""Good pictures to wait for after a lesson that failed: the plants may look clearer when they have grown."""
MISFITS = 3
"""Pictures in a row a profile must not fit before it is put away: one may have a hand in it."""
IDLE_S = 3600.0
LEARNED = re.compile(r"confidence (\d\.\d+)")


class ProfileKeeper:
    """One profile a lamp state; learned by the `profile learn` command in a child, for OpenCV stays out of here."""

    name = "profiles"

    def __init__(self, *, store: Store, clock: Clock, pictures: Path, folder: Path) -> None:
        self._store = store
        self._clock = clock
        self._pictures = pictures
        self._folder = folder
        self._wake = threading.Event()
        self._misfits = 0
        self._wait_for = 0

    def wake(self) -> None:
        """Look at once; any thread may call."""
        self._wake.set()

    def measured(self, answer: WorkerAnswer) -> None:
        """A picture was measured: count whether the profile fitted, and see whether there is enough to learn from."""
        if answer.profile_fits is not None:
            self._misfits = 0 if answer.profile_fits else self._misfits + 1
        self._wait_for = max(0, self._wait_for - 1)
        self._wake.set()

    def run(self, stop: threading.Event) -> None:
        """Learn and watch until `stop`."""
        while not stop.is_set():
            self._wake.clear()
            if self._misfits >= MISFITS:
                self._put_away()
            self.learn_once(stop)
            self._clock.wait(self._wake, IDLE_S)

    def learn_once(self, stop: threading.Event) -> bool:
        """Learn from the newest good pictures under the lamp, when there is no profile yet; whether one was learned."""
        if self._wait_for or stop.is_set() or self._store.query("SELECT 1 FROM profile WHERE state != 'retired'"):
            return False
        since = self._store.query("SELECT coalesce(max(updated_at), '') AS at FROM profile WHERE state = 'retired'")
        good = self._store.query(
            "SELECT file FROM capture WHERE state = 'done' AND quality = 'ok' AND file IS NOT NULL AND light_level > 0 "
            "AND started_at > ? AND id IN (SELECT capture_id FROM analysis_result WHERE area_px > 0) "
            "ORDER BY id DESC LIMIT ?",
            (since[0]["at"], PICTURES),
        )
        if len(good) < PICTURES:
            return False
        number = self._store.query("SELECT count(*) AS n FROM profile")[0]["n"] + 1
        self._folder.mkdir(parents=True, exist_ok=True)
        out = self._folder / f"lamp-{number}.profile"
        confidence, said = self._lesson([self._pictures / row["file"] for row in good], out)
        if confidence is None:
            LOG.info("no profile was learned: %s", said)
            self._wait_for = TRY_AGAIN_AFTER
            self._say("warn", "The plants can't yet be told from this place by what was learned of it.")
            return False
        told = {"lamp_state": "lamp", "file": str(out), "version": number, "confidence": confidence, "message": said}
        profile_id = self._store.call("propose_profile", told, caller=INTERNAL).value
        self._store.call("set_profile_state", {"profile_id": profile_id, "state": "active"}, caller=INTERNAL)
        self._say("ok", f"How plants look here was learned from {PICTURES} pictures, confidence {confidence:.2f}.")
        return True

    def _lesson(self, photos: list[Path], out: Path) -> tuple[float | None, str]:
        """Confidence and what was said; None when nothing could be learned."""
        command = [sys.executable, "-m", "sproutcast_pi", "profile", "learn", *map(str, photos), str(out)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=LEARN_WITHIN_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            return None, str(error)
        found = LEARNED.search(done.stdout)
        if done.returncode != 0 or found is None:
            return None, done.stderr.strip()[-500:]
        return float(found.group(1)), "Learned from its own pictures; nobody has confirmed it."

    def _put_away(self) -> None:
        """The profile no longer fits: measure without it, and ask the owner what has changed."""
        self._misfits = 0
        active = self._store.query("SELECT id FROM profile WHERE state = 'active'")
        for row in active:
            why = f"{MISFITS} pictures in a row looked different."
            change = {"profile_id": row["id"], "state": "misfit", "message": why}
            self._store.call("set_profile_state", change, caller=INTERNAL)
        if not active:
            return
        advice = "Was the lamp or the camera changed? If so, let the place be learned again in the camera's settings."
        message = "The pictures look different from what was learned; measuring goes on without it."
        self._say("warn", message, advice)
        told = {"category": "info", "title": "The place looks different", "message": message, "advice": advice}
        self._store.call("notify", told, caller=INTERNAL)

    def _say(self, state: str, message: str, advice: str | None = None) -> None:
        told: dict[str, Any] = {"part": "profile", "state": state, "message": message, "advice": advice}
        self._store.call("set_health", told, caller=INTERNAL)
