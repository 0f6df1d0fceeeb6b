"""Where the gateway listens, and the bounds of what anybody may cost it."""

from __future__ import annotations

from pathlib import Path

import msgspec


class GatewaySettings(msgspec.Struct, frozen=True, kw_only=True):
    """Frozen; the defaults suit a Raspberry Pi at home."""

    host: str | None = "0.0.0.0"  # noqa: S104 - phones on the home network are the point; they must pair first
    """None: no network, the Unix socket only."""
    port: int = 8080
    """0: any free one."""
    port_retry_s: float = 30.0
    """How often a port that another program has is tried again."""
    socket: Path | None = None
    """Where local programs connect; None: nowhere."""
    host_names: tuple[str, ...] = ()
    """Further names the device is reached by. Others are refused: a web page elsewhere may have made one up."""
    origins: tuple[str, ...] = ()
    """Web pages from elsewhere that may speak to us, like `http://localhost:5173`; they need a token all the same."""
    pictures: Path | None = None
    """The folder of photographs; None: there are none."""

    max_connections: int = 300
    """From the network; the Unix socket has places of its own."""
    max_local_connections: int = 100
    strangers: int = 100
    """Connections from the network without a token, of all addresses; beyond it the longest idle one is closed."""
    strangers_per_address: int = 32
    headers_s: float = 10.0
    """A connection that has not asked anything by then is closed."""
    body_bytes: int = 64 * 1024
    body_s: float = 10.0
    frame_bytes: int = 256 * 1024
    """The official client sends batches of up to 256 KiB."""
    ping_s: float = 15.0
    """After so long without a whole frame a client is pinged; half of it later, without an answer, it is dead."""
    subscriptions: int = 100
    """Of one connection."""
    subscriptions_per_client: int = 1000
    """Of all connections of one client: each costs every commit some microseconds."""
    calls_open: int = 64
    """Of one connection; its next frame is not read before one is answered."""

    coalesce_after: int = 32
    """Messages that wait for a slow client before they are merged into one."""
    send_queue_bytes: int = 1024 * 1024
    send_queue_rows: int = 2_000
    """Rows a merged message may hold; beyond it, or the bytes, the client gets a resync."""
    chunk_timeout_s: float = 3.0
    """How long a client may take for a piece of a long first answer."""
    resyncs: int = 3
    """So often; then it is closed with 1013 and may come back when it can keep up."""
