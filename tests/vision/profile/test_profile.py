"""Site profiles and the commands that use them."""

import json

import cv2
import numpy as np
import pytest

from sproutcast_pi.cli import run
from sproutcast_pi.messages.areas import photo_notes
from sproutcast_pi.vision.colour.colour_table import cells_of
from sproutcast_pi.vision.profile.profile import ProfileError, check_fit, learn_profile, read_profile, save_profile
from sproutcast_pi.vision.segmentation.segment import net_odds, segment
from tests.vision.helpers import dice_coefficient, render_photo, rosette


def training_mask(seed=2, leaf=(60, 150, 80)):
    mask = rosette((400, 300), 200, 6)
    picture = render_photo(mask, leaf=leaf, seed=seed)
    return picture, mask, net_odds(picture)


def test_a_profile_finds_the_plants_of_its_place_and_survives_a_file(tmp_path):
    save_profile(learn_profile([training_mask()]), tmp_path / "site.npz")
    profile = read_profile(tmp_path / "site.npz")
    other = rosette((380, 310), 220, 7)
    found = segment(render_photo(other, seed=9), profile)
    assert found.fit.fits
    assert dice_coefficient(found.mask, other) > 0.95


def test_leaves_of_a_colour_the_place_never_showed_are_found():
    profile = learn_profile([training_mask()])
    plant = rosette((400, 300), 200, 6)
    picture = render_photo(plant, leaf=(90, 170, 150))
    found = segment(picture, profile)
    assert found.fit.fits
    assert dice_coefficient(found.mask, plant) > 0.9


@pytest.mark.parametrize(("petal", "share"), [((150, 60, 170), 0.7), ((70, 160, 200), 0.95)], ids=["purple", "yellow"])
def test_flowers_that_opened_since_belong_to_the_plant(petal, share):
    picture, mask, odds = training_mask()
    profile = learn_profile([(picture, mask, odds)])
    places = np.random.default_rng(3).uniform((250, 150), (550, 450), (25, 2)).astype(int).tolist()
    flowers = np.zeros_like(mask)
    for place in places:
        cv2.circle(flowers, place, 11, 255, -1)
    found = segment(np.where(flowers[..., None] > 0, np.uint8(petal), picture), profile)
    assert found.fit.fits
    assert (found.mask[flowers > 0] > 0).mean() > share
    assert dice_coefficient(found.mask, mask | flowers) > 0.93


def test_another_lamp_is_noticed():
    picture, mask, odds = training_mask()
    profile = learn_profile([(picture, mask, odds)])
    pink = np.clip(picture * np.array([1.8, 0.4, 1.9]), 0, 255).astype(np.uint8)
    fit = check_fit(profile, cells_of(pink, profile.steps))
    assert not fit.fits
    assert fit.reason == photo_notes.PROFILE_MISFIT(share=fit.novel * 100)


def test_masks_that_lie_a_pixel_aside_are_found_where_they_are_drawn(tmp_path):
    picture, mask, odds = training_mask()
    aside = np.roll(mask, (1, 2), (0, 1))
    save_profile(learn_profile([(picture, aside, odds)]), tmp_path / "site.npz")
    profile = read_profile(tmp_path / "site.npz")
    assert profile.mask_style.offset == pytest.approx((2 * 1000 / 800, 1000 / 800))
    found = segment(picture, profile)
    assert dice_coefficient(found.mask, aside) > dice_coefficient(found.mask, mask) + 0.01


def test_dark_or_plantless_frames_teach_nothing():
    picture, mask, odds = training_mask()
    for frame, truth in ((picture // 30, mask), (picture, mask * 0), (picture, mask * 0 + 255)):
        with pytest.raises(ProfileError, match="Nothing to learn"):
            learn_profile([(frame, truth, odds)])


@pytest.mark.parametrize("content", [b"", b"no profile", b"PK\x03\x04 half a zip"])
def test_a_damaged_profile_is_a_sentence(tmp_path, content):
    (tmp_path / "site.npz").write_bytes(content)
    with pytest.raises(ProfileError, match=r"site\.npz"):
        read_profile(tmp_path / "site.npz")


def test_learn_and_analyze_from_the_command_line(tmp_path, capsys):
    picture, mask, _ = training_mask()
    (tmp_path / "masks").mkdir()
    cv2.imwrite(str(tmp_path / "a.png"), picture)
    cv2.imwrite(str(tmp_path / "masks" / "a.png"), mask)
    (tmp_path / "b.jpg").write_bytes(b"")
    site = tmp_path / "site.npz"
    assert run(["profile", "learn", str(tmp_path / "a.png"), "--masks", str(tmp_path / "masks"), str(site)]) == 0
    capsys.readouterr()
    arguments = ["analyze", str(tmp_path / "a.png"), str(tmp_path / "b.jpg"), "--json", "--profile", str(site)]
    assert run([*arguments, "--masks", str(tmp_path / "out"), "--overlays", str(tmp_path / "out")]) == 1
    good, bad = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (good["file"], good["width"], good["height"], len(good["plants"])) == ("a.png", 800, 600, 1)
    assert {"decode", "segment", "total"} <= good["elapsed_ms"].keys()
    assert bad["file"] == "b.jpg"
    assert "empty" in bad["error"]
    assert cv2.imread(str(tmp_path / "out" / "a.png"), cv2.IMREAD_UNCHANGED).shape == (600, 800)
    assert (tmp_path / "out" / "a.jpg").stat().st_size > 0
