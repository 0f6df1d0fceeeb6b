"""Serve the store to everybody: HTTP and WebSocket, on the network and on a Unix socket."""

from __future__ import annotations

from sproutcast_pi.services.gateway.server import Gateway
from sproutcast_pi.services.gateway.settings import GatewaySettings

__all__ = ["Gateway", "GatewaySettings"]
