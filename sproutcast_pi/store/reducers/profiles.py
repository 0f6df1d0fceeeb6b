"""Site profiles: how plants look at this place, proposed by us, confirmed by the owner."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import recognition, refusals
from sproutcast_pi.messages.message import Message
from sproutcast_pi.store.arguments import Path, RowId, Share, Text
from sproutcast_pi.store.context import Context
from sproutcast_pi.store.message_columns import message_columns
from sproutcast_pi.store.reducer import reducer
from sproutcast_pi.store.reducers.checks import existing, json_text, update_row
from sproutcast_pi.store.tables import Capture, Profile

LampState = Literal["lamp", "daylight", "night"]
ProfileState = Literal["proposed", "active", "retired", "misfit"]


@reducer(role="internal")
def propose_profile(
    ctx: Context,
    *,
    lamp_state: LampState,
    file: Path,
    version: Annotated[int, Meta(ge=0, le=10**9)],
    confidence: Share,
    message: Text | Message | None = None,
    lessons: list[RowId] | None = None,
) -> int:
    """Keep a profile that was learned; returns its id. It is used once it is active.

    `lessons` are the captures whose confirmed outlines taught it.
    """
    return int(
        Profile.create(
            lamp_state=lamp_state,
            file=file,
            version=version,
            state="proposed",
            confidence=confidence,
            **message_columns(message=message),
            lessons=json_text(lessons or []),
            created_at=ctx.at,
            updated_at=ctx.at,
        ).id
    )


@reducer(role="carer")
def set_profile_state(
    ctx: Context, *, profile_id: RowId, state: ProfileState, message: Text | Message | None = None
) -> None:
    """Activate a profile (the one before it of its lamp state retires), retire it, or mark it as no longer fitting.

    With a profile that no longer fits, the outlines confirmed so far are outdated.
    """
    profile = existing(Profile, profile_id, "profile_id")
    if state == "active":
        Profile.update(state="retired", updated_at=ctx.at).where(
            Profile.lamp_state == profile.lamp_state,
            Profile.state.in_(("active", "misfit")),
            Profile.id != profile_id,
        ).execute()
    if state == "misfit":
        _outdate(profile.lamp_state)
    if update_row(profile, state=state, **({} if message is None else message_columns(message=message))):
        update_row(profile, updated_at=ctx.at)


@reducer(role="carer")
def relearn_profile(ctx: Context, *, lamp_state: LampState) -> int:
    """Forget how plants look at this place under this light, so that it is learned afresh; returns how many retire."""
    _outdate(lamp_state)
    outdated = Profile.select().where(Profile.lamp_state == lamp_state, Profile.state.in_(("active", "misfit")))
    return sum(update_row(profile, state="retired", updated_at=ctx.at) for profile in outdated)


@reducer(role="carer")
def confirm_outline(ctx: Context, *, capture_id: RowId, right: bool) -> None:
    """Say whether the plants, all of them and nothing else, are outlined in a picture.

    What is right teaches the place's profile within a minute; what is wrong puts the profile of that light away.
    A capture without a measured picture is refused (`conflict`).
    """
    capture = existing(Capture, capture_id, "capture_id")
    if capture.state != "done" or capture.file is None or capture.quality == "refused":
        raise RefusedError(refusals.NO_OUTLINES(id=capture_id), code="conflict", field="capture_id")
    update_row(capture, outline="right" if right else "wrong")
    if not right:
        lamp_state = "lamp" if (capture.light_level or 0) > 0 else "daylight"
        Profile.update(
            state="misfit", updated_at=ctx.at, **message_columns(message=recognition.OUTLINES_WRONG())
        ).where(Profile.lamp_state == lamp_state, Profile.state == "active").execute()


def _outdate(lamp_state: str) -> None:
    """The outlines that were right under this light are no longer: the lamp or the camera has changed."""
    lit = Capture.light_level > 0 if lamp_state == "lamp" else ~(Capture.light_level > 0)
    Capture.update(outline="outdated").where(Capture.outline == "right", lit).execute()
