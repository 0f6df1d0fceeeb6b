"""Paired phones, pages and programs."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from msgspec import Meta

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import refusals
from sproutcast_pi.messages.marking import _
from sproutcast_pi.model.timestamps import from_text
from sproutcast_pi.store.arguments import Name, RowId
from sproutcast_pi.store.context import Context
from sproutcast_pi.store.reducer import reducer
from sproutcast_pi.store.reducers.checks import existing, update_row
from sproutcast_pi.store.tables import Client

ClientRole = Literal["viewer", "carer", "owner"]
TokenHash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$", description=_("SHA-256 of the token, in hex"))]
SEEN_EVERY = timedelta(hours=1)
"""`seen_at` moves no oftener: it serves to recognise a forgotten phone, and every write wears the card."""
MAX_CLIENTS = 200


@reducer(role="internal")
def add_client(ctx: Context, *, name: Name, role: ClientRole, token_hash: TokenHash) -> int:
    """Keep a client that has paired; returns its id."""
    if Client.select().where(Client.revoked_at.is_null()).count() >= MAX_CLIENTS:
        raise RefusedError(refusals.TOO_MANY_CLIENTS(limit=MAX_CLIENTS), code="conflict")
    return int(Client.create(name=name, role=role, token_hash=token_hash, created_at=ctx.at).id)


@reducer(role="internal")
def see_client(ctx: Context, *, client_id: RowId) -> None:
    """Note that a client was here; written at most once an hour."""
    client = existing(Client, client_id, "client_id")
    if client.seen_at is None or abs(ctx.now - from_text(client.seen_at)) >= SEEN_EVERY:
        update_row(client, seen_at=ctx.at)


@reducer(role="owner")
def rename_client(ctx: Context, *, client_id: RowId, name: Name) -> None:
    """Give a client another name."""
    del ctx
    update_row(existing(Client, client_id, "client_id"), name=name)


@reducer(role="owner")
def set_client_role(ctx: Context, *, client_id: RowId, role: ClientRole) -> None:
    """Let a client do more or less."""
    del ctx
    update_row(existing(Client, client_id, "client_id"), role=role)


@reducer(role="owner")
def revoke_client(ctx: Context, *, client_id: RowId) -> None:
    """Take a client's token away; a second time changes nothing."""
    client = existing(Client, client_id, "client_id")
    if client.revoked_at is None:
        update_row(client, revoked_at=ctx.at)
