"""The messages of `v1.json.sproutcast`: one JSON object a WebSocket frame; docs/protocol.md has the rules.

`id` is chosen by the client, one space for subscriptions and calls. `seq` is the store's transaction number:
it only grows, and it is comparable within one `epoch` only.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas.text import VERBATIM
from sproutcast_pi.messages.formatter import ENGLISH
from sproutcast_pi.messages.message import Message

SUBPROTOCOL = "v1.json.sproutcast"

Id = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
"""Chosen by the client, exact in every language."""
Row = dict[str, Any]
"""A row: column name to text, number or null."""


class Subscribe(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="subscribe"):
    """Asks for the rows of a query and every later change; `since` and `epoch` resume after a break."""

    id: Id
    sql: str
    since: int | None = None
    epoch: str | None = None


class Unsubscribe(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="unsubscribe"):
    """Ends a subscription; answered with `unsubscribed`."""

    id: Id


class Call(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="call"):
    """Calls a reducer; answered with `answer` or `refused`."""

    id: Id
    reducer: str
    args: dict[str, Any] = {}


Request = Subscribe | Unsubscribe | Call


class Hello(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="hello"):
    """The server's first message: who it is, how far it is, and what the client may do."""

    device: str
    epoch: str
    seq: int
    role: str
    version: str


class Rows(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="rows"):
    """The answer of a query as of `seq`, in pieces while `more`; replaces whatever the client had.

    `key` names the columns that identify a row; empty: the whole row does. `reset` marks a fresh answer in place of
    the changes that were asked for with `since`.
    """

    id: int
    seq: int
    rows: list[Row]
    key: list[str] = []
    more: bool = False
    reset: bool = False


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one subscription gained, changed and lost; deleted rows are whole, as they were."""

    id: int
    insert: list[Row] = []
    update: list[Row] = []
    delete: list[Row] = []


class Diff(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="diff"):
    """Everything one transaction changed for this client, in one message.

    A client that fell behind gets several transactions in one; `transactions` counts them.
    """

    seq: int
    reducer: str = ""
    changes: list[Change] = []
    transactions: int = 1


class Missed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one transaction changed in a subscription while its client was away."""

    seq: int
    reducer: str = ""
    insert: list[Row] = []
    update: list[Row] = []
    delete: list[Row] = []


class Resumed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="resumed"):
    """A subscription resumes at `since`: what was missed, transaction by transaction; the client's rows stay.

    In pieces while `more`; with the last one the subscription is level with `seq`.
    """

    id: int
    seq: int
    key: list[str] = []
    missed: list[Missed] = []
    more: bool = False


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="answer"):
    """A reducer has committed as transaction `seq`; its changes for this client come along."""

    id: int
    seq: int
    value: Any = None
    changes: list[Change] = []


class Refused(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="refused"):
    """A call or subscription was refused; nothing changed. `message` is an English sentence, `code` is for programs.

    `reason` is the sentence as a message, for readers of other languages; `/v1/catalogue/{language}` has its template.
    """

    id: int | None
    code: str
    message: str
    field: str | None = None
    reason: Message | None = None

    @classmethod
    def of(cls, id_: int | None, refused: RefusedError) -> Refused:
        """Return the answer for an error."""
        reason = None if refused.message.code == VERBATIM.code else refused.message
        return cls(id=id_, code=refused.code, message=str(refused), field=refused.field, reason=reason)

    def error(self) -> RefusedError:
        """Return the error it is the answer for; a reason this version does not know is left out."""
        known = self.reason if self.reason and ENGLISH.message_or(self.reason, "") else None
        return RefusedError(known or self.message, code=self.code, field=self.field)


class Resync(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="resync"):
    """The client was too slow: these subscriptions have ended; subscribe again."""

    ids: list[int]
    seq: int


class Unsubscribed(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="unsubscribed"):
    """A subscription has ended; nothing more comes for it."""

    id: int


Response = Hello | Rows | Diff | Resumed | Answer | Refused | Resync | Unsubscribed
