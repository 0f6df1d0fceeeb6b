"""A sensor and its control algorithms, answering as libcamera's Raspberry Pi pipeline does.

Lines of exposure are floored, gains are codes, reported microseconds are truncated (raspberrypi/libcamera
src/ipa/rpi/cam_helper/cam_helper.cpp and cam_helper_*.cpp, src/ipa/rpi/common/ipa_base.cpp); what is requested is in
force a few frames later (src/libcamera/pipeline/rpi/common/delayed_controls.cpp). The algorithms settle within some
frames and then wander by a percent, as measured light does.
"""

import math
import struct

DELAY = 2
"""Frames from a request to the frame that has it."""
SETTLING = 0.5
"""Share of what is missing that automatic exposure and balance make up in a frame."""
SCANNING_FRAMES = 4
AUTO, SCANNING, FOCUSED = 1, 1, 2
"""AfMode Auto; AfState Scanning and Focused (libcamera control_ids_core.yaml)."""
LONGEST_US = 66_666


def float32(number):
    return struct.unpack("f", struct.pack("f", number))[0]


class Sony:
    """Gain codes 0 to `steps`, gain = steps / (steps - code); a line takes `pixels` at `pixel_rate` per second."""

    def __init__(self, pixels, pixel_rate, steps):
        self.line_us = pixels / pixel_rate * 1e6
        self._steps = steps

    def exposure_us(self, wanted_us):
        return int(wanted_us / self.line_us) * self.line_us

    def gain(self, wanted):
        return self._steps / (self._steps - int(self._steps - self._steps / wanted))


class Omnivision(Sony):
    """Gain in sixteenths."""

    def gain(self, wanted):
        return int(wanted * 16.0) / 16.0


class GlobalShutter:
    """Sony IMX296: an offset beside the lines, gain in tenths of a decibel."""

    line_us = 550.0 / 37.125
    offset_us = 14.26

    def exposure_us(self, wanted_us):
        return max(1, int((wanted_us - self.offset_us) / self.line_us)) * self.line_us + self.offset_us

    def gain(self, wanted):
        return 10 ** (min(int(200 * math.log10(wanted)), 239) / 200)


SENSORS = {
    "v1": Omnivision(2844, 87.5e6, 16),
    "v2": Sony(3448, 182.4e6, 256),
    "v3": Sony(15648, 595.2e6, 1024),
    "HQ": Sony(24000, 840e6, 1024),
    "global shutter": GlobalShutter(),
}


class Algorithms:
    """Exposure, balance and focus of one running camera; `controls` are what its sensor has."""

    def __init__(self, sensor, controls, *, light_us=1998.0 * 1.1191):
        self._sensor = SENSORS[sensor]
        self.controls = controls
        self._light_us = light_us
        self._queue = []
        self._set = {}
        self._frame = 0
        self._total_us = 20_000.0
        self._balance = [1.0, 1.0]
        self._scan = 0
        self._lens = 1.0

    def request(self, controls):
        """Take controls that came with a request."""
        self._queue.append((self._frame + DELAY, dict(controls)))

    def next_frame(self):
        """Metadata of the frame that was just exposed."""
        self._frame += 1
        while self._queue and self._queue[0][0] <= self._frame:
            arrived = self._queue.pop(0)[1]
            self._set |= arrived
            if arrived.get("AfTrigger") is not None:
                self._scan = SCANNING_FRAMES
        metadata = self._exposure() | self._white_balance() | self._focus()
        return metadata | {"Lux": 400.0, "ColourTemperature": 4100, "SensorTemperature": 31.0}

    def _exposure(self):
        wander = 1 + 0.01 * math.sin(self._frame)
        self._total_us += (self._light_us * wander - self._total_us) * SETTLING
        fixed = {} if self._set.get("AeEnable", True) else self._set
        gain = fixed.get("AnalogueGain") or max(1.1191, self._total_us / LONGEST_US)
        exposure_us = fixed.get("ExposureTime") or min(self._total_us / gain, LONGEST_US)
        return {
            "ExposureTime": int(self._sensor.exposure_us(exposure_us)),
            "AnalogueGain": float32(self._sensor.gain(gain)),
            "DigitalGain": 1.0,
        }

    def _white_balance(self):
        for index, right in enumerate((2.013, 1.487)):
            self._balance[index] += (right - self._balance[index]) * SETTLING
        automatic = self._set.get("AwbEnable", True) or "ColourGains" not in self._set
        return {
            "ColourGains": tuple(float32(one) for one in (self._balance if automatic else self._set["ColourGains"]))
        }

    def _focus(self):
        if "AfMode" not in self.controls:
            return {}
        if self._set.get("AfMode", 0) == 0:
            self._lens = self._set.get("LensPosition", self._lens)
        elif self._scan:
            self._scan -= 1
            if not self._scan:
                self._lens = 3.1547
        state = 0 if not self._set.get("AfMode") else SCANNING if self._scan else FOCUSED
        return {"LensPosition": float32(self._lens), "AfState": state}
