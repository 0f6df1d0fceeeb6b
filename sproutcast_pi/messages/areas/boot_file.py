"""The files an owner leaves on the card's boot partition: what was used, and what could not be."""

from __future__ import annotations

from sproutcast_pi.messages.message import Template

FIX = Template(
    "boot_file.fix", "Correct the file on the card's small partition, or make the same settings on the screen."
)
STAYS = Template(
    "boot_file.stays",
    "{file} is still on the card's small partition, with everything in it, passwords too. Correct it, then start "
    "again.",
)
NO_ZONE = Template("boot_file.no_zone", '{key}: "{value}" is not a time zone; write one like "Europe/Berlin".')
UNPRINTABLE = Template("boot_file.unprintable", "{key}: it has characters that can't be shown; write plain letters.")
LONG_NETWORK_NAME = Template(
    "boot_file.long_network_name", "{key}: the name of a network has at most {limit} bytes; no network was set."
)
BAD_PASSWORD = Template("boot_file.bad_password", "{key}: a password has 8 to 63 plain characters; no network was set.")
NO_NETWORK_NAME = Template("boot_file.no_network_name", "{key}: it is missing, so the password was not used.")
CONFIG_BROKEN = Template("boot_file.config_broken", "{file} has errors, so nothing was set in it: {reason}")
BAD_HOST_NAME = Template(
    "boot_file.bad_host_name", "{file}: {key}: only letters, digits and hyphens can be used in it."
)
NOT_UNDERSTOOD = Template(
    "boot_file.not_understood", "{file} can't be understood; write the card again, or use sproutcast.toml."
)
NOTHING_KNOWN = Template("boot_file.nothing_known", "{file} sets nothing that is known here.")
NETWORK_TOO_LONG = Template(
    "boot_file.network_too_long", "{file}: name or password of the Wi-Fi network is too long; no network was set."
)
BAD_COUNTRY = Template("boot_file.bad_country", "{file}: {key}: it is not a country; write two letters such as DE.")
BAD_KEY = Template("boot_file.bad_key", "{file}: a public key for remote login can't be understood and was not used.")
NOT_APPLIED = Template("boot_file.not_applied", "The settings in sproutcast.toml were not applied: {reason}.")

# The list of what was used, left on the boot partition.
USED = Template("boot_file.used", "These settings were applied:")
AS_IT_WAS = Template("boot_file.as_it_was", "(unchanged)")
NAME = Template("boot_file.name", "name: {value}")
ADDRESS = Template("boot_file.address", "address: {value}")
TIME_ZONE = Template("boot_file.time_zone", "time zone: {value}")
WIFI = Template("boot_file.wifi", "Wi-Fi: {value}")
COUNTRY = Template("boot_file.country", "Wi-Fi country: {value}")
BROKER = Template("boot_file.broker", "broker: {value}")
LOGIN = Template("boot_file.login", "remote login: {value}")
WITH_KEY = Template("boot_file.with_key", "with the key")
NOT_USED = Template("boot_file.not_used", "not used: {what}")
FAULTS = Template("boot_file.faults", "These settings could not be used:")
NO_PASSWORD_LOGIN = Template(
    "boot_file.no_password_login", "user name and password (nobody logs in here with a password)"
)
LEAVE_A_KEY = Template("boot_file.leave_a_key", "remote login with a password (leave a public key instead)")
KEYBOARD = Template("boot_file.keyboard", "keyboard layout")
INTERFACES = Template("boot_file.interfaces", "interfaces")
