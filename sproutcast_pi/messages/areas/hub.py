"""The hub: pairing of devices, its database and its commands."""

from __future__ import annotations

from sproutcast_pi.messages.message import Template

CODE_NOT_VALID = Template(
    "hub.code_not_valid",
    "That code is not valid: it was used, or is older than 15 minutes. Make a new one with `sproutcast hub invite`.",
)
NO_DEVICE_ID = Template("hub.no_device_id", '"{device}" is not a device id: spr- and twelve digits of 0-9 and a-f.')
CODE_OF_OTHER = Template("hub.code_of_other", "That code is only for {device}.")
ALREADY_PAIRED = Template(
    "hub.already_paired",
    "{device} is already paired. To pair it again, make a code for it with `sproutcast hub invite --device {device}`, "
    "or remove it first with `sproutcast hub forget {device}`.",
)
OWN_ACCOUNT = Template("hub.own_account", "{device} is the hub's own account.")
NOT_PAIRED = Template("hub.not_paired", "it is not paired with this hub")
MESSAGE_UNREADABLE = Template(
    "hub.message_unreadable", "a message could not be read ({reason}); the hub may be older than the device"
)
WRONG_TOPIC = Template("hub.wrong_topic", "photos go to the topic for photos")
TOO_MANY_CODES = Template("hub.too_many_codes", "Too many codes were tried; wait a minute.")
BAD_REQUEST = Template("hub.bad_request", "This is not a request to pair: {reason}")
NO_DEVICE = Template("hub.no_device", 'There is no device "{device}".')
NO_LIBCRYPT = Template(
    "hub.no_libcrypt", "The library libcrypt is missing, so no password can be made; install libcrypt1."
)
NO_BCRYPT = Template("hub.no_bcrypt", "This system's libcrypt makes no bcrypt passwords; install libcrypt1 of Debian.")
DATABASE_UNREACHABLE = Template(
    "hub.database_unreachable",
    "The database of the hub can't be reached ({reason}). Check its URL and that the server is running; the driver "
    "comes with `pip install 'sproutcast-pi[hub]'`.",
)
NOT_STORED = Template("hub.not_stored", "The database did not store it: {reason}")
ONE_PROCESS = Template(
    "hub.one_process", "With SQLite the hub is one process. Set database to a PostgreSQL URL to share the work."
)
BAD_SETTING = Template("hub.bad_setting", "{file}, line {line}: {key} {reason}")
BAD_SETTINGS = Template("hub.bad_settings", "{file}: {reason}. See docs/fleet.md for every option.")
NOT_RUNNING = Template("hub.not_running", "No hub is running at {address} ({reason}).")
BAD_WORKER = Template("hub.bad_worker", "--worker {value}: write N/M, such as 2/4 for the second of four.")
