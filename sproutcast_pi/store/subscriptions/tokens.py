"""Cut a query into tokens, as SQLite does."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

import msgspec

from sproutcast_pi.errors import RefusedError

MAX_LENGTH = 8000
"""Characters of a query: beyond any written by hand, and what a program sends can be said shorter."""

Kind = Literal["word", "name", "text", "integer", "real", "sign", "end"]

_TOKEN = re.compile(
    r"""(?P<space>[ \t\n\r\f]+|--[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<real>(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?(?!\w)|\d+[eE][+-]?\d+(?!\w))
    |(?P<integer>\d+(?!\w))
    |(?P<blob>[xX]'[^']*')
    |(?P<word>[A-Za-z_\u0080-\U0010ffff][\w$]*)
    |(?P<text>'(?:[^']|'')*')
    |(?P<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])
    |(?P<parameter>[?:@$#]\w*)
    |(?P<sign>->>|->|\|\||<=|>=|<>|!=|==|<<|>>|[-+*/%&|~<>=(),.;])
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(msgspec.Struct, frozen=True):
    """One token: `value` is the word in upper case, the unquoted name or text, the digits or the sign."""

    kind: Kind
    value: str
    raw: str
    place: int
    """Its character in the query, from 1."""


def tokenize(sql: str) -> list[Token]:
    """Return the tokens of `sql`, the last of kind `end`; raises RefusedError for what is no SQL, or too long."""
    if len(sql) > MAX_LENGTH:
        raise RefusedError(f"the query has {len(sql)} characters; at most {MAX_LENGTH} are taken", field="sql")
    odd = next((sign for sign in sql if sign == "\0" or unicodedata.category(sign) == "Cs"), None)
    if odd is not None:
        raise RefusedError(f"character {sql.index(odd) + 1} of the query, {odd!r}, is no text", field="sql")
    tokens: list[Token] = []
    place = 0
    while place < len(sql):
        found = _TOKEN.match(sql, place)
        if found is None:
            raise RefusedError(f"character {place + 1} of the query, {sql[place]!r}, is no SQL", field="sql")
        kind, raw = str(found.lastgroup), found.group()
        if kind == "parameter":
            raise RefusedError(f"{raw} at character {place + 1}: write values into the query itself", field="sql")
        if kind == "blob":
            raise RefusedError(f"{raw[:20]} at character {place + 1}: no column of ours holds bytes", field="sql")
        if kind != "space":
            tokens.append(Token(kind, _value(kind, raw), raw, place + 1))  # type: ignore[arg-type]  # the rest are kinds
        place = found.end()
    tokens.append(Token("end", "", "", len(sql) + 1))
    return tokens


def _value(kind: str, raw: str) -> str:
    if kind == "word":
        return raw.upper()
    if kind == "text":
        return raw[1:-1].replace("''", "'")
    if kind == "name":
        quote = raw[-1]
        return raw[1:-1] if quote == "]" else raw[1:-1].replace(quote * 2, quote)
    return raw
