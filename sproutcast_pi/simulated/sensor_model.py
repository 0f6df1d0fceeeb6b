"""Sensor model from surface colours to a photo: lamp, exposure, white balance, lens blur, noise, camera shake."""

from __future__ import annotations

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from sproutcast_pi.ports import CameraSettings

GAMMA = 2.2
AMBIENT = 0.002
"""Ambient light relative to the lamp at full level."""
LAMPS: dict[str, tuple[float, float, float]] = {
    "white": (1.0, 1.0, 1.0),
    "pink": (0.95, 0.30, 1.05),
    "amber": (0.28, 0.66, 1.10),
}
"""BGR of each lamp under a white balance for white light."""
TARGET_MEAN = 0.24
"""Target mean linear brightness of automatic exposure."""
BASE_US = 8000
"""Exposure at gain 1 that renders a white surface under the full lamp as white."""
LONGEST_US, MOST_GAIN = 66_000, 8.0
RED_GAIN, BLUE_GAIN = 2.1, 1.7
"""White-balance gains under white light; other locked gains tint the photo."""
FULL_WELL_ELECTRONS = 6000.0
"""Full-well capacity at gain 1, which determines the shot noise."""
READ_NOISE = 0.0012


def expose(
    surface: NDArray[np.uint8],
    settings: CameraSettings,
    *,
    level: float,
    colour: str,
    rng: np.random.Generator,
) -> tuple[NDArray[np.uint8], CameraSettings]:
    """Return the photo of `surface` (gamma-coded surface colours) and the camera settings used.

    `level`: the lamp, 0 to 1; `colour`: white, pink or amber. Exposure and balance that `settings` leaves open are
    chosen as a camera would; fixed ones are kept.
    """
    lamp = np.array(LAMPS.get(colour, LAMPS["white"]), np.float32)
    light: NDArray[np.float32] = (
        _DECODE[surface] * _light_falloff(surface.shape[0], surface.shape[1])[:, :, None] * (AMBIENT + level * lamp)
    )
    used = _auto_exposure(settings, float(light.mean()))
    assert used.exposure_us is not None
    assert used.gain is not None
    gain = used.exposure_us * used.gain / BASE_US
    balance = ((used.blue_gain or BLUE_GAIN) / BLUE_GAIN, 1.0, (used.red_gain or RED_GAIN) / RED_GAIN)
    light = np.asarray(light * (gain * np.array(balance, np.float32)), np.float32)
    light = np.asarray(cv2.GaussianBlur(light, (0, 0), max(surface.shape[1] / 2800, 0.3)), np.float32)
    light = np.clip(light + _noise(light, used.gain, rng), 0.0, 1.0)
    picture: NDArray[np.uint8] = _ENCODE[(light * (len(_ENCODE) - 1)).astype(np.uint16)]
    return picture, used


def camera_shake(height: int, width: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return a random camera shake: mostly less than a pixel, a few hundredths of a degree."""
    turn = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), float(rng.normal(0, 0.02)), 1.0), np.float32)
    turn[:, 2] += rng.normal(0, width / 2400, 2).astype(np.float32)
    return turn


def _auto_exposure(settings: CameraSettings, mean: float) -> CameraSettings:
    """Automatic exposure: exposure time first, gain when that is not enough."""
    exposure_us, gain = settings.exposure_us, settings.gain
    needed = TARGET_MEAN / max(mean, 1e-6) * BASE_US
    if exposure_us is None:
        exposure_us = int(min(max(needed / (gain or 1.0), 100), LONGEST_US))
    if gain is None:
        gain = min(max(needed / exposure_us, 1.0), MOST_GAIN)
    return msgspec.structs.replace(
        settings,
        exposure_us=exposure_us,
        gain=round(gain, 3),
        red_gain=settings.red_gain or RED_GAIN,
        blue_gain=settings.blue_gain or BLUE_GAIN,
        lens_position=settings.lens_position if settings.lens_position is not None else 1.8,
    )


def _noise(light: NDArray[np.float32], gain: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Shot noise (square root of the signal) and read noise."""
    spread = np.sqrt(light * np.float32(gain / FULL_WELL_ELECTRONS) + np.float32((READ_NOISE * gain) ** 2))
    return np.asarray(rng.standard_normal(light.shape, np.float32) * spread, np.float32)


def _light_falloff(height: int, width: int) -> NDArray[np.float32]:
    """Light falloff of the lamp towards the corners."""
    rows = np.linspace(-0.75, 1.0, height, dtype=np.float32)[:, None]
    columns = np.linspace(-1.0, 1.0, width, dtype=np.float32)[None, :]
    return np.asarray(1.06 - 0.20 * rows**2 - 0.14 * columns**2, np.float32)


_DECODE = ((np.arange(256) / 255.0) ** GAMMA).astype(np.float32)
_ENCODE = np.round(255.0 * (np.arange(4096) / 4095.0) ** (1.0 / GAMMA)).astype(np.uint8)
