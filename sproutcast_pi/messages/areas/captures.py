"""Photographs: why there is none, when the next one is due."""

from __future__ import annotations

from sproutcast_pi.messages.message import Plural, Template

WORKING = Template("camera.working", "The camera is working.")
RETRYING = Template("camera.retrying", "Retrying automatically.")
POWER_LOST = Template("capture.power_lost", "Power was lost while the photo was taken.")
STOPPING = Template("capture.stopping", "The device was shutting down.")
NEXT_DUE = Template("captures.next_due", "Next photo: {at:time}.")
NONE_DUE = Template("captures.none_due", "No photo is scheduled.")
NO_PHOTOS = Template("captures.no_photos", "No photos")
FAILED_IN_A_ROW = Plural(
    "captures.failed_in_a_row",
    "{n:number0} photo failed: {reason}",
    "{n:number0} photos in a row failed: {reason}",
)
