"""Rules that a value must keep, to follow the value: its type, its length, its bounds, its choices."""

from __future__ import annotations

from collections.abc import Mapping

from sproutcast_pi.messages.message import Template

OTHER_TYPE = Template("rules.other_type", "expected {wanted}, got {given}")
WRONG_TYPE = Template("rules.wrong_type", "expected {wanted}")
AT_LEAST_LONG = Template("rules.at_least_long", "expected {type} of length >= {low}")
AT_MOST_LONG = Template("rules.at_most_long", "expected {type} of length <= {high}")
LENGTH_IN = Template("rules.length_in", "expected {type} of length {low} to {high}")
LENGTH = Template("rules.length", "expected {type} of length {low}")
AT_LEAST_LONG_NOT = Template("rules.at_least_long_not", "expected {type} of length >= {low}, got {given}")
AT_MOST_LONG_NOT = Template("rules.at_most_long_not", "expected {type} of length <= {high}, got {given}")
LENGTH_IN_NOT = Template("rules.length_in_not", "expected {type} of length {low} to {high}, got {given}")
LENGTH_NOT = Template("rules.length_not", "expected {type} of length {low}, got {given}")
BOUND = Template("rules.bound", "expected {type} {sign} {limit}")
MULTIPLE = Template("rules.multiple", "expected {type} that's a multiple of {limit}")
PATTERN = Template("rules.pattern", "expected {type} matching regex {pattern}")
FIELD_MISSING = Template("rules.field_missing", "object missing required field {name}")
FIELD_UNKNOWN = Template("rules.field_unknown", "object contains unknown field {name}")
NO_CHOICE = Template("rules.no_choice", "invalid enum value {value}")
OUT_OF_RANGE = Template("rules.out_of_range", "number out of range")
AT = Template("rules.at", "{rule} - at {place}")

# What an argument may be, in brackets after the rule.
HOURS = Template("rules.hours", "0 to {high} hours")
MINUTES = Template("rules.minutes", "0 to {high} minutes")
PPFD = Template("rules.ppfd", "umol/m2/s, up to {high}")
CENTIMETRES = Template("rules.centimetres", "{low} to {high} cm")

EITHER = Template("rules.either", "{first} or {second}")
TYPES: Mapping[str, Template] = {
    "int": Template("rules.int", "int"),
    "float": Template("rules.float", "float"),
    "str": Template("rules.str", "str"),
    "bool": Template("rules.bool", "bool"),
    "array": Template("rules.array", "array"),
    "object": Template("rules.object", "object"),
    "null": Template("rules.null", "null"),
    "bytes": Template("rules.bytes", "bytes"),
}
"""What kinds of value are called, by their name in msgspec."""
