"""Where this run listens, from what the settings and the command line say."""

from __future__ import annotations

from sproutcast_pi.app.options import RunOptions
from sproutcast_pi.config.settings import Settings
from sproutcast_pi.services.gateway import GatewaySettings


def gateway_settings(options: RunOptions, settings: Settings) -> GatewaySettings:
    """Where this run listens."""
    options.socket_path.parent.mkdir(parents=True, exist_ok=True)
    network = settings.network
    return GatewaySettings(
        host=network.host if network.listen else None,
        port=network.port,
        socket=options.socket_path,
        host_names=network.host_names,
        origins=network.origins,
        pictures=options.pictures,
    )
