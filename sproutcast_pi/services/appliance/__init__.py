"""What may be asked of the whole device: updates, restarts, a fresh start. The daemon asks; a deputy runs as root."""
