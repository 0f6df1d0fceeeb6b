"""The settings screen, diagnostics and device actions."""
