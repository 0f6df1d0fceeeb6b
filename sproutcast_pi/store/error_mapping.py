"""What went wrong inside a transaction, as a sentence for whoever called."""

from __future__ import annotations

import logging

import apsw

from sproutcast_pi.errors import RefusedError
from sproutcast_pi.messages.areas import refusals

_logger = logging.getLogger(__name__)


class TransactionRolledBack(Exception):  # noqa: N818 - it is no error of anybody's: SQLite undid the whole group
    """SQLite has undone the whole transaction, not only the statement that failed."""


def to_refused_error(reducer: str, error: BaseException) -> RefusedError:
    """Return the refusal that says why `reducer` changed nothing."""
    if isinstance(error, RefusedError):
        return error
    cause = _cause(error)
    if isinstance(cause, apsw.FullError):
        return RefusedError(refusals.DISK_FULL(reducer=reducer), code="unavailable")
    if isinstance(cause, apsw.IOError | apsw.CantOpenError | apsw.ReadOnlyError):
        return RefusedError(refusals.DISK_UNWRITABLE(reducer=reducer, reason=str(cause)), code="unavailable")
    if isinstance(cause, apsw.CorruptError | apsw.NotADBError):
        return RefusedError(refusals.DAMAGED(reducer=reducer, reason=str(cause)), code="unavailable")
    if isinstance(cause, apsw.ConstraintError):
        return RefusedError(refusals.BREAKS_DATA(reducer=reducer, reason=str(cause)), code="conflict")
    _logger.error("%s failed", reducer, exc_info=error)
    reason = f"{type(error).__name__}: {error}"
    return RefusedError(refusals.FAILED_INSIDE(reducer=reducer, reason=reason), code="internal")


def _cause(error: BaseException) -> BaseException:
    """The SQLite error underneath peewee's, when there is one."""
    seen: BaseException | None = error
    for _ in range(5):
        if seen is None or isinstance(seen, apsw.Error):
            break
        seen = seen.__cause__ or seen.__context__
    return error if seen is None else seen
