"""Settings, diagnostics, and what can be done with the device."""
