"""Take photographs when they are due or asked for, and see each through to its result or its sentence."""

from sproutcast_pi.services.capture_keeper.keeper import CaptureKeeper, Worker

__all__ = ["CaptureKeeper", "Worker"]
