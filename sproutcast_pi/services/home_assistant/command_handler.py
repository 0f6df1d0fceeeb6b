"""What is asked in Home Assistant is done here, one command after the other, and refusals are reported."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as LateError
from typing import Any

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import home_assistant
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.messages.message import Message
from sproutcast_pi.services.home_assistant.commands import CommandContext, ReducerCall, parse_command
from sproutcast_pi.services.home_assistant.topics import Topics
from sproutcast_pi.services.mqtt.messages import ConnectionStatus
from sproutcast_pi.store.engine import ReducerResult, Store

LOG = logging.getLogger(__name__)
CALL_TIMEOUT_S = 10.0
"""Longer than any reducer takes on a worn card."""
DUPLICATE_PRESS_S = 5.0
"""A "watered" this soon after the last one is the same press, delivered twice."""
REPORT_INTERVAL_S = 30.0
"""Invalid commands in a row are reported this often."""
RECOVERED_AFTER_S = 300.0
IDLE_S = 3600.0


class CommandHandler:
    """Obeys one command at a time, on the service's thread."""

    def __init__(
        self,
        *,
        store: Store,
        call: Callable[[str, Mapping[str, Any]], Future[ReducerResult]],
        topics: Topics,
        override_min: float,
        monotonic: Callable[[], float],
        report: Callable[[str, ConnectionStatus], None],
    ) -> None:
        self._store = store
        self._call = call
        self._topics = topics
        self._override_min = override_min
        self._monotonic = monotonic
        self._report = report
        self._last_pressed: dict[int, float] = {}
        self._refused = 0
        self._reported_at: float | None = None
        self._refused_at: float | None = None

    def handle(self, key: str, plant_id: int | None, payload: bytes) -> bool:
        """Do what one message asks; False when it was obeyed, True when it was refused and the old state holds."""
        try:
            call = parse_command(key, plant_id, payload, self._load_context(plant_id))
            if key == "watered" and plant_id is not None and self._is_duplicate(plant_id):
                return False
            self._execute(call)
        except RefusedError as refused:
            self._report_refusal(self._topics.command(key, plant_id), refused.message)
            return True
        return False

    def due_in_s(self) -> float:
        """Seconds until `tick` has something to do."""
        return (
            IDLE_S if self._refused_at is None else max(0.0, self._refused_at + RECOVERED_AFTER_S - self._monotonic())
        )

    def tick(self) -> None:
        """Say that all is well when it has been for a while."""
        now = self._monotonic()
        if self._refused_at is not None and now - self._refused_at >= RECOVERED_AFTER_S:
            self._refused_at = self._reported_at = None
            self._report(
                "home_assistant",
                ConnectionStatus(state="ok", message=home_assistant.UNDERSTOOD()),
            )

    def _load_context(self, plant_id: int | None) -> CommandContext:
        """What is on disk now: two commands in a row must see each other's effect."""
        query = self._store.query
        plants = query("SELECT * FROM plant WHERE id = ? AND archived_at IS NULL", (plant_id,))
        plans = query("SELECT * FROM monitor_plan WHERE plant_id = ?", (plant_id,))
        return CommandContext(
            light=query("SELECT * FROM light")[0],
            plants={row["id"]: row for row in plants},
            plans={row["plant_id"]: row for row in plans},
            override_min=self._override_min,
        )

    def _execute(self, call: ReducerCall) -> None:
        try:
            self._call(call.reducer, call.args).result(CALL_TIMEOUT_S)
        except LateError:
            raise RefusedError(home_assistant.STORE_BUSY(), code="unavailable") from None

    def _is_duplicate(self, plant_id: int) -> bool:
        now = self._monotonic()
        before = self._last_pressed.get(plant_id)
        self._last_pressed[plant_id] = now
        return before is not None and now - before < DUPLICATE_PRESS_S

    def _report_refusal(self, topic: str, why: Message) -> None:
        self._refused += 1
        now = self._refused_at = self._monotonic()
        if self._reported_at is not None and now - self._reported_at < REPORT_INTERVAL_S:
            return
        self._reported_at = now
        LOG.warning("a command on %s was refused: %s (%d refused so far)", topic, english(why), self._refused)
        self._report(
            "home_assistant",
            ConnectionStatus(
                state="warn",
                message=home_assistant.COMMAND_REFUSED(topic=topic, reason=why),
                advice=home_assistant.FIND_SENDER(),
            ),
        )
