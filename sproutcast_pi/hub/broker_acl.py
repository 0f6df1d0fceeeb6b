"""The brokers' access rules: each device may write its own rows and pictures and read its own answers; nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from sproutcast_pi.atomic_file import write_atomic
from sproutcast_pi.hub.passwords import PasswordHashes
from sproutcast_pi.protocol.sync import answers_topic, photos_topic, rows_topic


class Credential(msgspec.Struct, frozen=True):
    """Who may come to the broker, and how the password is hashed."""

    name: str
    hashes: PasswordHashes


def write_acl_files(folder: Path, base: str, hub: Credential, devices: Sequence[Credential]) -> None:
    """Write every broker's rules into `folder`, each file whole, readable by its owner and group."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "mosquitto.passwords": "".join(f"{one.name}:{one.hashes.mosquitto}\n" for one in (hub, *devices)),
        "mosquitto.acl": mosquitto_acl(base, hub.name, [one.name for one in devices]),
        "nats.conf": nats_authorization(base, hub, devices),
        "rabbitmq.json": rabbitmq_definitions(base, hub, devices),
    }
    for name, text in texts.items():
        write_atomic(folder / name, text.encode(), mode=0o640)


def mosquitto_acl(base: str, hub: str, devices: Sequence[str]) -> str:
    """Return Mosquitto's acl_file."""
    lines = [f"user {hub}", f"topic read {base}/+/sync/#", f"topic write {base}/+/sync/answers"]
    for device in devices:
        lines += [
            "",
            f"user {device}",
            f"topic write {rows_topic(base, device)}",
            f"topic write {photos_topic(base, device)}",
            f"topic read {answers_topic(base, device)}",
        ]
    return "\n".join(lines) + "\n"


def nats_authorization(base: str, hub: Credential, devices: Sequence[Credential]) -> str:
    """Return a file for NATS to include: its subjects are our topics with dots."""
    users = [_nats_user(hub, [f"{base}.*.sync.answers"], [f"{base}.*.sync.>"])]
    for one in devices:
        publish = [rows_topic(base, one.name), photos_topic(base, one.name)]
        users.append(_nats_user(one, publish, [answers_topic(base, one.name)]))
    return "authorization {\n  users: [\n" + "".join(f"    {user}\n" for user in users) + "  ]\n}\n"


def rabbitmq_definitions(base: str, hub: Credential, devices: Sequence[Credential]) -> str:
    """Return definitions for RabbitMQ to import: users, and what each may do with its queues and the topic exchange."""
    ours, level = re.escape(base), "[^.]+"
    users = [_rabbit_user(hub, ".+", write=[rf"{ours}\.{level}\.sync\.answers"], read=[rf"{ours}\.{level}\.sync\..+"])]
    for one in devices:
        write = [_rabbit_key(rows_topic(base, one.name)), _rabbit_key(photos_topic(base, one.name))]
        client = rf"{re.escape(one.name)}\-sync(qos[01])?"
        users.append(_rabbit_user(one, client, write=write, read=[_rabbit_key(answers_topic(base, one.name))]))
    names = ("users", "permissions", "topic_permissions")
    made = {"vhosts": [{"name": "/"}]} | {name: [user[name] for user in users] for name in names}
    return json.dumps(made, indent=1) + "\n"


def _rabbit_user(one: Credential, client: str, *, write: list[str], read: list[str]) -> dict[str, object]:
    # A session is a queue named after the client, which binds it to the exchange, reads it, and writes to the exchange.
    queues = rf"mqtt\-subscription\-{client}"
    whose = {"user": one.name, "vhost": "/"}
    both = rf"^({queues}|amq\.topic)$"
    return {
        "users": {
            "name": one.name,
            "password_hash": one.hashes.rabbitmq,
            "hashing_algorithm": "rabbit_password_hashing_sha256",
            "tags": [],
        },
        "permissions": whose | {"configure": f"^{queues}$", "write": both, "read": both},
        "topic_permissions": whose
        | {"exchange": "amq.topic", "write": f"^({'|'.join(write)})$", "read": f"^({'|'.join(read)})$"},
    }


def _rabbit_key(topic: str) -> str:
    """A topic as a pattern for RabbitMQ's routing keys, which have dots for slashes."""
    return re.escape(topic.replace("/", "."))


def _nats_user(one: Credential, publish: list[str], subscribe: list[str]) -> str:
    # Its MQTT sessions receive QoS 1 messages by subjects of NATS's own.
    rules = {
        "publish": [subject.replace("/", ".") for subject in publish],
        "subscribe": [*(subject.replace("/", ".") for subject in subscribe), "$MQTT.sub.>"],
    }
    return json.dumps({"user": one.name, "password": one.hashes.nats, "permissions": rules})
