"""Messages (a code with typed values) and templates (the English text of a code)."""

from __future__ import annotations

from string import Formatter as FieldParser
from typing import Any

import msgspec


class Message(msgspec.Struct, frozen=True):
    """A sentence for people, independent of language: `code` names its template, `values` fill the template's fields.

    Stored and sent as JSON. A value is text, a number, a message, or a list of these; a timestamp is ISO 8601 text.
    """

    code: str
    values: dict[str, str | int | float | Message | list[str | int | float | Message]] = {}


Value = str | int | float | Message | list[str | int | float | Message]


class Template(msgspec.Struct, frozen=True):
    """The English text of a code, with fields such as `{name}` or `{seconds:number}`; call it to make a message.

    The part after the colon says how the value is written: see `formatter.FIELD_FORMATS`.
    """

    code: str
    text: str

    @property
    def forms(self) -> tuple[str, ...]:
        """The English texts: one, or two where the text counts something."""
        return (self.text,)

    @property
    def fields(self) -> set[str]:
        """The names of the values it takes."""
        return fields(*self.forms)

    def __call__(self, **values: Value) -> Message:
        """Return the message; raises TypeError when `values` are not exactly the template's fields."""
        wanted = self.fields
        if set(values) != wanted:
            raise TypeError(f"{self.code} takes {', '.join(sorted(wanted)) or 'no values'}, not {', '.join(values)}")
        return Message(self.code, values)


class Plural(Template, frozen=True):
    """A template in two forms, chosen by the value of the field `count`."""

    many: str
    count: str = "n"

    @property
    def forms(self) -> tuple[str, ...]:
        """The form for one, and the form for any other number."""
        return (self.text, self.many)

    @property
    def fields(self) -> set[str]:
        """The names of the values it takes; the count chooses the form even where neither form shows it."""
        return fields(*self.forms) | {self.count}


def fields(*texts: str) -> set[str]:
    """Return the names of the fields in the texts."""
    return {name for text in texts for _, name, _, _ in FieldParser().parse(text) if name}


def encodable(message: Message) -> Message:
    """Return the message with a question mark for each half character (lone surrogate) in its values."""
    return Message(message.code, {name: _encodable_value(value) for name, value in message.values.items()})


def encodable_text(text: str) -> str:
    """Return the text as it can be written to any file and wire."""
    return text.encode("utf-8", "replace").decode()


def _encodable_value(value: Any) -> Any:
    if isinstance(value, str):
        return encodable_text(value)
    if isinstance(value, Message):
        return encodable(value)
    return [_encodable_value(one) for one in value] if isinstance(value, list) else value
