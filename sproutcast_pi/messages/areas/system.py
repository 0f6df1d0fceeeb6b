"""The device itself: storage, clock, power, temperature, its services and its configuration."""

from __future__ import annotations

from sproutcast_pi.messages.message import Template

BACKUP_FAILED = Template("system.backup_failed", "The daily copy of the database failed: {reason}.")
MAKE_ROOM = Template("system.make_room", "Make room on the card.")
DISK_FULL = Template("system.disk_full", "Only {free:size} are free, and there are no more photos to remove.")
LARGER_CARD = Template("system.larger_card", "Make room on the card, or use a larger one.")
DISK_FREE = Template("system.disk_free", "{free:size} are free.")
CLOCK_KNOWN = Template("system.clock_known", "The time is known.")
CLOCK_UNKNOWN = Template(
    "system.clock_unknown", "The time is not known since the last start; the lamp continues from where it was."
)
SET_CLOCK = Template("system.set_clock", "Connect to a network once, or add a clock battery.")
MORE_AIR = Template("system.more_air", "Improve the device's ventilation.")
PROCESSOR = Template("system.processor", "The processor is at {celsius:temperature}.")
SCREEN_ENDED = Template("system.screen_ended", "The screen program ended with status {status}.")
LIGHT_LOOP_ENDED = Template("system.light_loop_ended", "The lamp's control loop ended: {reason}")
SUPPLY_WEAK = Template("system.supply_weak", "The power supply is too weak.")
PROPER_SUPPLY = Template("system.proper_supply", "Use the power supply made for this Pi.")
SUPPLY_OK = Template("system.supply_ok", "The power supply is strong enough.")
WORKS_AGAIN = Template("system.works_again", "Working again.")
ENDED_BY_ITSELF = Template("system.ended_by_itself", "it ended by itself")
STOPPED_WORKING = Template("system.stopped_working", "Stopped working ({reason}); trying again in {seconds:number0} s.")
FIX_FILE = Template("system.fix_file", "Correct the file, then reload.")
CONFIG_OK = Template("system.config_ok", "The configuration has no errors.")
STORE_OK = Template("system.store_ok", "The database is intact.")
RESTARTED_TITLE = Template("system.restarted_title", "Restarted by itself")
DEGRADED = Template("system.degraded", "Only light and screen are running: {reason}")
DEGRADED_ADVICE = Template(
    "system.degraded_advice",
    "Make room on the card or restore a backup, then restart. If this persists, replace the card.",
)
BACKLIGHT_UNREADABLE = Template("system.backlight_unreadable", "The backlight {name} can't be read ({file}: {reason}).")
BACKLIGHT_NOT_SET = Template(
    "system.backlight_not_set",
    "The backlight {name} can't be set ({reason}). Add this user to group video, and add the udev rule that comes with "
    "Sproutcast.",
)
