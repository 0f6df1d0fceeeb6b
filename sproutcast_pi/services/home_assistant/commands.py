"""From a message to a reducer call, or to a sentence that says why not. Nothing here trusts a byte of the payload."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import home_assistant
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.services.home_assistant.localise import preset_of
from sproutcast_pi.services.home_assistant.metric_sensors import PRESETS, THRESHOLDS, Threshold
from sproutcast_pi.services.home_assistant.state_payloads import MAX_BRIGHTNESS

MAX_BYTES = 1000
"""The longest command, a light with every option, has about 100."""
MAX_TRANSITION_S = 300.0
NUMBER = re.compile(r"^[+-]?\d{1,9}(\.\d{1,9})?$", re.ASCII)
PRESS = "PRESS"
INSTALL = "INSTALL"
Row = Mapping[str, Any]


class CommandContext(msgspec.Struct, frozen=True, kw_only=True):
    """What a command may refer to."""

    light: Row
    plants: Mapping[int, Row]
    plans: Mapping[int, Row]
    override_min: float


class ReducerCall(msgspec.Struct, frozen=True, kw_only=True):
    """A reducer, or another deed the call pipeline offers, with its arguments."""

    reducer: str
    args: dict[str, Any]


class _LightCommand(msgspec.Struct, frozen=True):
    state: Literal["ON", "OFF"]
    brightness: Annotated[float, Meta(ge=0, le=MAX_BRIGHTNESS)] | None = None
    transition: Annotated[float, Meta(ge=0, le=86_400)] | None = None


def parse_command(key: str, plant_id: int | None, payload: bytes, known: CommandContext) -> ReducerCall:
    """The call that `payload` on the command topic `key` (of a plant) asks for.

    Raises RefusedError naming topic key, value and rule.
    """
    if len(payload) > MAX_BYTES:
        raise RefusedError(home_assistant.TOO_LONG(key=key, n=len(payload), limit=MAX_BYTES), field=key)
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        raise RefusedError(home_assistant.NOT_TEXT(key=key), field=key) from None
    if plant_id is None:
        own = _APPLIANCE.get(key)
        if own is None:
            raise RefusedError(home_assistant.NO_COMMAND(key=key[:40]), code="not_found")
        return own(text, known)
    if plant_id not in known.plants:
        raise RefusedError(home_assistant.NO_PLANT(key=key, plant=str(plant_id)), code="not_found", field=key)
    if key in THRESHOLDS:
        return _set_threshold(THRESHOLDS[key], plant_id, text, known)
    its = _PLANT.get(key)
    if its is None:
        raise RefusedError(home_assistant.NO_PLANT_COMMAND(key=key[:40]), code="not_found")
    return its(plant_id, text, known)


def _light(text: str, known: CommandContext) -> ReducerCall:
    try:
        command = msgspec.json.decode(text, type=_LightCommand)
    except (msgspec.DecodeError, RecursionError) as fault:
        raise RefusedError(
            home_assistant.NO_LIGHT_COMMAND(value=_quoted(text), example='{"state":"ON"}', reason=cause(fault))
        ) from None
    if command.state == "OFF":
        level = 0.0
    elif command.brightness is not None:
        level = command.brightness / MAX_BRIGHTNESS
    else:
        level = known.light["now_level"] or known.light["level"] or 1.0
    return ReducerCall(
        reducer="override_light",
        args={
            "level": round(level, 4),
            "minutes": known.override_min,
            "transition_s": min(command.transition or 0.0, MAX_TRANSITION_S),
        },
    )


def _follow_schedule(text: str, _: CommandContext) -> ReducerCall:
    _check_press("follow_schedule", text)
    return ReducerCall(reducer="clear_light_override", args={})


def _capture(text: str, _: CommandContext) -> ReducerCall:
    _check_press("capture", text)
    return ReducerCall(reducer="request_capture", args={"reason": "button"})


def _schedule(text: str, _: CommandContext) -> ReducerCall:
    if text not in ("ON", "OFF"):
        raise RefusedError(
            home_assistant.NOT_ONE_OF(key="schedule", value=_quoted(text), choices="ON, OFF"), field="schedule"
        )
    return ReducerCall(reducer="set_light_schedule", args={"enabled": text == "ON"})


def _schedule_start(text: str, _: CommandContext) -> ReducerCall:
    return ReducerCall(reducer="set_light_schedule", args={"start": text})


def _schedule_hours(text: str, _: CommandContext) -> ReducerCall:
    return ReducerCall(reducer="set_light_schedule", args={"hours": _number("schedule_hours", text, 0, 24)})


def _schedule_level(text: str, _: CommandContext) -> ReducerCall:
    return ReducerCall(reducer="set_light_schedule", args={"level": _number("schedule_level", text, 0, 100) / 100})


def _update(text: str, _: CommandContext) -> ReducerCall:
    if text != INSTALL:
        raise RefusedError(
            home_assistant.NOT_ONE_OF(key="update", value=_quoted(text), choices=INSTALL), field="update"
        )
    return ReducerCall(reducer="install_update", args={})


def _watered(plant_id: int, text: str, _: CommandContext) -> ReducerCall:
    _check_press("watered", text)
    return ReducerCall(reducer="log_care", args={"plant_id": plant_id, "kind": "water"})


def _plan(plant_id: int, text: str, known: CommandContext) -> ReducerCall:
    preset = preset_of(text)
    if preset is None:
        raise RefusedError(
            home_assistant.NOT_ONE_OF(key="plan", value=_quoted(text), choices=", ".join(PRESETS.values())),
            field="plan",
        )
    args: dict[str, Any] = {"plant_id": plant_id, "preset": preset}
    plan = known.plans.get(plant_id)
    if preset == "custom" and plan is not None:
        # A plan of one's own begins with what is in force.
        args |= {name: msgspec.json.decode(plan[name]) for name in ("pipelines", "rules")}
    return ReducerCall(reducer="set_monitor_plan", args=args)


def _species(plant_id: int, text: str, _: CommandContext) -> ReducerCall:
    return ReducerCall(reducer="update_plant", args={"plant_id": plant_id, "species": text or None})


def _set_threshold(threshold: Threshold, plant_id: int, text: str, known: CommandContext) -> ReducerCall:
    """The plant's plan with this one bound changed; everything else in it stays."""
    value = _number(threshold.key, text, threshold.low, threshold.high)
    plan = known.plans.get(plant_id)
    if plan is None:
        raise RefusedError(
            home_assistant.NO_PLAN(key=threshold.key, plant=str(plant_id)), code="not_found", field=threshold.key
        )
    rules = msgspec.json.decode(plan["rules"], type=list[dict[str, Any]])
    rule = next((rule for rule in rules if rule["metric"] == threshold.metric.key), None)
    if rule is None:
        rules.append({"metric": threshold.metric.key, threshold.bound: value})
    else:
        rule[threshold.bound] = value
        # Room that was there before may be gone; the model then takes what is left.
        rule.pop("hysteresis", None)
    args = {
        "plant_id": plant_id,
        "preset": plan["preset"],
        "pipelines": msgspec.json.decode(plan["pipelines"]),
        "rules": rules,
    }
    return ReducerCall(reducer="set_monitor_plan", args=args)


_APPLIANCE: dict[str, Callable[[str, CommandContext], ReducerCall]] = {
    "light": _light,
    "follow_schedule": _follow_schedule,
    "capture": _capture,
    "schedule": _schedule,
    "schedule_start": _schedule_start,
    "schedule_hours": _schedule_hours,
    "schedule_level": _schedule_level,
    "update": _update,
}
_PLANT: dict[str, Callable[[int, str, CommandContext], ReducerCall]] = {
    "watered": _watered,
    "plan": _plan,
    "species": _species,
}
APPLIANCE_KEYS = tuple(_APPLIANCE)
PLANT_KEYS = (*_PLANT, *THRESHOLDS)


def _check_press(key: str, text: str) -> None:
    if text != PRESS:
        raise RefusedError(home_assistant.NOT_ONE_OF(key=key, value=_quoted(text), choices=PRESS), field=key)


def _number(key: str, text: str, low: float, high: float) -> float:
    if not NUMBER.match(text):
        raise RefusedError(home_assistant.NOT_A_NUMBER(key=key, value=_quoted(text)), field=key)
    value = float(text)
    if not (math.isfinite(value) and low <= value <= high):
        raise RefusedError(
            home_assistant.OUT_OF_RANGE(key=key, value=text, low=f"{low:g}", high=f"{high:g}"), field=key
        )
    return value


def _quoted(text: str) -> str:
    shown = repr(text)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."  # noqa: PLR2004 - one line of a screen
