"""A Home Assistant configuration folder that needs no onboarding, and a token for it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
import time
from datetime import UTC, datetime
from pathlib import Path

YEARS_S = 315_360_000

CONFIGURATION = """\
homeassistant:
  name: Greenhouse
  unit_system: metric
  time_zone: UTC
  latitude: 52.5
  longitude: 13.4
  country: DE
api:
config:
device_automation:
frontend:
history:
logger:
  default: warning
automation: !include automations.yaml
automation from the guide: !include guide.yaml
automation of the test:
  - alias: Count every time a plant was watered
    id: count_waterings
    triggers:
      - trigger: state
        entity_id: event.basil_care
    actions:
      - action: counter.increment
        target:
          entity_id: counter.waterings
counter:
  waterings:
  device_trigger:
template:
  - sensor:
      - name: Soil moisture
        unique_id: soil_moisture
        unit_of_measurement: "%"
        device_class: moisture
        state: "45"
lovelace:
  dashboards:
    green-house:
      mode: yaml
      title: Greenhouse
      filename: green-house.yaml
"""
GUIDE = Path(__file__).parents[4] / "docs" / "home-assistant.md"
"""Its examples are part of the configuration, as they stand there."""


def seed(folder: Path, *, version: str, port: int, broker_port: int, keys: Path) -> str:
    """Write the folder for Home Assistant `version` ("2025.4", "2026.11") on loopback; returns a long-lived token.

    The broker is reached through TLS: `keys` holds the authority's certificate, and one of our own to show.
    """
    storage = folder / ".storage"
    storage.mkdir(parents=True)
    now = datetime.now(UTC).isoformat()
    newest = version.startswith("2026")

    def put(key: str, number: int, data: object, minor: int = 1) -> None:
        content = {"version": number, "minor_version": minor, "key": key, "data": data}
        (storage / key).write_text(json.dumps(content))

    put("onboarding", 4, {"done": ["user", "core_config", "analytics", "integration"]})
    token = _auth(put, now)
    broker = {
        "broker": "localhost",
        "port": broker_port,
        "certificate": (keys / "ca.pem").read_text(),
        "client_cert": (keys / "client.pem").read_text(),
        "client_key": (keys / "client.key").read_text(),
        "tls_insecure": False,
    }
    entry = {
        "entry_id": secrets.token_hex(16),
        "version": 2 if newest else 1,
        "minor_version": 1,
        "domain": "mqtt",
        "title": "127.0.0.1",
        "data": broker | ({"protocol": "5", "transport": "tcp"} if newest else {"discovery": True}),
        "options": {},
        "pref_disable_new_entities": False,
        "pref_disable_polling": False,
        "source": "user",
        "unique_id": None,
        "disabled_by": None,
        "created_at": now,
        "modified_at": now,
        "discovery_keys": {},
        "subentries": [],
    }
    put("core.config_entries", 1, {"entries": [entry]}, minor=5)
    configuration = CONFIGURATION
    if newest:
        # Since 2026 `http:` is on trial for five minutes, and then everything listens on 0.0.0.0:8123.
        put("http", 3, {"stable": _http(port, now), "pending": None, "yaml_migration_done": True})
    else:
        configuration += f"http:\n  server_host: 127.0.0.1\n  server_port: {port}\n"
    (folder / "configuration.yaml").write_text(configuration + _example("plant:"))
    (folder / "automations.yaml").write_text("[]\n")
    (folder / "guide.yaml").write_text(_example("- alias:"))
    view = _example("type: sections").replace("\n", "\n    ")
    (folder / "green-house.yaml").write_text(f"views:\n  - {view}\n")
    return token


def _example(beginning: str) -> str:
    """The example of the guide that begins so."""
    (found,) = re.findall(rf"^```yaml\n({re.escape(beginning)}.*?)^```$", GUIDE.read_text(), re.DOTALL | re.MULTILINE)
    return str(found)


def _http(port: int, now: str) -> dict[str, object]:
    return {
        "server_port": port,
        "server_host": ["127.0.0.1"],
        "cors_allowed_origins": [],
        "login_attempts_threshold": -1,
        "ip_ban_enabled": False,
        "ssl_profile": "intermediate_v6",
        "use_x_frame_options": True,
        "created_at": now,
        "error": None,
        "error_message": None,
    }


def _auth(put, now: str) -> str:
    """A user and a token signed the way Home Assistant checks it."""
    user, refresh, key = secrets.token_hex(16), secrets.token_hex(16), secrets.token_hex(64)
    put(
        "auth",
        1,
        {
            "users": [
                {
                    "id": user,
                    "group_ids": ["system-admin"],
                    "is_owner": True,
                    "is_active": True,
                    "name": "gardener",
                    "system_generated": False,
                    "local_only": True,
                }
            ],
            "groups": [
                {"id": "system-admin", "name": "Administrators"},
                {"id": "system-users", "name": "Users"},
                {"id": "system-read-only", "name": "Read Only"},
            ],
            "credentials": [],
            "refresh_tokens": [
                {
                    "id": refresh,
                    "user_id": user,
                    "client_id": None,
                    "client_name": "gardener",
                    "client_icon": None,
                    "token_type": "long_lived_access_token",
                    "created_at": now,
                    "access_token_expiration": float(YEARS_S),
                    "token": secrets.token_hex(64),
                    "jwt_key": key,
                    "last_used_at": None,
                    "last_used_ip": None,
                    "expire_at": None,
                    "credential_id": None,
                    "version": None,
                }
            ],
        },
    )
    issued = int(time.time())
    claims = {"iss": refresh, "iat": issued, "exp": issued + YEARS_S}
    header = {"alg": "HS256", "typ": "JWT"}
    signed = f"{_base64(json.dumps(header).encode())}.{_base64(json.dumps(claims).encode())}"
    return f"{signed}.{_base64(hmac.new(key.encode(), signed.encode(), hashlib.sha256).digest())}"


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
