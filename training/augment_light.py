"""Augmentation of light and camera: lamp casts, infrared, exposure, noise, blur and JPEG."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Rng = np.random.Generator


def relight(rng: Rng, bgr: Array, mask: Array) -> Array:
    """Render the image under a random lamp; `mask` (0 to 255) is bright in infrared."""
    linear = (bgr.astype(np.float32) / 255) ** 2.2
    kind = rng.random()
    if kind < 0.34:
        gains = np.exp(rng.normal(0, 0.13, 3))
    elif kind < 0.54:  # blurple: red and blue diodes, hardly any green
        gains = np.array([rng.uniform(0.6, 1.6), rng.uniform(0.1, 0.45), rng.uniform(0.7, 1.6)])
        linear = linear @ _channel_crosstalk(rng, 0.18)
    elif kind < 0.68:  # sodium and warm lamps
        gains = np.array([rng.uniform(0.05, 0.45), rng.uniform(0.5, 0.9), rng.uniform(0.9, 1.4)])
        linear = linear @ _channel_crosstalk(rng, 0.1)
    elif kind < 0.8:  # a camera without infrared filter: leaves bright, colours pale
        linear = _infrared(rng, linear, mask)
        gains = np.exp(rng.normal(0, 0.1, 3))
    elif kind < 0.9:
        gains = np.exp(rng.normal(0, 0.12, 3)) * rng.uniform(0.05, 0.4)
    else:
        gains = np.exp(rng.normal(0, 0.45, 3))
    linear = linear * (gains * np.exp(rng.normal(0, 0.25))).astype(np.float32)
    if rng.random() < 0.3:
        falloff = cv2.resize(
            rng.uniform(0.3, 1.2, (3, 3)).astype(np.float32),
            (bgr.shape[1], bgr.shape[0]),
            interpolation=cv2.INTER_CUBIC,
        )
        linear = linear * np.maximum(falloff, 0.05)[..., None]
    gamma = rng.uniform(1.8, 2.6)
    return (np.clip(linear, 0, 1) ** (1 / gamma) * 255).astype(np.uint8)


def simulate_camera(rng: Rng, bgr: Array) -> Array:
    """Simulate lens, sensor and JPEG."""
    if rng.random() < 0.3:
        bgr = cv2.GaussianBlur(bgr, (0, 0), float(rng.uniform(0.3, 1.3)))
    if rng.random() < 0.4:
        noise = rng.normal(0, rng.uniform(1, 9), bgr.shape).astype(np.float32)
        bgr = np.clip(bgr + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        quality = int(rng.integers(35, 95))
        bgr = cv2.imdecode(cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)
    if rng.random() < 0.03:
        bgr = cv2.cvtColor(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    return bgr


def _channel_crosstalk(rng: Rng, amount: float) -> Array:
    """Simulate the crosstalk of sensor colour filters."""
    mix = np.eye(3) + rng.uniform(0, amount, (3, 3))
    return (mix / mix.sum(0)).astype(np.float32)


def _infrared(rng: Rng, linear: Array, mask: Array) -> Array:
    grey = linear.mean(axis=2, keepdims=True)
    faded = linear * rng.uniform(0.15, 0.7) + grey * rng.uniform(0.2, 0.7)
    shine = (mask.astype(np.float32) / 255)[..., None] * rng.uniform(0.05, 0.5)
    haze = rng.uniform(0, 0.15)
    out: Array = faded + shine * (0.35 + grey) + haze * (0.1 + grey)
    return out
