"""Building blocks: verbatim text of others, and sequences of messages."""

from __future__ import annotations

from functools import reduce

from sproutcast_pi.messages.message import Message, Template

VERBATIM = Template("text.verbatim", "{text}")
"""What another program, an operating system or an owner wrote; it is shown as it is."""
TRANSLATED = Template("text.translated", "{text:translated}")
"""A text that is marked for translation elsewhere."""
SENTENCES = Template("text.sentences", "{parts:sentences}")
"""Several messages, a space between them."""

PHRASES = Template("text.phrases", "{first}; {second}")


def verbatim(text: str) -> Message:
    """Return a message that is shown as it is, in every language."""
    return VERBATIM(text=text)


def sentences(*parts: Message | None) -> Message:
    """Return one message of several; None is left out."""
    kept: list[str | int | float | Message] = [part for part in parts if part is not None]
    return kept[0] if len(kept) == 1 and isinstance(kept[0], Message) else SENTENCES(parts=kept)


def phrases(first: Message, *others: Message) -> Message:
    """Return one message of several phrases, separated by semicolons."""
    return reduce(lambda before, after: PHRASES(first=before, second=after), others, first)
