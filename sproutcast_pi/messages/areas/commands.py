"""The command line: what a command can't do as it was typed, and why."""

from __future__ import annotations

from sproutcast_pi.messages.message import Template

POT_TOGETHER = Template(
    "commands.pot_together", "--pot-diameter and --pot-rim go together: how wide the pot is, and where."
)
POT_RIM = Template(
    "commands.pot_rim", "--pot-rim: LEFT must be less than RIGHT, as shares of the photo's width (0 to 1)."
)
BAD_JSON = Template("commands.bad_json", "The arguments must be one JSON object: {reason}")
NO_FILE_TO_CHECK = Template("commands.no_file_to_check", "Name the file to check: sproutcast check-config FILE.")
NO_PHOTO_FOLDER = Template("commands.no_photo_folder", "{folder} is not a folder of photos.")
SCREEN_CLOSED = Template("commands.screen_closed", "The screen did not stay open:\n{log}")
DAEMON_ENDED = Template("commands.daemon_ended", "The daemon ended early:\n{log}")
DAEMON_NOT_STARTED = Template("commands.daemon_not_started", "The daemon did not start:\n{log}")
NO_BACKUP = Template("commands.no_backup", "{file} does not exist; name a file that `sproutcast backup` wrote.")
SPEED = Template("commands.speed", "--speed {value} must be from {low} to {high}.")
BAD_OPTION = Template("commands.bad_option", "--{option} {value}: `sproutcast run --help` lists what it can be.")
LAMP_STILL_ON = Template("commands.lamp_still_on", "The lamp on {output} could not be switched off: {reason}.")
NO_KIVY = Template("commands.no_kivy", "The screen needs Kivy: pip install 'sproutcast-pi[screen]'.")
PER_SECOND = Template("commands.per_second", "--per-second {value} must be above 0 and at most 60.")
NO_PLANT = Template("commands.no_plant", 'There is no plant "{plant}"; there are: {known}.')
NO_PLANTS = Template("commands.no_plants", "none")
NO_PHOTOS = Template("commands.no_photos", "{plant} has no photos yet.")
NO_PROGRAM = Template("commands.no_program", "{program} is not installed: sudo apt install {package}")

# Files that a command writes.
READ_AND_WRITTEN = Template(
    "commands.read_and_written", "{file} is read by this command and would be overwritten: name another place."
)
WRITTEN_TWICE = Template("commands.written_twice", "{file} would be written twice: name another place.")
IS_FOLDER = Template("commands.is_folder", "{file} is a folder: name a file.")
NOT_OURS = Template(
    "commands.not_ours",
    "{file} exists and was not written by this command: name another place, or remove it first.",
)
