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
CHECK_CABLE = Template(
    "captures.check_cable",
    "Check that the camera's cable is firmly seated at both ends, then restart from the screen.",
)
LAMP_WORKS = Template("captures.lamp_works", "The lamp lights up when it should.")
LAMP_DARK = Template("captures.lamp_dark", "The lamp was switched on, but the photos are dark.")
LAMP_DARK_TITLE = Template("captures.lamp_dark_title", "The lamp stayed dark")
LAMP_DARK_IN_A_ROW = Plural(
    "captures.lamp_dark_in_a_row",
    "The lamp was on for {n:number0} photo, and it is dark.",
    "The lamp was on for {n:number0} photos in a row, and they are dark.",
)
CHECK_LAMP = Template("captures.check_lamp", "Check the lamp's plug, its power supply and the wire to the pin.")
PLANTS_FOUND_TITLE = Plural("captures.plants_found_title", "Plant found", "Plants found")
PLANTS_FOUND = Plural(
    "captures.plants_found", "The camera sees {n:number0} plant.", "The camera sees {n:number0} plants."
)
NAME_THEM = Template("captures.name_them", "Name them, and draw their regions if they are not right.")
