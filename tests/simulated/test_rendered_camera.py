"""The painted camera: what it shows is what is true, under the lamp there is, with the noise of a real sensor."""

from datetime import UTC, datetime, timedelta

import cv2
import msgspec
import numpy as np
import pytest

from sproutcast_pi.errors import CameraError
from sproutcast_pi.ports import CameraSettings
from sproutcast_pi.simulated.greenhouse import Scene, advance, begin, scene, truths
from sproutcast_pi.simulated.leaf_geometry import body
from sproutcast_pi.simulated.plant_renderer import BLOOM, YELLOW
from sproutcast_pi.simulated.rendered_camera import RenderedCamera

START = datetime(2026, 6, 1, tzinfo=UTC)
SMALL = CameraSettings(width=640, height=480)
LIGHT = [(START + timedelta(days=d, hours=h), level) for d in range(60) for h, level in ((6, 1.0), (22, 0.0))]


def plant(**changes):
    grown = truths(advance(begin(START, [1]), START + timedelta(days=3, hours=12), light=LIGHT))[0]
    return msgspec.structs.replace(grown, **({"area_share": 0.7, "droop_deg": 0.0, "leaf_count": 14} | changes))


def paint(settings=SMALL, *, level=1.0, colour="white", capture=0, **changes):
    shown = Scene(seed=3, plants=(plant(**changes),))
    return RenderedCamera(shown, level=level, colour=colour, capture=capture).render(settings)


def foliage_hue(painting):
    hsv = cv2.cvtColor(painting.picture.astype(np.float32) / 255, cv2.COLOR_BGR2HSV)
    return float(np.median(hsv[..., 0][painting.kind == 1]))


def top_of(painting):
    return int(np.flatnonzero(painting.owner.any(axis=1))[0])


def test_the_truth_mask_lies_on_green():
    painting = paint()
    blue, green, red = (painting.picture[..., part].astype(int) for part in range(3))
    greener = (green > red + 8) & (green > blue + 8)
    plants = painting.owner > 0
    assert greener[plants].mean() > 0.93
    assert greener[~plants].mean() < 0.02


@pytest.mark.parametrize("hue", [75.0, 100.0, 125.0])
def test_the_hue_seen_is_the_true_hue(hue):
    assert foliage_hue(paint(hue_deg=hue)) == pytest.approx(hue, abs=4)


def test_more_leaf_area_covers_more():
    covered = [(paint(area_share=share).owner > 0).sum() for share in (0.2, 0.4, 0.6, 0.8, 1.0)]
    assert covered == sorted(covered)
    assert covered[-1] > 3 * covered[0]


def test_tips_point_exactly_as_much_lower_as_the_droop_says():
    firm, limp = (body(plant(droop_deg=droop), 3) for droop in (0.0, 50.0))

    def tip_deg(leaf):
        out = leaf.midrib[-1] - leaf.midrib[-2]
        return np.degrees(np.arctan2(out[1], np.hypot(out[0], out[2])))

    fallen = [
        tip_deg(one) - tip_deg(other)
        for one, other in zip(firm.leaves, limp.leaves, strict=True)
        if tip_deg(other) > -88 and tip_deg(one) < 40
    ]
    assert fallen
    assert np.median(fallen) == pytest.approx(49, abs=2)


def test_a_hanging_plant_is_lower_and_narrower():
    firm, limp = paint(droop_deg=0.0), paint(droop_deg=65.0)
    columns = [np.ptp(np.flatnonzero(one.owner.any(axis=0))) for one in (firm, limp)]
    assert top_of(limp) > top_of(firm) + 10
    assert columns[1] < columns[0]


def test_yellow_and_bloom_cover_what_is_true():
    painting = paint(yellow_share=0.4, bloom_share=1.0)
    leaf = np.isin(painting.kind, (1, YELLOW))
    assert 0.25 < (painting.kind == YELLOW).sum() / leaf.sum() < 0.55
    assert (painting.kind == BLOOM).sum() > 200
    assert not (paint().kind == BLOOM).any()


def test_the_lamp_and_a_locked_exposure_decide_the_brightness():
    full = paint()
    locked = full.settings
    assert locked.exposure_us
    dim = paint(locked, level=0.3)
    dark = paint(locked, level=0.0)
    assert full.picture.mean() > 1.4 * dim.picture.mean() > 3 * dark.picture.mean()
    assert dark.picture.mean() < 25
    assert paint(level=0.3).settings.exposure_us > 2 * locked.exposure_us


def test_a_pink_lamp_tints_and_amber_too():
    means = {colour: paint(colour=colour).picture.mean(axis=(0, 1)) for colour in ("white", "pink", "amber")}
    assert means["pink"][2] > 1.3 * means["pink"][1]
    assert means["amber"][2] > 1.5 * means["amber"][0]
    assert abs(means["white"][2] / means["white"][1] - 1) < 0.2


def test_each_picture_has_its_own_noise_and_the_same_number_the_same():
    assert (paint(capture=1).picture == paint(capture=1).picture).all()
    different = np.abs(paint(capture=1).picture.astype(int) - paint(capture=2).picture)
    assert different.max() > 3
    assert different.mean() < 12


def test_a_turned_picture_is_turned_with_its_truth():
    turned = paint(msgspec.structs.replace(SMALL, rotation_deg=90))
    assert turned.picture.shape == (640, 480, 3)
    assert turned.owner.shape == (640, 480)


def test_several_plants_stand_side_by_side():
    harness = advance(begin(START, [4, 9, 2]), START + timedelta(days=3), light=LIGHT)
    painting = RenderedCamera(scene(harness)).render(SMALL)
    middles = [np.flatnonzero((painting.owner == number).any(axis=0)).mean() / 640 for number in (1, 2, 3)]
    assert middles == pytest.approx([1 / 6, 1 / 2, 5 / 6], abs=0.06)


def test_an_empty_greenhouse_is_a_room_without_plants():
    painting = RenderedCamera({"seed": 1, "plants": []}).render(SMALL)
    assert not painting.owner.any()
    assert painting.picture.mean() > 60


@pytest.mark.parametrize("nonsense", [{"seed": "x"}, {"plants": 3, "seed": 1}, {}])
def test_a_scene_that_is_none_is_a_camera_error(nonsense):
    with pytest.raises(CameraError, match="greenhouse"):
        RenderedCamera(nonsense)


def test_a_senseless_size_is_a_camera_error():
    with pytest.raises(CameraError, match="100000"):
        paint(CameraSettings(width=100000, height=480))
