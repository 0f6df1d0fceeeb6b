"""What an argument may be: the types reducers annotate their arguments with, each with its bounds."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from sproutcast_pi.messages.formatter import english
from sproutcast_pi.messages.marking import _
from sproutcast_pi.messages.message import Message

MULTILINE = {"multiline": True}
MEANING = "meaning"
"""The key in a `Meta.extra` of a message that `description` is the English text of."""


def meaning(message: Message) -> Any:
    """Return the arguments of `Meta` that say what an argument may be, where the text has values."""
    return {"description": english(message), "extra": {MEANING: message}}


RowId = Annotated[int, Meta(ge=1, le=2**53, description=_("the id of a row"))]
Count = Annotated[int, Meta(ge=0, le=2**53)]
Name = Annotated[str, Meta(min_length=1, max_length=80, description=_("one line, at most 80 characters"))]
Line = Annotated[str, Meta(max_length=200, description=_("one line, at most 200 characters"))]
Text = Annotated[str, Meta(max_length=4000, description=_("at most 4000 characters"), extra=MULTILINE)]
Sentence = Annotated[
    str, Meta(min_length=1, max_length=2000, description=_("a sentence for the owner"), extra=MULTILINE)
]
Day = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$", description=_("a day, YYYY-MM-DD"))]
Moment = Annotated[str, Meta(max_length=40, description=_("a moment, ISO 8601; without a zone it counts as UTC"))]
WallTime = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description=_("a time of day, HH:MM"))]
Share = Annotated[float, Meta(ge=0.0, le=1.0, description=_("0 to 1"))]
Percent = Annotated[float, Meta(ge=0.0, le=100.0, description=_("0 to 100"))]
Coordinate = Annotated[float, Meta(ge=0.0, le=1.0)]
Point = tuple[Coordinate, Coordinate]
Region = Annotated[
    list[Point], Meta(min_length=3, max_length=64, description=_("a polygon in the frame, 3 to 64 points, each 0 to 1"))
]
Path = Annotated[str, Meta(min_length=1, max_length=300, description=_("a path relative to the picture folder"))]
Json = Any
"""Any JSON value; the reducer says what it makes of it."""
