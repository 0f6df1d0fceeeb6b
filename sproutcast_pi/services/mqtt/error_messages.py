"""Why the broker is not there, in a sentence for the owner and with what to do about it."""

from __future__ import annotations

import socket
import ssl

from sproutcast_pi.services.mqtt.broker import Broker
from sproutcast_pi.services.mqtt.messages import ConnectionStatus

TAKEN_OVER = 0x8E
UNSUPPORTED_PROTOCOL = 0x84
_STRICT_CODES = range(80, 94)
"""OpenSSL's X509_V_ERR_PATHLEN_INVALID_FOR_NON_CA to X509_V_ERR_EXTENSIONS_REQUIRE_VERSION_3: what X509_STRICT adds."""

_REFUSED: dict[int, tuple[str, str]] = {
    0x80: ("refuses us without saying why", "Look into the broker's log."),
    UNSUPPORTED_PROTOCOL: ("does not speak this version of MQTT", 'Set protocol = "3.1.1" in [mqtt].'),
    0x85: ("does not accept our client id", "Set client_id in [mqtt] to one it accepts."),
    0x86: ("refuses user name or password", "Check user and password in [mqtt]."),
    0x87: ("does not let us in", "Check user, password and certificate in [mqtt], and the broker's access rules."),
    0x88: ("is not available just now", "Nothing to do: it is tried again."),
    0x89: ("is busy", "Nothing to do: it is tried again."),
    0x8A: ("has banned us", "Allow this client in the broker's rules."),
    0x8B: ("is shutting down", "Nothing to do: it is tried again."),
    0x8C: ("refuses the way we show who we are", "Check user and password in [mqtt]."),
    0x8D: ("heard nothing from us for too long", "Check the network between here and the broker."),
    TAKEN_OVER: (
        "gave our place to another program with the same client id",
        "Two devices share one client id: set client_id in [mqtt] of one of them, or leave it empty.",
    ),
    0x95: ("finds a message of ours too large", "Raise the broker's limit, or lower max_photo_kb."),
    0x96: ("finds us too busy", "Raise the broker's message limit."),
    0x97: ("says a quota is full", "Raise the broker's quota or let its queue drain."),
    0x9F: ("limits how often we may connect", "Nothing to do: it is tried again."),
}


def connect_failed(error: Exception, broker: Broker) -> ConnectionStatus:
    """What to say when no connection came about."""
    where = f"The broker at {broker.address}"
    if isinstance(error, ssl.SSLError):
        return _failure(*_tls_failure(error, broker))
    if isinstance(error, socket.gaierror):
        return _failure(f'There is no machine named "{broker.host}" here.', "Check host in [mqtt] and the network.")
    if isinstance(error, ConnectionRefusedError):
        return _failure(
            f"{where} is not there: the port is closed.", "Start the broker, or check host and port in [mqtt]."
        )
    if broker.tls and isinstance(error, ConnectionError):
        return _failure(f"{where} hung up when TLS was to begin.", "If this is its port without TLS, set tls = false.")
    if isinstance(error, TimeoutError):
        return _failure(f"{where} does not answer.", "Check host and port in [mqtt], the network, and the firewall.")
    return _failure(f"{where} can't be reached ({error}).", "Check host and port in [mqtt], and the network.")


def refused(code: int, broker: Broker) -> ConnectionStatus:
    """What to say when the broker answered, and its answer was no; `code` is an MQTT 5 reason."""
    what, advice = _REFUSED.get(code, (f"refuses us (reason 0x{code:02x})", "Look into the broker's log."))
    return _failure(f"The broker at {broker.address} {what}.", advice)


def closed_early(broker: Broker) -> ConnectionStatus:
    """What to say when the broker hung up before it answered."""
    if broker.tls:
        advice = "If the broker asks for a client certificate, set certificate_file and key_file in [mqtt]."
    else:
        advice = "If the broker expects TLS on this port, set tls = true in [mqtt]."
    return _failure(f"The broker at {broker.address} hung up before it answered.", advice)


def lost(broker: Broker) -> ConnectionStatus:
    """What to say when a connection that stood is gone."""
    return _failure(f"The connection to the broker at {broker.address} is lost.", "Nothing to do: it is tried again.")


def short_lived(broker: Broker, times: int) -> ConnectionStatus:
    """What to say when connections come about and are cut at once, again and again."""
    return _failure(
        f"The broker at {broker.address} has cut the connection {times} times soon after taking it.",
        "Another device may use the same client id: set client_id in [mqtt] of one of them, or leave it empty. "
        "Or a message is too large for the broker: raise its limit, or lower max_photo_kb.",
    )


def connected(broker: Broker, protocol: str) -> ConnectionStatus:
    """What to say when all is well."""
    secured = ", TLS" if broker.tls else ""
    return ConnectionStatus(state="ok", message=f"Connected to {broker.address} (MQTT {protocol}{secured}).")


def _tls_failure(error: ssl.SSLError, broker: Broker) -> tuple[str, str]:
    where = f"The broker at {broker.address}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return _certificate_failure(error, broker)
    if "WRONG_VERSION" in str(error) or "RECORD_LAYER" in str(error):
        return f"{where} does not speak TLS on this port.", "Set tls = false in [mqtt], or its TLS port."
    if "ALERT" in str(error):
        return (
            f"{where} refuses our TLS ({error.reason or error}).",
            "Set certificate_file and key_file in [mqtt] to a certificate it accepts.",
        )
    return f"{where} and we find no common TLS ({error.reason or error}).", "Check the certificates of both."


def _certificate_failure(error: ssl.SSLCertVerificationError, broker: Broker) -> tuple[str, str]:
    why = error.verify_message or str(error)
    if "mismatch" in why.lower():
        return (
            f'The broker\'s certificate is not for "{broker.host}".',
            "Write the name that stands in the certificate as host in [mqtt].",
        )
    if "expired" in why or "not yet valid" in why:
        return f"The broker's certificate is not valid today ({why}).", "Renew it, and check the clock of both."
    if error.verify_code in _STRICT_CODES:
        return (
            f"The broker's certificate or its authority's lacks an extension ({why}).",
            "Set ca_file in [mqtt] to the authority's certificate: it is trusted without. Or renew both with it.",
        )
    if broker.ca_file:
        return (
            f"The broker's certificate is not trusted ({why}).",
            f"It was not signed by the authority in {broker.ca_file}: set ca_file in [mqtt] to the one that signed it.",
        )
    return (
        f"The broker's certificate is not trusted ({why}).",
        "Set ca_file in [mqtt] to the certificate of the authority that signed it.",
    )


def _failure(message: str, advice: str) -> ConnectionStatus:
    return ConnectionStatus(state="bad", message=message, advice=advice)
