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
NO_HEADER = Template(
    "lamp.no_header",
    "There is no Raspberry Pi GPIO header here (GPIO chips: {chips}). On another computer use light output "
    '"simulated"; on a Pi add this user to group gpio.',
)
NO_CHIPS = Template("lamp.no_chips", "none at all")
NO_LGPIO = Template(
    "lamp.no_lgpio",
    "lgpio can't be loaded ({reason}). On the Pi: sudo apt install python3-lgpio, and create the virtual environment "
    "with --system-site-packages.",
)
LGPIO_FOLDER = Template("lamp.lgpio_folder", "lgpio can't start: {reason}. It needs a writable folder, {folder}.")
CHIP_UNUSABLE = Template(
    "lamp.chip_unusable", "GPIO chip {chip} can't be opened: {reason}. Is this user in group gpio?"
)

TOO_FAST = Template(
    "lamp.too_fast",
    "{hz} Hz is too fast for software PWM; set pwm_hz to {limit} or less, or use a pin with hardware PWM.",
)
CHANNEL_UNUSABLE = Template(
    "lamp.channel_unusable",
    "The hardware PWM {channel} can't be used for the lamp: {reason}. Add this user to group gpio and install the udev "
    "rule that comes with Sproutcast.",
)
CHANNEL_RELEASED = Template("lamp.channel_released", "The hardware PWM {channel} was released already.")
CHANNEL_FAILED = Template("lamp.channel_failed", "The hardware PWM {channel} can't be controlled: {reason}.")

LIMIT_BELOW_DAY = Template(
    "lamp.limit_below_day",
    "max_hours_per_day: the lamp may be on for {limit} hours in 24, less than the day of {hours} hours; "
    "shorten the day or raise the limit",
)
RAMPS_TOO_LONG = Template(
    "lamp.ramps_too_long",
    "sunrise_min and sunset_min: {sunrise} and {sunset} minutes do not fit into {hours} hours; "
    "shorten them or lengthen the day",
)
NO_TIME_OF_DAY = Template("lamp.no_time_of_day", 'start: "{value}" is not a time of day such as "06:00"')
NO_TIME_ZONE = Template("lamp.no_time_zone", 'zone: "{value}" is not a time zone such as "Europe/Berlin"')
NO_SWITCH = Template("lamp.no_switch", "{field}: {value} must be true or false")
OUT_OF_RANGE = Template("lamp.out_of_range", "{field}: {value} must be 0 to {top}")
OVERRIDE_UNREADABLE = Template(
    "lamp.override_unreadable", "override_until_at: the level chosen by hand can't be read: {reason}"
)
NOT_FOLLOWED = Template(
    "lamp.not_followed",
    "The stored light schedule can't be followed as it is: {fault}. Until it is changed, "
    "the lamp follows {hours} hours from {start:clock}, at most {limit} hours in 24.",
)
