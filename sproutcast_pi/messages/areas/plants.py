"""Plants as a whole: gone from the photographs, not measurable, and what only the owner knows."""

from __future__ import annotations

from sproutcast_pi.messages.message import Plural, Template

GONE = Template("plants.gone", "{plant} can't be seen")
GONE_SINCE = Template("plants.gone_since", "No photo since {since:date_time} shows it.")
GONE_ADVICE = Template(
    "plants.gone_advice",
    "It may have fallen over, be hidden, taken away or dead. Put it back in view, or archive it.",
)
NOT_FOUND = Template("plants.not_found", "{plant} was not found")
NOT_FOUND_SINCE = Template("plants.not_found_since", "No photo since {since:date_time} shows a plant in its place.")
NOT_FOUND_ADVICE = Template(
    "plants.not_found_advice", "Draw its region around the plant, and check that the camera sees it."
)
UNMEASURED = Template("plants.unmeasured", "{plant} can't be measured")
UNMEASURED_SINCE = Template(
    "plants.unmeasured_since", "Not measured since {since:date_time}: {metrics}. Reason: {reason}."
)
UNMEASURED_ADVICE = Template(
    "plants.unmeasured_advice", "Until it is measured again, its condition is unknown: check the plant yourself."
)
METRIC = Template("plants.metric", "{name:translated}")
REFUSED = Template("plants.photos_refused", "No photo can be measured")
REFUSED_SINCE = Template("plants.photos_refused_since", "Every photo since {since:date_time} was rejected: {reason}.")
REFUSED_ADVICE = Template(
    "plants.photos_refused_advice",
    "Check the lamp, the lens and the camera's view. Until then the condition of the plants is unknown.",
)
HANGING = Plural(
    "plants.hanging", "{plant} has been hanging for {n:number0} day", "{plant} has been hanging for {n:number0} days"
)
HANGING_FROM_START = Template("plants.hanging_from_start", "{plant} has been hanging since it was added")
HANGING_QUESTION = Template("plants.hanging_question", "Was it moved or cut, is that normal for it, or is it dying?")
HANGING_ADVICE = Template(
    "plants.hanging_advice",
    "Your answer decides what counts as its normal posture. Until then it is compared with its posture before.",
)
SMALLER = Template("plants.smaller", "{plant} is suddenly much smaller")
SMALLER_QUESTION = Template("plants.smaller_question", "Was it cut or replaced, or is it losing its leaves?")
SMALLER_ADVICE = Template("plants.smaller_advice", "Your answer decides whether its growth is measured from here.")
