"""Files of options: what is wrong in one, where, and what to write instead."""

from __future__ import annotations

from sproutcast_pi.messages.message import Plural, Template

FAULTS = Plural(
    "configuration.faults",
    "{file} has {n:number0} fault:{faults:sentences}",
    "{file} has {n:number0} faults:{faults:sentences}",
)
ENTRY = Template("configuration.entry", "\n  {fault}")
FAULT = Template("boot_file.fault", "line {line}: {key}: {remedy}")
"""Its code is older than this area, and in rows of databases."""
FAULT_WITH_VALUE = Template("configuration.fault_with_value", "line {line}: {key} = {value}: {remedy}")
RULE = Template("configuration.rule", "{rule}.")
RULE_WITH_MEANING = Template("configuration.rule_with_meaning", "{rule}. {meaning:translated}")

UNKNOWN = Template("configuration.unknown", "there is no such option here; the options are: {names}.")
UNKNOWN_BUT = Template("configuration.unknown_but", 'there is no such option; did you mean "{close}"?')
SECTION = Template("configuration.section", "is a section; write [{name}] and its keys below.")
CHOICES = Template("configuration.choices", "must be one of {choices}")
KIND = Template("configuration.kind", "must be {kind}")
KIND_FROM_TO = Template("configuration.kind_from_to", "must be {kind} from {low} to {high}")
RIGHT_FORM = Template("configuration.right_form", "{rule} of the right form")
AT_LEAST = Template("configuration.at_least", "{rule}, at least {low} characters")
AT_MOST = Template("configuration.at_most", "{rule}, at most {high} characters")
LENGTH = Template("configuration.length", "{rule}, {low} to {high} characters")
TRUTH = Template("configuration.truth", "true or false")
WHOLE_NUMBER = Template("configuration.whole_number", "a whole number")
NUMBER = Template("configuration.number", "a number")
TEXT = Template("configuration.text", "a text")
TEXTS = Template("configuration.texts", "a list of texts")

# Options that are wrong for another reason than their form.
NO_TIME_ZONE = Template("configuration.no_time_zone", 'is no time zone; write one like "Europe/Berlin".')
NO_PIN = Template(
    "configuration.no_pin", "there is no GPIO {pin} on the header; use a BCM number from 4 to {high}, such as gpio:18"
)
RESERVED_PIN = Template(
    "configuration.reserved_pin", "GPIO {pin} is not for a lamp: {reason:translated}; use another, such as gpio:18"
)
NO_BROKER = Template(
    "configuration.no_broker", "Home Assistant is reached through a broker; name it as host in [mqtt]."
)
HALF_SIZE = Template("configuration.half_size", "width and height belong together; set both, or neither.")
TWO_PASSWORDS = Template("configuration.two_passwords", "password is set too; keep one of password and password_file.")
NO_USER = Template("configuration.no_user", "a password without a user name is refused by brokers; set user too.")
NO_CERTIFICATE = Template("configuration.no_certificate", "the key belongs to a certificate; set certificate_file too.")
NO_TLS = Template("configuration.no_tls", "is used on encrypted connections alone; set tls = true, or remove it.")

# What is in force meanwhile.
NOT_COPIED = Template(
    "configuration.not_copied", "No copy of {file} could be kept in {folder}; the settings are in force."
)
LAST_GOOD = Template("configuration.last_good", "{problem}\nThe last good copy is in force.")
DEFAULTS = Template("configuration.defaults", "{problem}\nThere is no good copy, so the defaults are in force.")
REST = Template("configuration.rest", "{problem}\nEverything in the file is in force.")
FITTED_LIGHT = Template(
    "configuration.fitted_light",
    "{problem}\nUntil it is mended a fresh device begins with a day of {hours} h, a limit of {limit} h in 24, "
    "and {sunrise} and {sunset} min of sunrise and sunset; everything else in the file is in force.",
)
