"""What to do about a metric outside its limits, and the cause that recent care hints at."""

from __future__ import annotations

from sproutcast_pi.messages.message import Template

FEED = Template("advice.feed", "Check that the soil is not soggy, then feed the plant. Make sure it gets enough light.")
YELLOW_LEAVES = Template(
    "advice.yellow_leaves",
    "Look at the lower leaves: yellowing from below means too few nutrients or wet roots. Remove dead leaves.",
)
UNUSUAL_COLOUR = Template(
    "advice.unusual_colour",
    "Has the lamp's colour or the camera's view changed? If so, confirm the outlines in a new photo.",
)
PATCHY = Template("advice.patchy", "Look for yellow patches, spots or pests, also under the leaves.")
YELLOW = Template("advice.yellow", "Remove dead leaves. Check soil moisture and feeding.")
SPOTS = Template("advice.spots", "Look for pests under the leaves. Cut off spotted leaves and keep the foliage dry.")
HEALTH = Template("advice.health", "Look at the plant and its newest photo. Its page shows which values are low.")
SHRINKING = Template(
    "advice.shrinking", "The plant is losing leaf area: check water, light and pests. This is normal after pruning."
)
LEAVES_LOST = Template("advice.leaves_lost", "Have leaves fallen? Check water, cold draughts and pests.")
DEFAULT = Template(
    "advice.default", "Look at the plant and its newest photo. If all is well, change the limit in its monitor plan."
)
THIRST = Template("advice.thirst", "Feel the soil. If it is dry a finger deep, water the plant.")
THIRST_UNLIKELY = Template(
    "advice.thirst_unlikely",
    "Watered {at:ago}, so thirst is unlikely unless it got very little: feel the soil, and let it dry if it is wet.",
)
THIRST_SINCE = Template("advice.thirst_since", "Last watered {at:ago}: feel the soil, and water it if it is dry.")
LAST_FED = Template("advice.last_fed", "Last fed {at:ago}.")
PRUNED = Template("advice.pruned", "It was pruned {at:ago}, which explains this.")
REPOTTED = Template("advice.repotted", "It was repotted {at:ago}; plants need a few days to settle.")
NEW_SOIL = Template("advice.new_soil", "It got new soil {at:ago}; plants need a few days to settle.")
TEMPERATURE = Template("advice.temperature", "It was too hot or too cold {at:ago}; plants need a few days to recover.")
NEW_LIGHT = Template("advice.new_light", "Its light was changed {at:ago}; plants need a few days to settle.")
MOVED = Template("advice.moved", "It was moved {at:ago}; plants need a few days to settle.")
