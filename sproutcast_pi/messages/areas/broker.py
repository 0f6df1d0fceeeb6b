"""The MQTT broker: why there is no connection, and what to do."""

from __future__ import annotations

from sproutcast_pi.messages.message import Template

SEE_LOG = Template("broker.see_log", "Check the broker's log.")
USE_311 = Template("broker.use_311", 'Set protocol = "3.1.1" in [mqtt].')
SET_CLIENT_ID = Template("broker.set_client_id", "Set client_id in [mqtt] to one it accepts.")
CHECK_LOGIN = Template("broker.check_login", "Check user and password in [mqtt].")
CHECK_ACCESS = Template(
    "broker.check_access", "Check user, password and certificate in [mqtt], and the broker's access rules."
)
RETRYING = Template("broker.retrying", "Nothing to do: retrying automatically.")
ALLOW_CLIENT = Template("broker.allow_client", "Allow this client in the broker's rules.")
CHECK_NETWORK = Template("broker.check_network", "Check the network between here and the broker.")
SHARED_CLIENT_ID = Template(
    "broker.shared_client_id",
    "Two devices share one client ID: set client_id in [mqtt] of one of them, or leave it empty.",
)
RAISE_LIMIT = Template("broker.raise_limit", "Raise the broker's limit, or lower max_photo_kb.")
RAISE_RATE = Template("broker.raise_rate", "Raise the broker's message limit.")
RAISE_QUOTA = Template("broker.raise_quota", "Raise the broker's quota or let its queue drain.")
REFUSED_CODE = Template("broker.refused_code", "The broker at {broker} refused the connection (reason {code}).")
REFUSED = Template("broker.refused", "The broker at {broker} refused the connection without giving a reason.")
PROTOCOL = Template("broker.protocol", "The broker at {broker} does not support this version of MQTT.")
CLIENT_ID = Template("broker.client_id", "The broker at {broker} does not accept our client ID.")
BAD_LOGIN = Template("broker.bad_login", "The broker at {broker} rejected the user name or password.")
NOT_AUTHORIZED = Template("broker.not_authorized", "The broker at {broker} does not allow us to connect.")
UNAVAILABLE = Template("broker.unavailable", "The broker at {broker} is currently unavailable.")
BUSY = Template("broker.busy", "The broker at {broker} is busy.")
BANNED = Template("broker.banned", "The broker at {broker} has banned us.")
SHUTTING_DOWN = Template("broker.shutting_down", "The broker at {broker} is shutting down.")
AUTH_METHOD = Template("broker.auth_method", "The broker at {broker} rejected our authentication method.")
KEEP_ALIVE = Template("broker.keep_alive", "The broker at {broker} received nothing from us for too long.")
TAKEN_OVER = Template(
    "broker.taken_over", "The broker at {broker} disconnected us: another program uses the same client ID."
)
TOO_LARGE = Template("broker.too_large", "The broker at {broker} rejected a message as too large.")
TOO_MANY = Template("broker.too_many", "The broker at {broker} rejected messages as too frequent.")
QUOTA = Template("broker.quota", "A quota of the broker at {broker} is exceeded.")
CONNECT_RATE = Template("broker.connect_rate", "The broker at {broker} limits how often we may connect.")
NO_HOST = Template("broker.no_host", 'There is no host named "{host}".')
CHECK_HOST = Template("broker.check_host", "Check host in [mqtt] and the network.")
PORT_CLOSED = Template("broker.port_closed", "The broker at {broker} is not running: the port is closed.")
START_BROKER = Template("broker.start_broker", "Start the broker, or check host and port in [mqtt].")
NO_TLS = Template("broker.no_tls", "The broker at {broker} closed the connection when TLS was to begin.")
TLS_OFF = Template("broker.tls_off", "If this is its port without TLS, set tls = false.")
SILENT = Template("broker.silent", "The broker at {broker} does not answer.")
CHECK_FIREWALL = Template("broker.check_firewall", "Check host and port in [mqtt], the network, and the firewall.")
UNREACHABLE = Template("broker.unreachable", "The broker at {broker} can't be reached ({reason}).")
CHECK_HOST_PORT = Template("broker.check_host_port", "Check host and port in [mqtt], and the network.")
WANTS_CERTIFICATE = Template(
    "broker.wants_certificate",
    "If the broker requires a client certificate, set certificate_file and key_file in [mqtt].",
)
WANTS_TLS = Template("broker.wants_tls", "If the broker expects TLS on this port, set tls = true in [mqtt].")
CLOSED_EARLY = Template("broker.closed_early", "The broker at {broker} closed the connection before it answered.")
LOST = Template("broker.lost", "The connection to the broker at {broker} was lost.")
SHORT_LIVED = Template(
    "broker.short_lived", "The broker at {broker} has closed the connection {n:number0} times soon after accepting it."
)
SHORT_LIVED_ADVICE = Template(
    "broker.short_lived_advice",
    "Another device may use the same client ID: set client_id in [mqtt] of one of them, or leave it "
    "empty. Or a message is too large for the broker: raise its limit, or lower max_photo_kb.",
)
CONNECTED = Template("broker.connected", "Connected to {broker} (MQTT {protocol}).")
STOPPED = Template("broker.stopped", "Not connected: the device is shutting down.")
NOT_YET = Template("broker.not_yet", "Not connected yet.")
NOT_TLS = Template("broker.not_tls", "The broker at {broker} does not use TLS on this port.")
SET_TLS = Template("broker.set_tls", "Set tls = false in [mqtt], or its TLS port.")
TLS_REFUSED = Template("broker.tls_refused", "The broker at {broker} rejected our TLS connection ({reason}).")
SET_CERTIFICATE = Template(
    "broker.set_certificate", "Set certificate_file and key_file in [mqtt] to a certificate it accepts."
)
TLS_MISMATCH = Template(
    "broker.tls_mismatch", "No TLS version or cipher in common with the broker at {broker} ({reason})."
)
CHECK_CERTIFICATES = Template("broker.check_certificates", "Check the certificates of both.")
CERTIFICATE_NAME = Template("broker.certificate_name", 'The broker\'s certificate is not for "{host}".')
SET_HOST = Template("broker.set_host", "Set host in [mqtt] to the name in the certificate.")
CERTIFICATE_DATE = Template("broker.certificate_date", "The broker's certificate is not valid today ({reason}).")
RENEW = Template("broker.renew", "Renew it, and check the clock of both.")
CERTIFICATE_STRICT = Template(
    "broker.certificate_strict", "The broker's certificate or its authority's lacks an extension ({reason})."
)
SET_CA_STRICT = Template(
    "broker.set_ca_strict",
    "Set ca_file in [mqtt] to the authority's certificate: it is trusted without. Or renew both with it.",
)
UNTRUSTED = Template("broker.untrusted", "The broker's certificate is not trusted ({reason}).")
WRONG_CA = Template(
    "broker.wrong_ca", "It was not signed by the authority in {file}: set ca_file in [mqtt] to the one that signed it."
)
SET_CA = Template("broker.set_ca", "Set ca_file in [mqtt] to the certificate of the authority that signed it.")

# Settings of a broker.
NOT_SET = Template("broker.not_set", "No broker is set; set host in the section [mqtt].")
BAD_PASSWORD_FILE = Template("broker.bad_password_file", "[mqtt] password_file: {reason}")
BAD_CA_FILE = Template(
    "broker.bad_ca_file", "[mqtt] ca_file {file} can't be used: {reason}. It must be a PEM certificate."
)
BAD_CERTIFICATE_FILE = Template(
    "broker.bad_certificate_file",
    "[mqtt] certificate_file {file} can't be used: {reason}. It must be PEM.",
)
BAD_CERTIFICATE_PAIR = Template(
    "broker.bad_certificate_pair",
    "[mqtt] certificate_file {file} with key_file {key} can't be used: {reason}. Both must be PEM, and belong "
    "together.",
)
