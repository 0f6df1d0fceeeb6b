"""Alerts of a plant: a metric outside its limits."""

from __future__ import annotations

from sproutcast_pi.messages.message import Plural, Template

TITLE = Template("alert.title", "{plant}: {condition:translated}")
BELOW = Plural(
    "alert.below",
    "{metric:translated} {value}, below the limit of {limit}, since {since:time} ({n:number0} photo).",
    "{metric:translated} {value}, below the limit of {limit}, since {since:time} ({n:number0} photos in a row).",
)
ABOVE = Plural(
    "alert.above",
    "{metric:translated} {value}, above the limit of {limit}, since {since:time} ({n:number0} photo).",
    "{metric:translated} {value}, above the limit of {limit}, since {since:time} ({n:number0} photos in a row).",
)
DROPPED = Plural(
    "alert.dropped",
    "{metric:translated} {value}, more than {drop:percent0} below this plant's usual value (limit {limit}), "
    "since {since:time} ({n:number0} photo).",
    "{metric:translated} {value}, more than {drop:percent0} below this plant's usual value (limit {limit}), "
    "since {since:time} ({n:number0} photos in a row).",
)
