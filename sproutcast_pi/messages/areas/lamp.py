"""The lamp's output: whether it responds, and why not."""

from __future__ import annotations

from sproutcast_pi.messages.message import Template

RESPONDING = Template("lamp.responding", "The lamp is responding.")
CANT_DRIVE = Template("lamp.cant_drive", "The lamp's output can't be controlled: {reason}. Retrying every second.")
CHECK_PIN = Template(
    "lamp.check_pin",
    "Check the pin in the configuration and the wire to the lamp's driver, then restart from the screen.",
)
SET_SCHEDULE = Template("lamp.set_schedule", "Set the light schedule again, on the screen or in Home Assistant.")
NO_PIN = Template("lamp.no_pin", "There is no GPIO {pin} on this board's header; use a BCM number from 4 to 27.")
UNKNOWN_BOARD = Template(
    "lamp.unknown_board", 'This board is not a known Raspberry Pi ({reason}); use light output "simulated".'
)
PIN_UNUSABLE = Template(
    "lamp.pin_unusable", "GPIO {pin} can't be used for the lamp: {reason}. Is another program using it?"
)
PIN_RELEASED = Template("lamp.pin_released", "GPIO {pin} was released already.")
PIN_FAILED = Template("lamp.pin_failed", "GPIO {pin} can't be controlled: {reason}.")
PIN_STILL_ON = Template("lamp.pin_still_on", "GPIO {pin} could not be switched off: {reason}.")
