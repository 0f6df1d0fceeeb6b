"""Reasons for withholding a metric: English texts of the message templates, as the worker writes them."""

from __future__ import annotations

from sproutcast_pi.messages.areas import withheld

POT_UNMARKED = withheld.POT_UNMARKED.text
TOO_SMALL = withheld.TOO_SMALL.text
AREA_JUMP = withheld.AREA_JUMP.text
TOO_THIN = withheld.TOO_THIN.text
CLOSE_UP = withheld.CLOSE_UP.text
FROM_ABOVE = withheld.FROM_ABOVE.text
POSTURE_BASELINE_UNKNOWN = withheld.POSTURE_BASELINE_UNKNOWN.text
COVERED = withheld.COVERED.text
BURNT_OUT = withheld.BURNT_OUT.text
PARTLY_BURNT_OUT = withheld.PARTLY_BURNT_OUT.text
NOT_GREEN = withheld.NOT_GREEN.text
GREY = withheld.GREY.text
COLOURED_LIGHT = withheld.COLOURED_LIGHT.text
SURROUNDINGS_BURNT_OUT = withheld.SURROUNDINGS_BURNT_OUT.text
SURROUNDINGS_BLACK = withheld.SURROUNDINGS_BLACK.text
FRAME_FILLED = withheld.FRAME_FILLED.text
NO_INPUTS = withheld.NO_INPUTS.text
NOT_FOUND = withheld.NOT_FOUND.text
LOW_CONFIDENCE = withheld.LOW_CONFIDENCE.text
NOT_GREEN_PART = withheld.NOT_GREEN_PART.text
NOT_CONFIRMED = withheld.NOT_CONFIRMED.text
