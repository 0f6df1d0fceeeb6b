"""Read the TOML into frozen settings, or say everything that is wrong with it."""
