"""Plant segmentation: context from the net, edges from the photo's colours, prior from the site profile.

Without knowledge the net's sure pixels teach a colour table of this one picture (self-training), and both are added
as log odds: the net says where, the colours say which pixels there. With a site profile that fits, its table and
place prior speak too.
"""

from __future__ import annotations

import cv2
import msgspec
import numpy as np

from sproutcast_pi.vision.colour.colour_table import STEPS, ColourTable, cells_of, steps_of, table_of
from sproutcast_pi.vision.colour.exposure_ratio import normalise_exposure
from sproutcast_pi.vision.photo.lit_region import find_lit_region
from sproutcast_pi.vision.profile.mask_style import blur_odds, translate
from sproutcast_pi.vision.profile.profile import (
    LOCATION_WEIGHT,
    NET_WEIGHT,
    ProfileFit,
    SiteProfile,
    check_fit,
    known_colours,
)
from sproutcast_pi.vision.segmentation.mask_refinement import recover_petals
from sproutcast_pi.vision.segmentation.net import CLOSE_UP_SIZE, PlantNet, lift_shadows, shipped_net
from sproutcast_pi.vision.types import Image, Mask, subsample

TEACHING_PROBABILITY = 0.7
"""Probability from which the net's pixels train the colour table, on either side."""
CLASS_BALANCE, SPREAD = 0.7, 0.9
COLOUR_WEIGHT = 1.0
STRIDE = 3
"""Subsampling of the training pixels, both ways."""
CLOSE_UP_SHARE = 0.7
"""Share of the frame from which a plant is a close-up of a leaf."""
PETAL_ODDS = 1.5
"""Log odds of petal-coloured pixels beside a plant."""
MIN_COMPONENT_ODDS = 1.0
"""Maximum log odds a piece must reach to be accepted."""
MIN_NET_ODDS = 2.2
"""Log odds (90 %) the net alone must reach somewhere, as self-trained colours inflate its certainty."""
MIN_CROP_NET_ODDS = 4.5
"""Log odds the net must reach where it sees a plant only in a cut: a green clock at night looks like leaves there."""
MIN_FRAME_ODDS = 4.5
"""Log odds some pixel of a picture must reach without knowledge of its place: else there is no plant in it at all."""
_RULED_OUT_ODDS = -3.5
"""Log odds below which the net excludes plant regardless of colour."""
_FULL_LOOKUP_SHARE = 0.3
"""Share of the frame from which selecting pixels costs more than using all."""
_MIN_TEACHING_PIXELS = 12


class Segmentation(msgspec.Struct, frozen=True, kw_only=True):
    """Plant mask with its certainty."""

    mask: Mask
    odds: Image
    """Log odds, float32, of the same size as the mask."""
    context: Image
    """Log odds of the net alone, for every second pixel, both ways."""
    confidence: float
    """0 to 1: mean certainty over what is plant."""
    fit: ProfileFit | None = None
    """Whether the site profile fits, if one was given."""


def segment(
    bgr: Image,
    profile: SiteProfile | None = None,
    net: PlantNet | None = None,
    shift: tuple[float, float] = (0.0, 0.0),
    *,
    brightness: float | None = None,
    two_scale: bool = False,
) -> Segmentation:
    """Segment a frame (uint8 BGR at measuring size); `shift` is the camera's movement, in shares of the frame.

    `brightness` is how many times as bright the frame is as the profile's own, where that is known. `two_scale` looks
    twice, the second time closer: it finds more of thin leaves and costs three times as much.
    """
    odds = net_odds(bgr, net, two_scale=two_scale)
    context = np.ascontiguousarray(odds[::2, ::2])
    fit: ProfileFit | None = None
    if profile is not None:
        cells = cells_of(normalise_exposure(bgr, brightness), profile.steps)
        fit = check_fit(profile, cells)
        if fit.fits:
            return _segmentation(_with_profile(odds, bgr, profile, cells, shift), context, fit)
    if float(odds.max()) >= MIN_NET_ODDS:
        _add_colour_odds(odds, bgr)
    if float(odds.max()) < MIN_FRAME_ODDS:
        odds = np.minimum(odds, 0)
    return _segmentation(odds, context, fit)


def net_odds(bgr: Image, net: PlantNet | None = None, *, two_scale: bool = False) -> Image:
    """Log odds of the net at the frame's size (float32); before black, of the lit region by itself too."""
    used = net or shipped_net()
    odds = _multi_scale_odds(bgr, used, two_scale=two_scale)
    box = find_lit_region(bgr)
    if box is not None:
        closer = _multi_scale_odds(bgr[box], used, two_scale=two_scale)
        if float(odds.max()) >= MIN_NET_ODDS or float(closer.max()) >= MIN_CROP_NET_ODDS:
            odds[box] = np.maximum(odds[box], closer)
    return odds


def _multi_scale_odds(bgr: Image, net: PlantNet, *, two_scale: bool) -> Image:
    size = bgr.shape[1::-1]
    odds: Image = cv2.resize(net.logits(bgr), size, interpolation=cv2.INTER_LINEAR)
    if two_scale:
        closer = cv2.resize(net.logits(lift_shadows(bgr), CLOSE_UP_SIZE), size, interpolation=cv2.INTER_LINEAR)
        odds = (odds + closer) * np.float32(0.5)
    return odds


def _add_colour_odds(odds: Image, bgr: Image) -> None:
    """Add the log odds of the picture's own colours, within the box where plants may be."""
    small_bgr = subsample(STRIDE, bgr)
    steps = steps_of(small_bgr, coarse=True)
    small = np.ascontiguousarray(odds[::STRIDE, ::STRIDE])
    sure = np.log(TEACHING_PROBABILITY / (1 - TEACHING_PROBABILITY))
    likely = (1 / (1 + np.exp(-small))).astype(np.float32)
    cells = cells_of(small_bgr, steps)
    plant = np.where(small > sure, likely, 0)
    background = np.where(small < -sure, 1 - likely, 0)
    if np.count_nonzero(plant) < _MIN_TEACHING_PIXELS or np.count_nonzero(background) < _MIN_TEACHING_PIXELS:
        return
    table = _self_trained_table(steps, cells, plant, background)
    near = np.flatnonzero(odds > _RULED_OUT_ODDS)
    if len(near) > _FULL_LOOKUP_SHARE * odds.size:
        odds += COLOUR_WEIGHT * table.odds[cells_of(bgr, steps)]
        return
    pixels = bgr.reshape(-1, 3).take(near, axis=0)[None]
    flat = odds.reshape(-1)
    flat[near] = flat.take(near) + COLOUR_WEIGHT * table.odds.take(cells_of(pixels, steps)[0])


def _self_trained_table(steps: Image, cells: Image, plant: Image, background: Image) -> ColourTable:
    flat = cells.ravel()
    seen = np.bincount(flat, plant.ravel(), minlength=STEPS**3).astype(np.float32)
    other = np.bincount(flat, background.ravel(), minlength=STEPS**3).astype(np.float32)
    return table_of(steps, seen, other, balance=CLASS_BALANCE, spread=SPREAD)


def _with_profile(odds: Image, bgr: Image, profile: SiteProfile, cells: Image, shift: tuple[float, float]) -> Image:
    colour_odds = profile.table().odds[cells]
    total = colour_odds + NET_WEIGHT * odds
    # For colours unseen at the site, such as the first flowers, the net is more reliable than the table.
    new = ~known_colours(profile)[cells]
    total[new] = odds[new]
    total += LOCATION_WEIGHT * profile.location_odds(shift, odds.shape[:2])
    drawn = blur_odds(total, profile.mask_style.blur) - np.float32(profile.mask_style.cut)
    petals = recover_petals(bgr, drawn > 0, odds, (colour_odds < 0) & ~new)
    drawn[petals] = np.maximum(drawn[petals], PETAL_ODDS)
    dx, dy = (aside * odds.shape[1] / 1000 for aside in profile.mask_style.offset)
    return translate(drawn, dx, dy)


def _segmentation(odds: Image, context: Image, fit: ProfileFit | None) -> Segmentation:
    mask = (odds > 0).astype(np.uint8) * 255
    if mask.any():
        mask = _drop_uncertain(mask, odds)
        if np.count_nonzero(mask) > CLOSE_UP_SHARE * mask.size:
            mask = _fill_holes(mask)
    sure = float(np.mean(np.tanh(odds[mask > 0] / 4))) if mask.any() else 0.0
    return Segmentation(mask=mask, odds=odds, context=context, confidence=round(max(sure, 0.0), 3), fit=fit)


def _fill_holes(mask: Mask) -> Mask:
    """Fill holes in the close-up of a leaf: they are damage or spots."""
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return cv2.drawContours(np.zeros_like(mask), outlines, -1, 255, cv2.FILLED)


def _drop_uncertain(mask: Mask, odds: Image) -> Mask:
    """Drop specks, and pieces without any certain pixel."""
    x, y, width, height = cv2.boundingRect(mask)
    box = (slice(y, y + height), slice(x, x + width))
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(mask[box], connectivity=8, ltype=cv2.CV_16U)
    keep = stats[:, cv2.CC_STAT_AREA] >= max(6, mask.size // 100_000)
    certain = np.zeros(count, bool)
    certain[pieces.ravel()[np.flatnonzero(odds[box] > MIN_COMPONENT_ODDS)]] = True
    kept = mask.copy()
    for piece in 1 + np.flatnonzero(~(keep & certain)[1:]):
        left, top, wide, tall = stats[piece, :4]
        part = (slice(top, top + tall), slice(left, left + wide))
        kept[box][part][pieces[part] == piece] = 0
    return kept
