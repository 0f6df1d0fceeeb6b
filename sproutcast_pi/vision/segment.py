"""Which pixels are plant: context from the net, edges from the picture's own colours, knowledge from the site profile.

Without knowledge the net's sure pixels teach a colour table of this one picture (self-training), and both are added
as log odds: the net says where, the colours say which pixels there. With a site profile that fits, its table and
place prior speak too.
"""

from __future__ import annotations

import cv2
import msgspec
import numpy as np

from sproutcast_pi.vision.brightness import brightened
from sproutcast_pi.vision.channels import every
from sproutcast_pi.vision.colour_table import STEPS, ColourTable, cells_of, steps_of, table_of
from sproutcast_pi.vision.habit import blurred, moved
from sproutcast_pi.vision.lit import lit_part
from sproutcast_pi.vision.net import CLOSER, PlantNet, shipped_net
from sproutcast_pi.vision.net_input import raised
from sproutcast_pi.vision.petals_beside import petals_beside
from sproutcast_pi.vision.profile import NET_WEIGHT, PLACE_WEIGHT, Fit, SiteProfile, fit_of, known_colours
from sproutcast_pi.vision.types import Image, Mask

SURE = 0.7
"""Probability from which the net's pixels teach the colour table, on either side."""
BALANCE, SPREAD = 0.7, 0.9
COLOUR_WEIGHT = 1.0
STRIDE = 3
"""Every third pixel, both ways, teaches the table: colours don't change between neighbours."""
CLOSE_UP = 0.7
"""Share of the frame from which a plant is a close-up of a leaf."""
PETAL = 1.5
"""Log odds of what has a petal's colour, beside a plant."""
CERTAIN = 1.0
"""Log odds a piece must reach somewhere to be believed."""
LIKELY = 2.2
"""Log odds (90 %) the net must reach somewhere by itself: colours taught by a mere guess make it a certainty."""
LIKELY_CLOSE = 4.5
"""Log odds the net must reach where it sees a plant only in a cut: a green clock at night looks like leaves there."""
PLANTS = 4.5
"""Log odds some pixel of a picture must reach without knowledge of its place: else there is no plant in it at all."""
_NEAR = -3.5
"""Log odds below which the net rules plant out, and colours aren't asked."""
_MANY = 0.3
"""Share of the frame from which picking pixels costs more than taking all."""
_MIN_TEACHERS = 12


class Segmentation(msgspec.Struct, frozen=True, kw_only=True):
    """The plants' pixels and how sure we are of them."""

    mask: Mask
    odds: Image
    """Log odds, float32, of the same size as the mask."""
    context: Image
    """Log odds as the net alone tells them, for every second pixel, both ways."""
    confidence: float
    """0 to 1: mean certainty over what is plant."""
    fit: Fit | None = None
    """Whether the site profile fits, where one was given."""


def segment(
    bgr: Image,
    profile: SiteProfile | None = None,
    net: PlantNet | None = None,
    shift: tuple[float, float] = (0.0, 0.0),
    *,
    brightness: float | None = None,
    careful: bool = False,
) -> Segmentation:
    """Plants of a frame (uint8 BGR at measuring size); `shift` is the camera's movement, in shares of the frame.

    `brightness` is how many times as bright the frame is as the profile's own, where that is known. `careful` looks
    twice, the second time closer: it finds more of thin leaves and costs three times as much.
    """
    odds = net_odds(bgr, net, careful=careful)
    context = np.ascontiguousarray(odds[::2, ::2])
    fit: Fit | None = None
    if profile is not None:
        cells = cells_of(brightened(bgr, brightness), profile.steps)
        fit = fit_of(profile, cells)
        if fit.fits:
            return _segmentation(_with_profile(odds, bgr, profile, cells, shift), context, fit)
    if float(odds.max()) >= LIKELY:
        _add_colours(odds, bgr)
    if float(odds.max()) < PLANTS:
        odds = np.minimum(odds, 0)
    return _segmentation(odds, context, fit)


def net_odds(bgr: Image, net: PlantNet | None = None, *, careful: bool = False) -> Image:
    """The net's log odds of plant at the frame's size (float32); before black it looks at what is lit by itself too."""
    used = net or shipped_net()
    odds = _looked_at(bgr, used, careful=careful)
    box = lit_part(bgr)
    if box is not None:
        closer = _looked_at(bgr[box], used, careful=careful)
        if float(odds.max()) >= LIKELY or float(closer.max()) >= LIKELY_CLOSE:
            odds[box] = np.maximum(odds[box], closer)
    return odds


def _looked_at(bgr: Image, net: PlantNet, *, careful: bool) -> Image:
    size = bgr.shape[1::-1]
    odds: Image = cv2.resize(net.logits(bgr), size, interpolation=cv2.INTER_LINEAR)
    if careful:
        closer = cv2.resize(net.logits(raised(bgr), CLOSER), size, interpolation=cv2.INTER_LINEAR)
        odds = (odds + closer) * np.float32(0.5)
    return odds


def _add_colours(odds: Image, bgr: Image) -> None:
    """Add the log odds of the picture's own colours, within the box where plants may be."""
    small_bgr = every(STRIDE, bgr)
    steps = steps_of(small_bgr, coarse=True)
    small = np.ascontiguousarray(odds[::STRIDE, ::STRIDE])
    sure = np.log(SURE / (1 - SURE))
    likely = (1 / (1 + np.exp(-small))).astype(np.float32)
    cells = cells_of(small_bgr, steps)
    plant = np.where(small > sure, likely, 0)
    background = np.where(small < -sure, 1 - likely, 0)
    if np.count_nonzero(plant) < _MIN_TEACHERS or np.count_nonzero(background) < _MIN_TEACHERS:
        return
    table = _taught(steps, cells, plant, background)
    near = np.flatnonzero(odds > _NEAR)
    if len(near) > _MANY * odds.size:
        odds += COLOUR_WEIGHT * table.odds[cells_of(bgr, steps)]
        return
    pixels = bgr.reshape(-1, 3).take(near, axis=0)[None]
    flat = odds.reshape(-1)
    flat[near] = flat.take(near) + COLOUR_WEIGHT * table.odds.take(cells_of(pixels, steps)[0])


def _taught(steps: Image, cells: Image, plant: Image, background: Image) -> ColourTable:
    flat = cells.ravel()
    seen = np.bincount(flat, plant.ravel(), minlength=STEPS**3).astype(np.float32)
    other = np.bincount(flat, background.ravel(), minlength=STEPS**3).astype(np.float32)
    return table_of(steps, seen, other, balance=BALANCE, spread=SPREAD)


def _with_profile(odds: Image, bgr: Image, profile: SiteProfile, cells: Image, shift: tuple[float, float]) -> Image:
    told = profile.table().odds[cells]
    total = told + NET_WEIGHT * odds
    # Of colours the place never showed, such as the first flowers, the net knows more than the table.
    new = ~known_colours(profile)[cells]
    total[new] = odds[new]
    total += PLACE_WEIGHT * profile.place_odds(shift, odds.shape[:2])
    drawn = blurred(total, profile.habit.blur) - np.float32(profile.habit.cut)
    petals = petals_beside(bgr, drawn > 0, odds, (told < 0) & ~new)
    drawn[petals] = np.maximum(drawn[petals], PETAL)
    dx, dy = (aside * odds.shape[1] / 1000 for aside in profile.habit.offset)
    return moved(drawn, dx, dy)


def _segmentation(odds: Image, context: Image, fit: Fit | None) -> Segmentation:
    mask = (odds > 0).astype(np.uint8) * 255
    if mask.any():
        mask = _without_doubtful(mask, odds)
        if np.count_nonzero(mask) > CLOSE_UP * mask.size:
            mask = _filled(mask)
    sure = float(np.mean(np.tanh(odds[mask > 0] / 4))) if mask.any() else 0.0
    return Segmentation(mask=mask, odds=odds, context=context, confidence=round(max(sure, 0.0), 3), fit=fit)


def _filled(mask: Mask) -> Mask:
    """In a close-up of a leaf, what is no leaf is a hole or a spot in it."""
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return cv2.drawContours(np.zeros_like(mask), outlines, -1, 255, cv2.FILLED)


def _without_doubtful(mask: Mask, odds: Image) -> Mask:
    """Drop specks, and pieces of which no pixel is well above doubt."""
    x, y, width, height = cv2.boundingRect(mask)
    box = (slice(y, y + height), slice(x, x + width))
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(mask[box], connectivity=8, ltype=cv2.CV_16U)
    keep = stats[:, cv2.CC_STAT_AREA] >= max(6, mask.size // 100_000)
    certain = np.zeros(count, bool)
    certain[pieces.ravel()[np.flatnonzero(odds[box] > CERTAIN)]] = True
    kept = mask.copy()
    for piece in 1 + np.flatnonzero(~(keep & certain)[1:]):
        left, top, wide, tall = stats[piece, :4]
        part = (slice(top, top + tall), slice(left, left + wide))
        kept[box][part][pieces[part] == piece] = 0
    return kept
