"""Give the plants of the first good picture a name each, where the owner has named none."""

from __future__ import annotations

import msgspec

from sproutcast_pi.messages.areas import captures
from sproutcast_pi.model.measurement import PlantMeasurement
from sproutcast_pi.protocol.worker import WorkerAnswer
from sproutcast_pi.store.engine import INTERNAL, Store

MARGIN = 0.35
"""A plant grows out of its box: its region is that much larger on each side, up to its neighbour or the frame."""


def register_plants(store: Store, answer: WorkerAnswer) -> WorkerAnswer:
    """The answer with its proposals as plants; unchanged when there are plants already or the picture was not good."""
    good = answer.quality is not None and answer.quality.verdict == "ok"
    if not good or not answer.proposals or store.query("SELECT 1 FROM plant LIMIT 1"):
        return answer
    adopted = []
    for number, seen in enumerate(answer.proposals, start=1):
        wanted = {"name": f"Plant {number}", "region": _region(seen, answer) if len(answer.proposals) > 1 else None}
        plant_id = store.call("create_plant", wanted, caller=INTERNAL).value
        adopted.append(msgspec.structs.replace(seen, plant=plant_id))
    count = len(adopted)
    notification = {
        "category": "info",
        "title": captures.PLANTS_FOUND_TITLE(n=count),
        "message": captures.PLANTS_FOUND(n=count),
        "advice": captures.NAME_THEM(),
    }
    store.call("notify", notification, caller=INTERNAL)
    return msgspec.structs.replace(answer, plants=tuple(adopted), proposals=())


def _region(seen: PlantMeasurement, answer: WorkerAnswer) -> list[list[float]] | None:
    """Its box with a margin, as a polygon of shares of the frame."""
    if seen.bbox is None:
        return None
    x, y, width, height = seen.bbox
    others = [other.bbox for other in answer.proposals if other.bbox and other is not seen]
    left, right = x - MARGIN * width, x + (1 + MARGIN) * width
    top, bottom = y - MARGIN * height, y + (1 + MARGIN) * height
    for ox, oy, ow, oh in others:
        if oy < y + height and oy + oh > y:
            if ox >= x + width:
                right = min(right, (x + width + ox) / 2)
            elif ox + ow <= x:
                left = max(left, (x + ox + ow) / 2)
        if ox < x + width and ox + ow > x:
            if oy >= y + height:
                bottom = min(bottom, (y + height + oy) / 2)
            elif oy + oh <= y:
                top = max(top, (y + oy + oh) / 2)
    left, right = max(0.0, left / answer.width), min(1.0, right / answer.width)
    top, bottom = max(0.0, top / answer.height), min(1.0, bottom / answer.height)
    return [[left, top], [right, top], [right, bottom], [left, bottom]]
