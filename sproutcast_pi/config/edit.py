"""Set options in a TOML text: comments, order and spelling of all other lines stay as its owner wrote them."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any

import tomlkit
from tomlkit.exceptions import ParseError
from tomlkit.items import Table, Whitespace

from sproutcast_pi.config.syntax import SyntaxFault, TomlSyntaxError
from sproutcast_pi.messages.areas import toml_syntax


def edited_toml(text: str, changes: Mapping[str, Mapping[str, Any]]) -> str:
    """`text` with the options of `changes`, by section; sections and options that are not there are added.

    A name that is an option instead of a section stays as it is. Raises TomlSyntaxError; also for a text nested
    deeper than the editor's limit of 100.
    """
    try:
        document = tomlkit.parse(text)
    except ParseError as error:
        reason = toml_syntax.INVALID(reason=toml_syntax.UNREADABLE())
        fault = SyntaxFault(line=error.line, key=toml_syntax.THIS_LINE(), reason=reason)
        raise TomlSyntaxError(fault) from error
    for name, options in changes.items():
        if name not in document:
            document[name] = tomlkit.table()
        section = document[name]
        if not isinstance(section, MutableMapping):
            continue
        for key, value in options.items():
            _set(section, key, value)
    return tomlkit.dumps(document)


def _set(section: MutableMapping[str, Any], key: str, value: object) -> None:
    """Set an option; a new one precedes the last blank line below the section, so the comments of the next section."""
    body = section.value.body if key not in section and isinstance(section, Table) else []
    last = max((place for place, (name, _) in enumerate(body) if name is not None), default=-1)
    blanks = [place for place in range(last + 1, len(body)) if isinstance(body[place][1], Whitespace)]
    tail = blanks[-1] if blanks else len(body)
    after = [item for _, item in body[tail:]]
    del body[tail:]
    section[key] = value
    for item in after:
        section.add(item)  # type: ignore[attr-defined]  # not empty for a Table alone
