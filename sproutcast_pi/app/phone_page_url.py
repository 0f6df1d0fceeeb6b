"""Address of the phone page, as people on the network type it."""

from __future__ import annotations

from sproutcast_pi.config.settings import Settings
from sproutcast_pi.hardware.network_names import advertised_name


def phone_page_url(settings: Settings) -> str | None:
    """Where people on the network find the phone page; None where it is served to nobody."""
    if not settings.network.listen:
        return None
    return f"http://{advertised_name()}:{settings.network.port}"
