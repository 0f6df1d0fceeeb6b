"""Settings: what the owner chose on the screen, typed by name."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

import msgspec
from msgspec import Meta

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import refusals
from sproutcast_pi.messages.marking import _
from sproutcast_pi.messages.validation import split_fault
from sproutcast_pi.store.arguments import Json, Line, Name, WallTime
from sproutcast_pi.store.callers import require_role
from sproutcast_pi.store.context import Context
from sproutcast_pi.store.reducer import reducer
from sproutcast_pi.store.reducers.checks import existing, json_text, update_row
from sproutcast_pi.store.tables import Setting

KNOWN: dict[str, Any] = {
    "device_name": Name,
    "language": Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", description=_("such as en or pt-BR"))],
    "units": Literal["metric", "imperial"],
    "hour_format": Literal["24", "12"],
    "time_zone": Name,
    # The configuration's or the system's, set at each start: it holds until the owner has chosen one.
    "given_time_zone": Name,
    "setup_done": bool,
    "screen_brightness": Annotated[float, Meta(ge=0.0, le=1.0, description=_("0 to 1"))],
    "screen_off_after_s": Annotated[int, Meta(ge=0, le=86_400, description=_("0 (never) to 86400 seconds"))],
    "screen_off_from": WallTime | None,
    "screen_off_until": WallTime | None,
    "theme": Literal["auto", "light", "dark"],
    "text_size": Annotated[float, Meta(ge=0.8, le=2.0, description=_("0.8 to 2"))],
    "capture_interval_min": Annotated[int, Meta(ge=1, le=10_080, description=_("1 minute to a week"))],
    "captures_only_when_lit": bool,
    "quiet_from": WallTime | None,
    "quiet_until": WallTime | None,
    "keep_pictures_days": Annotated[int, Meta(ge=1, le=36_500)],
    "sync_enabled": bool,
    "home_assistant_enabled": bool,
    "location": Line | None,
}
"""Each setting with its type. Names that begin with `ui.` are the screen's own and hold any small value."""
OWNERS = frozenset(
    {"device_name", "time_zone", "given_time_zone", "setup_done", "sync_enabled", "home_assistant_enabled"}
)
"""Settings of the device itself, not of how plants are cared for; whoever sets it up first may choose them too."""
MAX_FREE_BYTES = 2000
MAX_FREE = 200
_FREE_NAME = re.compile(r"^ui\.[a-z][a-z0-9_.]{0,59}$")


@reducer(role="carer")
def set_setting(ctx: Context, *, name: Line, value: Json) -> None:
    """Choose a setting; those of the device itself are the owner's."""
    _require_owner(ctx, name)
    text = json_text(_checked(name, value))
    known = Setting.find(name=name)
    if known is None:
        if name not in KNOWN and Setting.select().where(Setting.name.startswith("ui.")).count() >= MAX_FREE:
            raise RefusedError(refusals.TOO_MANY_SETTINGS(limit=MAX_FREE), code="conflict", field="name")
        Setting.create(name=name, value=text, updated_at=ctx.at)
    elif update_row(known, value=text):
        update_row(known, updated_at=ctx.at)


@reducer(role="carer")
def clear_setting(ctx: Context, *, name: Line) -> None:
    """Go back to a setting's default; those of the device itself are the owner's."""
    _require_owner(ctx, name)
    existing(Setting, name, "name").remove()


def _require_owner(ctx: Context, name: str) -> None:
    if name in OWNERS and Setting.find(name="setup_done", value="true") is not None:
        require_role(refusals.SETTING(name=name), ctx.caller, "owner")


def _checked(name: str, value: Any) -> Any:
    if name not in KNOWN:
        return _free(name, value)
    try:
        kept = msgspec.convert(value, KNOWN[name])
    except msgspec.ValidationError as fault:
        refused = refusals.SETTING_REFUSED(value=repr(value), name=name, rule=split_fault(fault)[0])
        raise RefusedError(refused, field="value") from None
    if name == "time_zone" and kept not in available_timezones():
        close = get_close_matches(kept, available_timezones(), n=1)
        wrong = refusals.NO_TIME_ZONE_BUT(zone=kept, close=close[0]) if close else refusals.NO_TIME_ZONE(zone=kept)
        raise RefusedError(wrong, field="value")
    return kept


def _free(name: str, value: Any) -> Any:
    if not _FREE_NAME.match(name):
        close = get_close_matches(name, KNOWN, n=1)
        wrong = (
            refusals.NO_SETTING_BUT(name=name, close=close[0])
            if close
            else refusals.NO_SETTING(name=name, names=[*KNOWN])
        )
        raise RefusedError(wrong, field="name")
    if len(json_text(value)) > MAX_FREE_BYTES:
        raise RefusedError(refusals.SETTING_TOO_LONG(name=name, limit=MAX_FREE_BYTES), field="value")
    return value
