"""A call of every reducer on a store of years, each with the most it can find to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from sproutcast_pi.model.timestamps import to_text
from sproutcast_pi.services.photo_retention import BATCH_SIZE
from sproutcast_pi.simulated.clocks import FakeClock
from sproutcast_pi.store.engine import INTERNAL, Store

Arguments = dict[str, Any]


NOTICE = {"plant_id": 2, "category": "alert", "title": "Hanging", "message": "It hangs."}
QUALITY = {"verdict": "ok", "sharpness": 0.5, "exposure": 0.3}


class Calls:
    """Prepares what each reducer needs, then yields its name and arguments; what ends the most comes last."""

    def __init__(self, store: Store, clock: FakeClock, plants: int) -> None:
        self._store = store
        self._clock = clock
        self._plants = plants

    def __iter__(self) -> Iterator[tuple[str, Arguments]]:
        for name, prepare in {**self._light(), **self._people(), **self._captures(), **self._notifications()}.items():
            yield name, prepare()
        for name, prepare in self._ends().items():
            yield name, prepare()

    def _do(self, reducer: str, /, **args: Any) -> Any:
        return self._store.call(reducer, args, caller=INTERNAL).value

    def _days_ago(self, days: float) -> str:
        return to_text(self._clock.now() - timedelta(days=days))

    def _light(self) -> dict[str, Callable[[], Arguments]]:
        return {
            "override_light": lambda: {"level": 0.5, "minutes": 60.0, "transition_s": 2.0},
            "record_light": lambda: {"level": 0.7, "reason": "day", "day_on": "2031-01-01", "on_seconds_today": 60.0},
            "clear_light_override": dict,
            "set_light_schedule": lambda: {"level": 0.9},
            "prune_light_changes": lambda: {"before": self._days_ago(0)},
        }

    def _people(self) -> dict[str, Callable[[], Arguments]]:
        client = self._do("add_client", name="Phone", role="viewer", token_hash="a" * 64)
        return {
            "answer_notification": lambda: {"notification_id": self._question(), "answer": "moved"},
            "add_client": lambda: {"name": "Phone", "role": "carer", "token_hash": "b" * 64},
            "see_client": lambda: {"client_id": client},
            "rename_client": lambda: {"client_id": client, "name": "Tablet"},
            "set_client_role": lambda: {"client_id": client, "role": "owner"},
            "revoke_client": lambda: {"client_id": client},
            "register_follower": lambda: {"name": "hub", "acknowledged_seq": 0},
            "acknowledge_log": lambda: {"name": "hub", "seq": 1},
            "forget_follower": lambda: {"name": "hub"},
            "locate_store": dict,
            "set_setting": lambda: {"name": "ui.tick", "value": 1},
            "clear_setting": lambda: {"name": "ui.tick"},
            "set_health": lambda: {"part": "camera", "state": "bad", "message": "It is away."},
            "clear_health": lambda: {"part": "camera"},
            "report_screen": lambda: {"state": "ok", "message": "It shows."},
            "set_software": lambda: {"version": "1.0", "state": "idle", "message": "It is in use."},
        }

    def _captures(self) -> dict[str, Callable[[], Arguments]]:
        return {
            "request_capture": lambda: {"reason": "button"},
            "begin_capture": lambda: {"capture_id": self._wanted()},
            "finish_capture": lambda: self._finished(self._begun()),
            "fail_capture": lambda: {"capture_id": self._begun(), "error": "It hung.", "retry": True},
            "fail_stale_captures": lambda: {"error": f"{self._begun()} was cut short."},
            "confirm_outline": lambda: {"capture_id": self._newest("capture WHERE state = 'done'"), "right": True},
            "propose_profile": lambda: {"lamp_state": "lamp", "file": "p.json", "version": 1, "confidence": 0.9},
            "set_profile_state": lambda: {"profile_id": self._newest("profile"), "state": "active"},
            "relearn_profile": lambda: {"lamp_state": "lamp"},
            "start_timelapse": lambda: {"plant_id": 2, "name": "Film", "interval_s": 3600},
            "end_timelapse": lambda: {"timelapse_id": self._newest("timelapse")},
            "remove_capture_files": lambda: {"capture_ids": list(range(1, BATCH_SIZE + 1))},
            "remove_capture_thumbs": lambda: {"capture_ids": list(range(1, BATCH_SIZE + 1))},
        }

    def _notifications(self) -> dict[str, Callable[[], Arguments]]:
        return {
            "create_plant": lambda: {"name": "Newcomer"},
            "update_plant": lambda: {"plant_id": 2, "note": "It grows."},
            "set_monitor_plan": lambda: {"plant_id": 2, "preset": "growth_tracking"},
            "log_care": lambda: {"plant_id": 2, "kind": "repot"},
            "delete_care": lambda: {"care_id": self._newest("care_event")},
            "notify": lambda: NOTICE,
            "snooze_notification": lambda: {"notification_id": self._newest("notification"), "hours": 5.0},
            "wake_notifications": self._later,
            "mark_notification_read": lambda: {"notification_id": self._newest("notification")},
            "mark_all_notifications_read": dict,
            "clear_read_notifications": dict,
            "prune_notifications": lambda: {"before": self._days_ago(0)},
            "prune_log": lambda: {"keep_h": 48.0, "keep_bytes": 64_000_000},
        }

    def _ends(self) -> dict[str, Callable[[], Arguments]]:
        return {
            "archive_plant": lambda: {"plant_id": 3},
            "delete_plant": lambda: {"plant_id": 1},
            "forget_owner": dict,
        }

    def _newest(self, table: str) -> int:
        return int(self._store.query(f"SELECT max(id) AS id FROM {table}")[0]["id"])  # ours

    def _wanted(self) -> int:
        return int(self._do("request_capture"))

    def _begun(self) -> int:
        capture = self._wanted()
        self._do("begin_capture", capture_id=capture)
        return capture

    def _finished(self, capture: int) -> Arguments:
        measured = {"area_percent": 2.5, "area_px": 2_345, "turgor_index": 0.2, "chlorophyll_index": 10.0}
        plants = [{"plant": number + 1, **measured} for number in range(self._plants)]
        answer = {"capture": capture, "width": 1296, "height": 972, "quality": QUALITY, "plants": plants}
        return {"capture_id": capture, "answer": {**answer, "file": f"{capture}.jpg"}}

    def _later(self) -> Arguments:
        self._clock.advance(6 * 3600)
        return {}

    def _question(self) -> int:
        asked = "SELECT max(id) AS id FROM notification WHERE question = 'hanging' AND resolved_at IS NULL"
        return int(self._store.query(asked)[0]["id"])
