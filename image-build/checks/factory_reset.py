"""Factory reset, requested as the screen does: once keeping plants and photos, once keeping nothing."""

from __future__ import annotations

import json
from typing import Any

from check import Check, rows
from guest import Guest
from health_messages import PATIENCE_S, HealthMessages

PHOTOGRAPH_S = 900.0
OURS = "Fern"
"""A plant that no fresh device has."""


def check_factory_reset(messages: HealthMessages, check: Check) -> None:
    """Create data, reset keeping the photos, then reset keeping nothing."""
    guest = messages.guest
    add_owner_data(guest)
    before = owner_data(guest)
    reset(messages, keep_pictures=True)
    kept = owner_data(guest)
    check.that("reset_keeps_plants", kept["plants"] == before["plants"], kept["plants"])
    check.that("reset_keeps_photographs", set(before["pictures"]) <= set(kept["pictures"]), len(kept["pictures"]))
    check.that("reset_forgets_the_owner", "device_name" in before["settings"] and "device_name" not in kept["settings"])
    check.that("reset_makes_another_device", kept["device"] != before["device"], kept["device"])
    reset(messages, keep_pictures=False)
    fresh = owner_data(guest)
    check.that("reset_forgets_plants", OURS in kept["plants"] and OURS not in fresh["plants"], fresh["plants"])
    check.that("reset_forgets_photographs", not set(fresh["pictures"]) & set(kept["pictures"]))


def add_owner_data(guest: Guest) -> None:
    """Create a plant, a device name and a photo."""
    guest.sh(f"""sproutcast call create_plant '{{"name": "{OURS}"}}'""", 200)
    guest.sh("""sproutcast call set_setting '{"name": "device_name", "value": "Kitchen"}'""", 200)
    guest.sh("sproutcast call request_capture '{}'", 240)
    guest.wait_until(rows("state", "capture") + " | grep -q done", PHOTOGRAPH_S)


def reset(messages: HealthMessages, *, keep_pictures: bool) -> None:
    """Request the reset and wait until the device is back."""
    arguments = json.dumps({"keep_pictures": keep_pictures})
    messages.guest.sh(f"sproutcast call factory_reset '{arguments}'", 200)
    messages.guest.wait_for_reboot(PATIENCE_S)
    name = "reset_with_pictures" if keep_pictures else "reset_with_nothing"
    messages.expect_lamp(name)
    messages.capture_first_page(name.replace("_", "-"))


def owner_data(guest: Guest) -> dict[str, Any]:
    """The data that identifies an owner's device."""
    pictures = guest.sh("cd /var/lib/sproutcast/pictures && find . -type f -name '*.jpg' | sort").out.split()
    names = {"plants": ("name", "plant ORDER BY name"), "settings": ("name", "setting")}
    found = {key: [row[0] for row in json.loads(guest.wait_until(rows(*what), 200).out)] for key, what in names.items()}
    device = guest.sh("cat /data/system/machine-id /var/lib/sproutcast/device-id").out
    return {**found, "pictures": pictures, "device": device}
