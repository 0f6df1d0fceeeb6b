"""Phones and pages: pairing, refusals of the gateway, and why it can not be reached."""

from __future__ import annotations

from sproutcast_pi.messages.message import Template

NO_OPEN_CODE = Template("phones.no_open_code", "No pairing code is open now; get a new one on the device's screen.")
WRONG_CODE = Template("phones.wrong_code", "That is not the code on the device's screen.")
TOO_MANY_GUESSES = Template("phones.too_many_guesses", "Too many wrong codes; get a new one on the device's screen.")
NO_CODE = Template("phones.no_code", "A code has {digits} digits, as on the device's screen.")
CODE_NEEDED = Template("phones.code_needed", "A phone from another network needs a code.")
PAIR_FIRST = Template("phones.pair_first", "Pair first: open this device's page and type in the code.")
UNREACHABLE = Template("phones.unreachable", "Phones can't reach this device: {reason}")
FREE_PORT = Template(
    "phones.free_port",
    "Stop the program that uses the port, or set another port in the configuration. Retrying automatically.",
)
TOO_LONG = Template("phones.too_long", "The request took too long to arrive.")
INTERNAL = Template("phones.internal", "Something went wrong on the device; its log has the details.")
FOREIGN_PAGE = Template("phones.foreign_page", "Web pages from other sites may not use this device.")
FOREIGN_ORIGIN = Template(
    "phones.foreign_origin",
    "Web pages of {origin} may not use this device; add it to origins in [network], written as http://host:port.",
)
NO_SUCH_PHOTO = Template("phones.no_such_photo", "There is no such photo.")
