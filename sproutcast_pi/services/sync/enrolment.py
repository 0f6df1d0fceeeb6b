"""Join a hub with a code, and what is known of the hub afterwards."""

from __future__ import annotations

from pathlib import Path

import msgspec

from sproutcast_pi.atomic_file import write_atomic
from sproutcast_pi.errors import ConfigError, SproutcastError
from sproutcast_pi.messages.areas import sync
from sproutcast_pi.messages.areas.causes import cause
from sproutcast_pi.messages.areas.text import verbatim
from sproutcast_pi.messages.formatter import english
from sproutcast_pi.messages.message import Message
from sproutcast_pi.protocol.enrolment import EnrolmentRefusal, EnrolmentRequest, HubCredentials
from sproutcast_pi.services.mqtt.broker import Broker

CREDENTIALS_FILE = "hub.json"
CA_FILE = "hub-ca.pem"
TIMEOUT_S = 20.0
MAX_RESPONSE_BYTES = 100_000


def enrol(url: str, code: str, *, device: str, name: str, folder: Path) -> HubCredentials:
    """Pair with the hub at `url` and keep the credentials in `folder`; raises SproutcastError with the hub's reason."""
    # A device joins once; the daemon that reads the outcome has no need of an HTTP client.
    import urllib.error  # noqa: PLC0415 - only while joining
    import urllib.request  # noqa: PLC0415 - only while joining

    if not url.startswith(("http://", "https://")):
        raise SproutcastError(sync.BAD_ADDRESS(url=url))
    body = msgspec.json.encode(EnrolmentRequest(code=code, device=device, name=name))
    request = urllib.request.Request(  # noqa: S310 - http or https, as checked above
        url.rstrip("/") + "/v1/pair-device", body, {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310 - as above
            joined = msgspec.json.decode(answer.read(MAX_RESPONSE_BYTES), type=HubCredentials)
    except urllib.error.HTTPError as error:
        raise SproutcastError(sync.REFUSED(reason=_reason(error.read(MAX_RESPONSE_BYTES)))) from error
    except (OSError, ValueError, msgspec.DecodeError) as error:
        raise SproutcastError(sync.UNREACHABLE(url=url, reason=cause(error))) from error
    if joined.ca:
        write_atomic(folder / CA_FILE, joined.ca.encode(), mode=0o644)
    write_atomic(folder / CREDENTIALS_FILE, msgspec.json.encode(joined), mode=0o600)
    return joined


def enrolled_broker(folder: Path) -> tuple[Broker, str] | None:
    """Return the hub's broker and base topic as pairing left them; None when the device was never paired.

    Raises ConfigError when the file is damaged.
    """
    path = folder / CREDENTIALS_FILE
    try:
        joined = msgspec.json.decode(path.read_bytes(), type=HubCredentials)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise ConfigError(sync.BAD_CREDENTIALS(file=str(path), reason=cause(error))) from error
    broker = Broker(
        host=joined.host,
        port=joined.port,
        user=joined.user,
        password=joined.password,
        tls=joined.tls,
        ca_file=str(folder / CA_FILE) if joined.ca else "",
    )
    return broker, joined.base_topic


def _reason(body: bytes) -> Message:
    try:
        refusal = msgspec.json.decode(body, type=EnrolmentRefusal)
        english(refusal.message or "")
    except (msgspec.DecodeError, KeyError, TypeError, ValueError):
        return sync.NO_REASON()
    return refusal.message or verbatim(refusal.error)
