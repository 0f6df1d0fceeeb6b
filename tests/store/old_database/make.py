"""Writes `store.db.gz` and `backup.tar.gz` with the program of commit b15d168, the last before messages had codes.

Run it in a checkout of that commit: `git archive b15d168 | tar -x -C DIR; cd DIR; python .../make.py FOLDER`.
"""

# ruff: noqa: INP001 - a program of its own, for another version of the code
# mypy: ignore-errors - the names are those of that commit

from __future__ import annotations

import gzip
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw

sys.path.insert(0, ".")
from sproutcast_pi.model import reasons
from sproutcast_pi.store.backup import save
from sproutcast_pi.store.engine import INTERNAL, Caller, Store

OWNER = Caller(name="Ada", role="owner")


class Clock:
    def __init__(self):
        self.moment = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)

    def now(self):
        return self.moment

    def monotonic(self):
        return self.moment.timestamp()

    def trusted(self):
        return True

    def wait(self, event, seconds):
        return event.is_set()


def photograph(store, clock, hours=1, **facts):
    clock.moment += timedelta(hours=hours)
    capture = store.call("request_capture", {"reason": "schedule"}, caller=OWNER).value
    store.call("begin_capture", {"capture_id": capture, "light_level": 0.8}, caller=INTERNAL)
    answer = {
        "capture": capture, "file": f"{capture}.jpg", "width": 8, "height": 8, "plants": [facts],
        "quality": {"verdict": "ok", "sharpness": 0.5, "exposure": 0.4, "reasons": []},
    }  # fmt: skip
    store.call("finish_capture", {"capture_id": capture, "answer": answer}, caller=INTERNAL)


def fill(store, clock):
    store.call("set_setting", {"name": "time_zone", "value": "Europe/Berlin"}, caller=OWNER)
    plant = store.call("create_plant", {"name": "Basil"}, caller=OWNER).value
    store.call("log_care", {"plant_id": plant, "kind": "water"}, caller=OWNER)
    for _ in range(2):
        photograph(store, clock, hours=2, plant=plant, turgor_index=0.41, left_out={"leaf_count": reasons.COVERED})
    for _ in range(3):
        photograph(store, clock, hours=2, plant=plant, yellow_percent=21.5, left_out={"area_cm2": reasons.POT_UNMARKED})
    failed = store.call("request_capture", {}, caller=OWNER).value
    why = "The camera did not answer within 20 s and was stopped. If this goes on, check its cable."
    store.call("fail_capture", {"capture_id": failed, "error": why}, caller=INTERNAL)
    for note in (
        {"category": "alert", "title": "No photographs", "message": f"3 photographs in a row failed: {why}",
         "advice": "Check that the camera's cable is firm at both ends, then restart from the screen."},
        {"category": "info", "title": "Plants found", "message": "The camera sees 3 plants.",
         "advice": "Give them their names, and draw their regions if they are not right."},
        {"category": "info", "title": "Hello", "message": "Words of somebody's own."},
    ):  # fmt: skip
        store.call("notify", note, caller=INTERNAL)
    for part in (
        {"part": "captures", "state": "ok", "message": "The next photograph is due at 2026-05-01T20:00:00.000000Z."},
        {"part": "disk", "state": "bad", "message": "Only 120 MB are free, and there are no more photographs to remove.",  # noqa: E501 - as it was
         "advice": "Make room on the card, or use a larger one."},
    ):  # fmt: skip
        store.call("set_health", part, caller=INTERNAL)


def main():
    folder, clock = Path(sys.argv[1]), Clock()
    path = folder / "store.db"
    store = Store(path, clock=clock, device="spr-test")
    fill(store, clock)
    store.close()
    save(path, None, folder / "backup.tar", clock.now())
    connection = apsw.Connection(str(path))
    connection.pragma("journal_mode", "DELETE")
    connection.execute("VACUUM")
    connection.close()
    (folder / "store.db.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    (folder / "backup.tar.gz").write_bytes(gzip.compress((folder / "backup.tar").read_bytes(), mtime=0))
    path.unlink()
    (folder / "backup.tar").unlink()


if __name__ == "__main__":
    main()
