"""Modes of the sensors on Raspberry Pi's cameras."""

from __future__ import annotations


def mode(width, height, crop, bits=10):
    return {"size": (width, height), "crop_limits": crop, "bit_depth": bits}


SENSORS = {
    "v1": (
        [
            mode(640, 480, (16, 0, 2560, 1920)),
            mode(1296, 972, (0, 0, 2592, 1944)),
            mode(1920, 1080, (348, 434, 1928, 1080)),
            mode(2592, 1944, (0, 0, 2592, 1944)),
        ],
        (1296, 972),
    ),
    "v2": (
        [
            mode(640, 480, (1000, 752, 1280, 960)),
            mode(1640, 1232, (0, 0, 3280, 2464)),
            mode(1920, 1080, (680, 692, 1920, 1080)),
            mode(3280, 2464, (0, 0, 3280, 2464)),
        ],
        (1640, 1232),
    ),
    "v3": (
        [
            mode(1536, 864, (768, 432, 3072, 1728)),
            mode(2304, 1296, (0, 0, 4608, 2592)),
            mode(4608, 2592, (0, 0, 4608, 2592)),
        ],
        (2304, 1296),
    ),
    "HQ": (
        [
            mode(1332, 990, (696, 528, 2664, 1980)),
            mode(2028, 1080, (0, 440, 4056, 2160), 12),
            mode(2028, 1520, (0, 0, 4056, 3040), 12),
            mode(4056, 3040, (0, 0, 4056, 3040), 12),
        ],
        (2028, 1520),
    ),
    "global shutter": ([mode(1456, 1088, (0, 0, 1456, 1088))], (1456, 1088)),
}
"""Modes as Raspberry Pi's camera software documentation lists them for each sensor, and the one to aim with."""
