"""Geometry of plant regions: polygons in shares of the frame, y from the top. Pure."""

from __future__ import annotations

from collections.abc import Sequence

Point = tuple[float, float]
Region = tuple[Point, ...]

MIN_SIDE = 0.04
"""Minimum side of a region as a share of the frame; smaller ones are accidental."""
START_SIDE = 0.22
"""Half the side of a region that begins in the middle."""


def rectangle(one: Point, other: Point) -> Region:
    """Return the rectangle between two points, inside the frame, clockwise from the top left."""
    left, right = sorted((_clamp(one[0]), _clamp(other[0])))
    top, bottom = sorted((_clamp(one[1]), _clamp(other[1])))
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def big_enough(region: Region) -> bool:
    """Whether a region is large enough to be intended."""
    xs, ys = [p[0] for p in region], [p[1] for p in region]
    return max(xs) - min(xs) >= MIN_SIDE and max(ys) - min(ys) >= MIN_SIDE


def propose_region(taken: Sequence[Region]) -> Region:
    """Return an initial region that avoids the existing ones as far as there is room."""
    for cx in (0.5, 0.25, 0.75):
        for cy in (0.5, 0.25, 0.75):
            if not any(contains(region, (cx, cy)) for region in taken):
                return rectangle((cx - START_SIDE, cy - START_SIDE), (cx + START_SIDE, cy + START_SIDE))
    return rectangle((0.5 - START_SIDE, 0.5 - START_SIDE), (0.5 + START_SIDE, 0.5 + START_SIDE))


def contains(region: Region, point: Point) -> bool:
    """Whether a point lies inside (even-odd rule)."""
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in zip(region, region[1:] + region[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def corner_near(region: Region, point: Point, reach: Point) -> int | None:
    """Return the index of the corner nearest to a point, if it lies within the reach (as shares)."""
    distances = [((x - point[0]) / reach[0]) ** 2 + ((y - point[1]) / reach[1]) ** 2 for x, y in region]
    nearest = min(range(len(region)), key=distances.__getitem__)
    return nearest if distances[nearest] <= 1 else None


def with_corner(region: Region, index: int, point: Point) -> Region:
    """Return the region with one corner moved, inside the frame."""
    return (*region[:index], (_clamp(point[0]), _clamp(point[1])), *region[index + 1 :])


def moved(region: Region, by: Point) -> Region:
    """Return the region moved as a whole, kept inside the frame."""
    xs, ys = [p[0] for p in region], [p[1] for p in region]
    dx = min(max(by[0], -min(xs)), 1 - max(xs))
    dy = min(max(by[1], -min(ys)), 1 - max(ys))
    return tuple((_clamp(x + dx), _clamp(y + dy)) for x, y in region)


def _clamp(share: float) -> float:
    return min(1.0, max(0.0, share))
