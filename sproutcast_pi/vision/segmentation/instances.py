"""Instance segmentation: connected groups, or seeded watershed in the owner's regions.

At full size the edges of labels follow the zero crossing of the log odds between two measured pixels.
"""

from __future__ import annotations

import cv2
import numpy as np

from sproutcast_pi.vision.types import Image, Labels, Mask

MIN_SHARE = 0.0002
"""Share of the frame below which a group is a speck."""
MIN_CERTAINTY_SHARE, EDGE_SHARE = 0.4, 0.78
"""Of the surest plant's mean log odds: what is less sure is taken for something else. What the frame's edge cuts shows
less of itself: it must come this near the surest plant's top."""
OTHER_COLOUR, GREY = 0.4, 0.03
"""What the frame's edge cuts is a thing when its colour (each channel's share of the light) lies so far from the surest
whole plant's, of the way from there to what is around; not where that way is so short, as in infrared."""
MIN_CUT_SHARE = 0.3
"""Of a group's size (square root of its area): the frame's edge cuts a group that lies along it for more than this."""
MAX_FRAGMENT_SHARE, REACH_AREA, REACH_LENGTH = 0.3, 0.45, 0.12
"""A group with less than this share of another's area belongs to it when it lies nearer than this much of the other's
size (square root of area) or length (diagonal of its box)."""
MAX_PLANTS = 255
"""Maximum number of plants, as an 8-bit mask can label."""
MIN_SIDE_TO_HALVE = 250
"""Pixels of a frame's short side: smaller ones aren't halved, the smallest gap there is would join neighbours."""
JOIN_SHARE = 0.02
"""Of the short side: parts of one plant lie closer than this, plants farther apart."""


def find_plants(mask: Mask, odds: Image | None = None, bgr: Image | None = None) -> Labels:
    """Number the plants of a mask 1..n (at most 255, the largest), from top left to bottom right.

    With the `odds` of the segmentation, groups far less certain than the best one are dropped; with the picture too,
    those that the frame's edge cuts and that have another colour.
    Parts are grouped on a copy at half size, but for small frames: a gap of a pixel doesn't matter where gaps of many
    are bridged.
    """
    height, width = mask.shape
    labels = np.zeros_like(mask)
    step = 2 if min(height, width) >= MIN_SIDE_TO_HALVE else 1
    gap = max(3, int((min(height, width) + step - 1) // step * JOIN_SHARE) | 1)
    box = _box(mask, margin=2 * gap)
    inside, top = mask[box], box[0].start // step
    size = ((inside.shape[1] + step - 1) // step, (inside.shape[0] + step - 1) // step)
    half = cv2.resize(inside, size, interpolation=cv2.INTER_AREA)
    coarse = (half > 0).astype(np.uint8)
    joined = cv2.morphologyEx(coarse, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (gap, gap)))
    count, groups = cv2.connectedComponents(joined, connectivity=8, ltype=cv2.CV_16U)
    groups[coarse == 0] = 0
    # A halved pixel covers four: area in pixels of the mask.
    areas = np.bincount(groups.ravel().astype(np.intp), half.ravel(), minlength=count) * (step * step / 255)
    areas[0] = 0
    enough = max(MIN_SHARE * height * width, 12, 0.02 * areas.max(initial=0))
    keep = [int(i) for i in np.argsort(-areas)[:MAX_PLANTS] if areas[i] >= enough]
    if odds is not None:
        coarse_odds = cv2.resize(odds[box], size, interpolation=cv2.INTER_AREA)
        keep = _confident_groups(keep, groups, areas / step**2, coarse_odds, None if bgr is None else bgr[box])
    join_fragments(groups, keep, areas / step**2)
    found = cv2.resize(_reading_order(groups, keep, top), inside.shape[::-1], interpolation=cv2.INTER_NEAREST)
    labels[box] = cv2.bitwise_and(found, inside)
    return labels


def _box(mask: Mask, margin: int) -> tuple[slice, slice]:
    """Bounding box of the mask with a margin, at even coordinates for halving."""
    x, y, width, height = cv2.boundingRect(mask)
    top, left = (max(start - margin, 0) // 2 * 2 for start in (y, x))
    bottom, right = ((end + margin + 1) // 2 * 2 for end in (y + height, x + width))
    return slice(top, bottom), slice(left, right)


def _confident_groups(keep: list[int], groups: Labels, areas: Labels, odds: Image, bgr: Image | None) -> list[int]:
    """Groups certain enough relative to the best one; those cut by the frame's edge must be similar, too.

    `areas` are in pixels of `groups`; `bgr` may be larger than these.
    """
    if not keep:
        return keep
    inside = groups > 0
    found, values = groups[inside], np.maximum(odds[inside], 0)
    count = int(groups.max()) + 1
    means = np.bincount(found, values, minlength=count) / np.maximum(np.bincount(found, minlength=count), 1)
    tops = np.zeros(count, np.float32)
    np.maximum.at(tops, found, values)
    cut = _cut_by_edge(groups, areas)
    mean, top = max(means[i] for i in keep), max(tops[i] for i in keep)
    sure = [i for i in keep if means[i] >= MIN_CERTAINTY_SHARE * mean and (i not in cut or tops[i] >= EDGE_SHARE * top)]
    if bgr is None or cut.isdisjoint(sure):
        return sure
    joined = _group_parents(sure, groups, areas)
    whole = max((i for i in sure if joined[i] not in cut), key=lambda i: means[i], default=None)
    if whole is None:
        return sure
    coarse = cv2.resize(bgr, groups.shape[::-1], interpolation=cv2.INTER_AREA)
    light = coarse.astype(np.float32) + 1
    shares = light / light.sum(axis=2, keepdims=True)
    usual = _mean_colour(shares, odds, groups == whole)
    way = float(np.linalg.norm(usual - np.median(shares[~inside], axis=0)))
    if way < GREY:
        return sure
    off = {
        i: float(np.linalg.norm(_mean_colour(shares, odds, groups == i) - usual)) / way for i in cut.intersection(sure)
    }
    return [i for i in sure if off.get(i, 0.0) < OTHER_COLOUR]


def _cut_by_edge(groups: Labels, areas: Labels) -> set[int]:
    """Groups cut by the frame's edge; one that touches it with a tip only is complete."""
    edge = np.concatenate([groups[0], groups[-1], groups[:, 0], groups[:, -1]])
    along = np.bincount(edge, minlength=len(areas))
    return set(np.flatnonzero(along > MIN_CUT_SHARE * np.sqrt(np.maximum(areas, 1))).tolist()) - {0}


def _group_parents(keep: list[int], groups: Labels, areas: Labels) -> dict[int, int]:
    """Parent group of each group, or itself; a flower on a plant cut by the edge is not a plant."""
    joined = groups.copy()
    join_fragments(joined, list(keep), areas)
    return {i: int(joined[groups == i][0]) for i in keep}


def _mean_colour(shares: Image, odds: Image, group: Labels) -> Image:
    """Mean colour of a group weighted by certainty, since the rim of thin leaves is half background."""
    colour: Image = np.average(shares[group], axis=0, weights=np.maximum(odds[group], 0) ** 2 + 1e-3)
    return colour


def join_fragments(groups: Labels, keep: list[int], areas: Labels) -> None:
    """Merge each small group into a much larger one nearby, in `groups` and `keep`; `areas` in pixels of `groups`."""
    places = np.argwhere(groups)
    numbers = groups[places[:, 0], places[:, 1]]
    points = {i: places[numbers == i] for i in keep}
    for small in sorted(keep, key=lambda i: areas[i]):
        near: list[tuple[float, int]] = []
        for large in keep:
            if areas[large] * MAX_FRAGMENT_SHARE < areas[small] or large == small:
                continue
            extent = points[large].max(axis=0) - points[large].min(axis=0)
            reach = max(REACH_AREA * float(areas[large]) ** 0.5, REACH_LENGTH * float(np.hypot(*extent)))
            gap = _gap(points[small], points[large])
            if gap <= reach:
                near.append((gap, large))
        if near:
            target = min(near)[1]
            groups[groups == small] = target
            points[target] = np.concatenate([points[target], points[small]])
            keep.remove(small)


def _gap(first: Labels, second: Labels) -> float:
    """Approximate minimum distance between two groups of points, by subsampling."""
    a, b = first[:: max(1, len(first) // 80)], second[:: max(1, len(second) // 400)]
    return float(np.sqrt(((a[:, None, :] - b[None, :, :]) ** 2).sum(axis=2).min()))


def plants_in_regions(
    mask: Mask, bgr: Image, regions: tuple[tuple[tuple[float, float], ...] | None, ...]
) -> tuple[Labels, Labels]:
    """Assign the mask to regions (polygons, 0 to 1); returns their labels 1..n, and the plants outside all of them.

    A pixel inside one region only is that plant's; what lies in several, or leans out of one, goes by watershed on
    the picture's edges, seeded where a region is alone. Where one region is None it takes what is left.
    """
    height, width = mask.shape
    votes = np.zeros((height, width), np.uint8)
    seeds = np.zeros((height, width), np.uint8)
    for number, region in enumerate(regions, 1):
        if region is None:
            continue
        drawn = np.zeros((height, width), np.uint8)
        polygon = np.array([(round(x * width), round(y * height)) for x, y in region], np.int32)
        cv2.fillPoly(drawn, [polygon], 1)
        votes += drawn
        seeds[drawn > 0] = number
    seeds[(votes != 1) | (mask == 0)] = 0
    count, components = cv2.connectedComponents(mask, connectivity=8, ltype=cv2.CV_32S)
    touched = np.zeros(count, bool)
    touched[np.unique(components[seeds > 0])] = True
    touched[0] = False
    ours = touched[components]
    labels = _watershed(seeds, ours, bgr) if (ours & (seeds == 0)).any() else seeds
    rest = find_plants(np.where(ours, 0, mask).astype(np.uint8))
    for number, region in enumerate(regions, 1):
        if region is None and rest.max() > 0:
            largest = int(np.argmax(np.bincount(rest.ravel())[1:])) + 1
            labels = np.where(rest == largest, number, labels).astype(np.uint8)
            rest = np.where(rest == largest, 0, rest).astype(np.uint8)
    return labels, rest


def _watershed(seeds: Labels, ours: np.ndarray[tuple[int, int], np.dtype[np.bool_]], bgr: Image) -> Labels:
    background = int(seeds.max()) + 1
    markers = np.where(ours, seeds, background).astype(np.int32)
    cv2.watershed(bgr, markers)
    # Watershed leaves a line of -1 between basins: assign it to a neighbour.
    spread = cv2.dilate(np.where((markers > 0) & (markers < background), markers, 0).astype(np.uint8), np.ones((3, 3)))
    lines = (markers == -1) & ours
    markers[lines] = spread[lines]
    markers[~ours | (markers >= background) | (markers < 0)] = 0
    return markers.astype(np.uint8)


def boxes_of(labels: Labels, count: int) -> list[tuple[int, int, int, int]]:
    """x, y, width, height of the labels 1..count; all 0 for absent labels."""
    boxes = []
    for number in range(1, count + 1):
        x, y, width, height = cv2.boundingRect(cv2.compare(labels, number, cv2.CMP_EQ))  # type: ignore[call-overload]  # a plain number is compared with each pixel
        boxes.append((x, y, width, height))
    return boxes


def _reading_order(groups: Labels, keep: list[int], top: int) -> Labels:
    """Reading order: rows of plants of similar height from the top, each from the left. uint8.

    `top` is the row of the frame at which the groups begin.
    """
    table = np.zeros(int(groups.max(initial=0)) + 1, np.uint8)
    for place, group in enumerate(keep, 1):
        table[group] = place
    labels: Labels = table[groups]
    boxes = boxes_of(labels, len(keep))
    step = max(float(np.median([box[3] for box in boxes])), 1.0) if boxes else 1.0
    order = sorted(range(len(boxes)), key=lambda i: (round((top + boxes[i][1] + boxes[i][3] / 2) / step), boxes[i][0]))
    again = np.zeros(len(boxes) + 1, np.uint8)
    for number, index in enumerate(order, 1):
        again[index + 1] = number
    return again[labels]


_STEPS_PER_LOG_ODD = 24.0
"""Grey steps of one unit of log odds: an edge needs no more than a few."""
_MIN_ODDS = 0.05
"""What is labelled has at least these odds, and what isn't at most as much less: labels decide, odds place the edge."""


def upscale_labels(labels: Labels, odds: Image, size: tuple[int, int]) -> Labels:
    """`labels` (0 background, 1..n) at `size` (width, height); `odds` are those they came from, of the same shape."""
    if labels.shape[::-1] == size:
        return labels
    sure = np.where(labels > 0, np.maximum(odds, _MIN_ODDS), np.minimum(odds, -_MIN_ODDS))
    grey = np.clip(np.rint(sure * _STEPS_PER_LOG_ODD) + 128, 0, 255).astype(np.uint8)
    inside = cv2.compare(cv2.resize(grey, size, interpolation=cv2.INTER_LINEAR), 128, cv2.CMP_GT)  # type: ignore[call-overload]  # a plain number is compared with each pixel
    grown = np.where(labels > 0, labels, cv2.dilate(labels, np.ones((3, 3))))
    numbers: Labels = cv2.bitwise_and(cv2.resize(grown, size, interpolation=cv2.INTER_NEAREST), inside)
    return numbers
