"""An argument of a call that can't be accepted: which one, its value, and the rule it breaks."""

from __future__ import annotations

from sproutcast_pi.messages.message import Template

NO_REDUCER = Template("arguments.no_reducer", 'there is no reducer "{name}"')
NO_REDUCER_BUT = Template("arguments.no_reducer_but", 'there is no reducer "{name}"; did you mean "{close}"?')
MISSING = Template("arguments.missing", "{reducer} needs {field}")
MISSING_WITH_MEANING = Template("arguments.missing_with_meaning", "{reducer} needs {field} ({meaning})")
UNKNOWN = Template("arguments.unknown", '{reducer} has no argument "{name}"; it takes {names}')
UNKNOWN_NONE = Template("arguments.unknown_none", '{reducer} has no argument "{name}"; it takes none')
UNKNOWN_BUT = Template("arguments.unknown_but", '{reducer} has no argument "{name}"; did you mean "{close}"?')
NO_CHOICE = Template("arguments.no_choice", "{field}: {value} is not one of {choices}")
NO_CHOICE_BUT = Template("arguments.no_choice_but", '{field}: {value} is not one of {choices}; did you mean "{close}"?')
REFUSED = Template("arguments.refused", "{field}: {value} is refused: {rule}")
REFUSED_WITH_MEANING = Template("arguments.refused_with_meaning", "{field}: {value} is refused: {rule} ({meaning})")
BROKEN = Template("arguments.broken", "{field}: {rule}")
FORBIDDEN = Template("arguments.forbidden", "{what} is for the role {role}; {name} has the role {own}")
FORBIDDEN_INTERNAL = Template(
    "arguments.forbidden_internal", "{what} is for our own services; {name} has the role {own}"
)

# What no value may hold.
NOT_FINITE = Template("arguments.not_finite", "{field}: {value} is not a number we can keep; give a finite one")
TOO_LARGE = Template("arguments.too_large", "{field}: a number of {bits} bits is too large; at most 63 are kept")
HALF_CHARACTER = Template("arguments.half_character", "{field} holds half a character, which no text may")
NOT_JSON = Template("arguments.not_json", "{field}: {type} is not a JSON value")
TOO_DEEP = Template("arguments.too_deep", "{field} is nested deeper than {limit} levels")
TOO_MANY_ITEMS = Template("arguments.too_many_items", "{field} has {n} items, more than {limit}")
CONTROL_CHARACTER = Template(
    "arguments.control_character",
    "{field}: character {place} ({character}) is a control character, which no text may hold",
)

# Days and moments.
NO_DAY = Template("arguments.no_day", '{field}: there is no day "{value}"; write YYYY-MM-DD')
NO_MOMENT = Template("arguments.no_moment", '{field}: "{value}" is not a moment; write 2026-11-22T08:30:00Z')
TOO_EARLY = Template("arguments.too_early", "{field}: {value} lies before {year}")
IN_FUTURE = Template("arguments.in_future", "{field}: {value} lies in the future")
