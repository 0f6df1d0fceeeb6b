"""Phones and pages: pairing, refusals of the gateway, and why it can not be reached."""

from __future__ import annotations

from collections.abc import Mapping

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
DOWNLOAD_BUSY = Template("phones.download_busy", "Another file is being prepared; try again when it is done.")
DOWNLOAD_GONE = Template("phones.download_gone", "This file is no longer kept; prepare it again.")
DOWNLOAD_NO_PLANT = Template("phones.download_no_plant", "There is no such plant.")

# Answers of the gateway.
REVOKED = Template("phones.revoked", "This phone was removed from the device; pair again.")
UNKNOWN_TOKEN = Template("phones.unknown_token", "This token is not known, or was revoked; pair again.")
TOO_FAST = Template("phones.too_fast", "Too many requests at once; try again in {seconds:number1} s.")
NESTED = Template("phones.nested", "The arguments are nested more than {limit} deep.")
NO_TOKEN = Template("phones.no_token", "Programs on the device itself have no token to revoke.")
NO_SUBPROTOCOL = Template("phones.no_subprotocol", "Offer the WebSocket subprotocol {names}.")
WRONG_BODY = Template("phones.wrong_body", "The request does not fit: {reason}")
OTHER_HOST = Template(
    "phones.other_host", 'This device is not called "{host}"; add the name to host_names in [network].'
)
ID_IN_USE = Template("phones.id_in_use", "The id {id} is in use; choose another.")
TOO_MANY_OF_CONNECTION = Template(
    "phones.too_many_of_connection", "This connection has {n} subscriptions; end one first."
)
TOO_MANY_OF_CLIENT = Template("phones.too_many_of_client", "This client has {n} subscriptions; end one first.")
QUERY_FAILED = Template("phones.query_failed", "The query failed on the device; its log has the details.")
CALL_FAILED = Template("phones.call_failed", "It failed: {reason}")
TOO_MANY_TOKENS = Template("phones.too_many_tokens", "Too many pages are being opened; try again in half a minute.")
USED_TOKEN = Template("phones.used_token", "This page's token was already used or is too old; reload the page.")
HTTP_STATUS: Mapping[int, Template] = {
    400: Template("phones.bad_request", "The request can't be understood."),
    404: Template("phones.not_found", "There is no such page."),
    405: Template("phones.wrong_method", "This address can't be used in this way."),
    413: Template("phones.too_large", "The request is too large."),
}
"""By the status of HTTP that an answer has."""
BAD_HTTP = Template("phones.bad_http", "The request was refused (status {status}).")
SOCKET_IN_USE = Template("phones.socket_in_use", "Another daemon is running at {path}; stop it first.")
NO_SOCKET = Template("phones.no_socket", "The socket {path} can't be created: {reason}.")
NO_PORT = Template("phones.no_port", "Port {port} at {host} can't be opened: {reason}.")
DAEMON_AWAY = Template("phones.daemon_away", "The device can't be reached ({reason}); try again.")
NOT_CONNECTED = Template("phones.not_connected", "not connected yet")
CONNECTION_LOST = Template(
    "phones.connection_lost", "The connection was lost before the answer came; check whether it happened."
)
CLOSED = Template("phones.closed", "the connection was closed")
NO_WEBSOCKET = Template("phones.no_websocket", "this is not a Sproutcast device: it answered {answer}")
NOT_PROVEN = Template("phones.not_proven", "the WebSocket could not be opened")
WAITING = Template("phones.waiting", "The daemon is not answering ({reason}); waiting for it.")
NO_DAEMON = Template("phones.no_daemon", "No daemon is running at {address} ({reason}); start it first.")
BAD_ADDRESS = Template("phones.bad_address", "{address} is not an address; write one like http://192.168.1.20:8080.")
