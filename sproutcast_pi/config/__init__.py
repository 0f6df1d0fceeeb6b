"""Read the TOML into frozen settings, or say everything that is wrong with it."""

from sproutcast_pi.config.read import ConfigFault, check_text, read_config
from sproutcast_pi.config.settings import Settings

__all__ = ["ConfigFault", "Settings", "check_text", "read_config"]
