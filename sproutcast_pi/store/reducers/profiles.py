"""Site profiles: how plants look at this place, proposed by us, confirmed by the owner."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from sproutcast_pi.store.arguments import Path, RowId, Share, Text
from sproutcast_pi.store.context import Context
from sproutcast_pi.store.reducers.checks import changed, existing
from sproutcast_pi.store.registry import reducer
from sproutcast_pi.store.tables import Profile

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
    message: Text | None = None,
) -> int:
    """Keep a profile that was learned; returns its id. It is used once it is active."""
    return int(
        Profile.create(
            lamp_state=lamp_state,
            file=file,
            version=version,
            state="proposed",
            confidence=confidence,
            message=message,
            created_at=ctx.at,
            updated_at=ctx.at,
        ).id
    )


@reducer(role="carer")
def set_profile_state(ctx: Context, *, profile_id: RowId, state: ProfileState, message: Text | None = None) -> None:
    """Activate a profile (the active one of its lamp state retires), retire it, or mark it as no longer fitting."""
    profile = existing(Profile, profile_id, "profile_id")
    if state == "active":
        Profile.update(state="retired", updated_at=ctx.at).where(
            Profile.lamp_state == profile.lamp_state, Profile.state == "active", Profile.id != profile_id
        ).execute()
    if changed(profile, state=state, message=profile.message if message is None else message):
        changed(profile, updated_at=ctx.at)


@reducer(role="carer")
def relearn_profile(ctx: Context, *, lamp_state: LampState) -> int:
    """Forget how plants look at this place under this light, so that it is learned afresh; returns how many retire."""
    outdated = Profile.select().where(Profile.lamp_state == lamp_state, Profile.state.in_(("active", "misfit")))
    return sum(changed(profile, state="retired", updated_at=ctx.at) for profile in outdated)
