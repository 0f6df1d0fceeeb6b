"""Pictures painted for the tests, with the plant they show."""

import cv2
import numpy as np


def rosette(centre, radius, leaves, height=600, width=800):
    """A mask of a rosette with this many separate leaves."""
    mask = np.zeros((height, width), np.uint8)
    for index in range(leaves):
        angle = 2 * np.pi * index / leaves
        tip = (centre[0] + radius * 0.6 * np.cos(angle), centre[1] + radius * 0.6 * np.sin(angle))
        axes = (round(radius * 0.45), round(radius * 0.45 * min(0.6, 2.2 / leaves)))
        cv2.ellipse(mask, (round(tip[0]), round(tip[1])), axes, np.degrees(angle), 0, 360, 255, -1)
    cv2.circle(mask, centre, round(radius * 0.2), 255, -1)
    return mask


def render_photo(mask, leaf=(60, 150, 80), ground=(45, 60, 75), seed=2):
    """A picture of that mask: green leaves with grain, on dark soil."""
    rng = np.random.default_rng(seed)
    height, width = mask.shape
    picture = np.empty((height, width, 3), np.float32)
    picture[:] = ground
    crumbs = cv2.resize(rng.normal(0, 14, (height // 3, width // 3)).astype(np.float32), (width, height))
    picture += crumbs[..., None]
    picture[:40, :] = 225
    grain = cv2.GaussianBlur(rng.normal(0, 30, (height, width)).astype(np.float32), (0, 0), 3)
    picture[mask > 0] = (np.array(leaf) + grain[..., None])[mask > 0]
    picture += rng.normal(0, 2, picture.shape)
    return np.clip(picture, 0, 255).astype(np.uint8)


def dice_coefficient(first, second):
    first, second = first > 0, second > 0
    return 2 * (first & second).sum() / max(first.sum() + second.sum(), 1)
