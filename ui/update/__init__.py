"""The software page: current version and updates."""
