"""Which plant a pixel belongs to: found by themselves, or in the owner's regions by seeded watershed."""

from __future__ import annotations

import cv2
import numpy as np

from sproutcast_pi.vision.types import Image, Labels, Mask

MIN_SHARE = 0.0002
"""Of the frame: less is a speck, not a plant."""
JOIN_SHARE = 0.02
"""Of the short side: parts of one plant lie closer than this, plants farther apart."""


def find_plants(mask: Mask) -> Labels:
    """Number the plants of a mask 1..n, from top left to bottom right."""
    height, width = mask.shape
    gap = max(3, int(min(height, width) * JOIN_SHARE) | 1)
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (gap, gap)))
    count, groups = cv2.connectedComponents(joined, connectivity=8, ltype=cv2.CV_32S)
    groups[mask == 0] = 0
    areas = np.bincount(groups.ravel(), minlength=count)
    areas[0] = 0
    keep = [int(i) for i in np.flatnonzero(areas >= max(MIN_SHARE * height * width, 12, 0.02 * areas.max()))]
    return _renumbered(groups, keep)


def plants_in_regions(
    mask: Mask, bgr: Image, regions: tuple[tuple[tuple[float, float], ...] | None, ...]
) -> tuple[Labels, Labels]:
    """Assign the mask to regions (polygons, 0 to 1); returns their labels 1..n, and the plants outside all of them.

    A pixel inside one region only is that plant's; what lies in several, or leans out of one, goes by watershed on
    the picture's edges, seeded where a region is alone. Where one region is None it takes what is left.
    """
    height, width = mask.shape
    votes = np.zeros((height, width), np.uint8)
    seeds = np.zeros((height, width), np.int32)
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
    labels = _flooded(seeds, ours, bgr) if (ours & (seeds == 0)).any() else seeds
    rest = find_plants(np.where(ours, 0, mask).astype(np.uint8))
    for number, region in enumerate(regions, 1):
        if region is None and rest.max() > 0:
            largest = int(np.argmax(np.bincount(rest.ravel())[1:])) + 1
            labels = np.where(rest == largest, number, labels).astype(np.int32)
            rest = np.where(rest == largest, 0, rest).astype(np.int32)
    return labels, rest


def _flooded(seeds: Labels, ours: np.ndarray[tuple[int, int], np.dtype[np.bool_]], bgr: Image) -> Labels:
    background = int(seeds.max()) + 1
    markers = np.where(ours, seeds, background).astype(np.int32)
    cv2.watershed(bgr, markers)
    # Watershed leaves a line of -1 between basins: give it to a neighbour.
    spread = cv2.dilate(np.where((markers > 0) & (markers < background), markers, 0).astype(np.uint8), np.ones((3, 3)))
    lines = (markers == -1) & ours
    markers[lines] = spread[lines]
    markers[~ours | (markers >= background) | (markers < 0)] = 0
    return markers.astype(np.int32)


def _renumbered(groups: Labels, keep: list[int]) -> Labels:
    """Reading order: rows of plants of similar height from the top, each from the left."""
    if not keep:
        return np.zeros_like(groups)
    boxes = {i: cv2.boundingRect((groups == i).astype(np.uint8)) for i in keep}
    step = max(float(np.median([box[3] for box in boxes.values()])), 1.0)
    order = sorted(keep, key=lambda i: (round((boxes[i][1] + boxes[i][3] / 2) / step), boxes[i][0]))
    table = np.zeros(int(groups.max()) + 1, np.int32)
    for number, group in enumerate(order, 1):
        table[group] = number
    return table[groups]
