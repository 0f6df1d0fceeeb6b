"""Why the broker is not there, in a sentence for the owner and with what to do about it."""

from __future__ import annotations

import socket
import ssl

from sproutcast_pi.messages.areas import broker as broker_texts
from sproutcast_pi.messages.message import Message, Template
from sproutcast_pi.services.mqtt.broker import Broker
from sproutcast_pi.services.mqtt.messages import ConnectionStatus

TAKEN_OVER = 0x8E
UNSUPPORTED_PROTOCOL = 0x84
_STRICT_CODES = range(80, 94)
"""OpenSSL's X509_V_ERR_PATHLEN_INVALID_FOR_NON_CA to X509_V_ERR_EXTENSIONS_REQUIRE_VERSION_3: what X509_STRICT adds."""

_REFUSED: dict[int, tuple[Template, Template]] = {
    0x80: (broker_texts.REFUSED, broker_texts.SEE_LOG),
    UNSUPPORTED_PROTOCOL: (broker_texts.PROTOCOL, broker_texts.USE_311),
    0x85: (broker_texts.CLIENT_ID, broker_texts.SET_CLIENT_ID),
    0x86: (broker_texts.BAD_LOGIN, broker_texts.CHECK_LOGIN),
    0x87: (broker_texts.NOT_AUTHORIZED, broker_texts.CHECK_ACCESS),
    0x88: (broker_texts.UNAVAILABLE, broker_texts.RETRYING),
    0x89: (broker_texts.BUSY, broker_texts.RETRYING),
    0x8A: (broker_texts.BANNED, broker_texts.ALLOW_CLIENT),
    0x8B: (broker_texts.SHUTTING_DOWN, broker_texts.RETRYING),
    0x8C: (broker_texts.AUTH_METHOD, broker_texts.CHECK_LOGIN),
    0x8D: (broker_texts.KEEP_ALIVE, broker_texts.CHECK_NETWORK),
    TAKEN_OVER: (broker_texts.TAKEN_OVER, broker_texts.SHARED_CLIENT_ID),
    0x95: (broker_texts.TOO_LARGE, broker_texts.RAISE_LIMIT),
    0x96: (broker_texts.TOO_MANY, broker_texts.RAISE_RATE),
    0x97: (broker_texts.QUOTA, broker_texts.RAISE_QUOTA),
    0x9F: (broker_texts.CONNECT_RATE, broker_texts.RETRYING),
}


def connect_failed(error: Exception, broker: Broker) -> ConnectionStatus:
    """Status when no connection came about."""
    where = broker.address
    if isinstance(error, ssl.SSLError):
        return _failure(*_tls_failure(error, broker))
    if isinstance(error, socket.gaierror):
        return _failure(broker_texts.NO_HOST(host=broker.host), broker_texts.CHECK_HOST())
    if isinstance(error, ConnectionRefusedError):
        return _failure(broker_texts.PORT_CLOSED(broker=where), broker_texts.START_BROKER())
    if broker.tls and isinstance(error, ConnectionError):
        return _failure(broker_texts.NO_TLS(broker=where), broker_texts.TLS_OFF())
    if isinstance(error, TimeoutError):
        return _failure(broker_texts.SILENT(broker=where), broker_texts.CHECK_FIREWALL())
    return _failure(broker_texts.UNREACHABLE(broker=where, reason=str(error)), broker_texts.CHECK_HOST_PORT())


def refused(code: int, broker: Broker) -> ConnectionStatus:
    """Status when the broker answered, and its answer was no; `code` is an MQTT 5 reason."""
    if code not in _REFUSED:
        return _failure(broker_texts.REFUSED_CODE(broker=broker.address, code=f"0x{code:02x}"), broker_texts.SEE_LOG())
    what, advice = _REFUSED[code]
    return _failure(what(broker=broker.address), advice())


def closed_early(broker: Broker) -> ConnectionStatus:
    """Status when the broker hung up before it answered."""
    advice = broker_texts.WANTS_CERTIFICATE() if broker.tls else broker_texts.WANTS_TLS()
    return _failure(broker_texts.CLOSED_EARLY(broker=broker.address), advice)


def lost(broker: Broker) -> ConnectionStatus:
    """Status when a connection that stood is gone."""
    return _failure(broker_texts.LOST(broker=broker.address), broker_texts.RETRYING())


def short_lived(broker: Broker, times: int) -> ConnectionStatus:
    """Status when connections come about and are cut at once, again and again."""
    return _failure(broker_texts.SHORT_LIVED(broker=broker.address, n=times), broker_texts.SHORT_LIVED_ADVICE())


def connected(broker: Broker, protocol: str) -> ConnectionStatus:
    """Status when all is well."""
    secured = ", TLS" if broker.tls else ""
    return ConnectionStatus(
        state="ok", message=broker_texts.CONNECTED(broker=broker.address, protocol=f"{protocol}{secured}")
    )


def _tls_failure(error: ssl.SSLError, broker: Broker) -> tuple[Message, Message]:
    where, reason = broker.address, str(error.reason or error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return _certificate_failure(error, broker)
    if "WRONG_VERSION" in str(error) or "RECORD_LAYER" in str(error):
        return broker_texts.NOT_TLS(broker=where), broker_texts.SET_TLS()
    if "ALERT" in str(error):
        return broker_texts.TLS_REFUSED(broker=where, reason=reason), broker_texts.SET_CERTIFICATE()
    return broker_texts.TLS_MISMATCH(broker=where, reason=reason), broker_texts.CHECK_CERTIFICATES()


def _certificate_failure(error: ssl.SSLCertVerificationError, broker: Broker) -> tuple[Message, Message]:
    why = error.verify_message or str(error)
    if "mismatch" in why.lower():
        return broker_texts.CERTIFICATE_NAME(host=broker.host), broker_texts.SET_HOST()
    if "expired" in why or "not yet valid" in why:
        return broker_texts.CERTIFICATE_DATE(reason=why), broker_texts.RENEW()
    if error.verify_code in _STRICT_CODES:
        return broker_texts.CERTIFICATE_STRICT(reason=why), broker_texts.SET_CA_STRICT()
    if broker.ca_file:
        return broker_texts.UNTRUSTED(reason=why), broker_texts.WRONG_CA(file=str(broker.ca_file))
    return broker_texts.UNTRUSTED(reason=why), broker_texts.SET_CA()


def _failure(message: Message, advice: Message) -> ConnectionStatus:
    return ConnectionStatus(state="bad", message=message, advice=advice)
