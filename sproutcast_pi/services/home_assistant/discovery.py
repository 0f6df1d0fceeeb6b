"""Announcements: what Home Assistant needs to know of the appliance and of each plant, as device payloads.

Rules that were measured against real Home Assistants, and that every change here must keep:
the key of a component is for ever (a renamed key loses the entity); a component that is to go needs a stub with its
platform alone before it is left out; `qos` is set on each component, since releases before 2026 ignore it elsewhere;
each entity has a `unique_id`, or the whole payload is refused; a name does not repeat the device's.
A plant is a device of its own behind the appliance (`via_device`): every release since 2024.11 knows that, and one
empty message takes a deleted plant away with all it had.
"""

from __future__ import annotations

from typing import Any

from sproutcast_pi import __version__
from sproutcast_pi.services.home_assistant.appliance_components import appliance_components
from sproutcast_pi.services.home_assistant.plant_components import plant_components
from sproutcast_pi.services.home_assistant.topics import Topics

MAKER = "Sproutcast"
MODEL = "Sproutcast Pi"
ORIGIN = {"name": "sproutcast-pi", "sw": __version__}
Payload = dict[str, Any]


def appliance(topics: Topics, *, name: str, url: str | None = None) -> Payload:
    """The appliance with its light, schedule, photographs and diagnostics; `url` is its own page."""
    device: Payload = {
        "identifiers": [topics.device],
        "name": name,
        "manufacturer": MAKER,
        "model": MODEL,
        "serial_number": topics.device,
        "sw_version": __version__,
    }
    if url:
        device["configuration_url"] = url
    return _payload(topics, device, appliance_components(topics))


def plant(topics: Topics, row: dict[str, Any]) -> Payload:
    """One plant with its metrics, thresholds and buttons; `row` is its row."""
    plant_id = int(row["id"])
    device: Payload = {
        "identifiers": [f"{topics.device}_plant_{plant_id}"],
        "name": row["name"],
        "manufacturer": MAKER,
        "model": row["species"] or "Plant",
        "via_device": topics.device,
    }
    if row["location"]:
        device["suggested_area"] = row["location"]
    return _payload(topics, device, plant_components(topics, plant_id))


def _payload(topics: Topics, device: Payload, components: dict[str, Payload]) -> Payload:
    return {
        "device": device,
        "origin": ORIGIN,
        "availability": [{"topic": topics.availability}],
        "components": components,
    }
