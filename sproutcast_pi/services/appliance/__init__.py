"""Control of the whole device: updates, restarts, reset. The daemon requests; a privileged helper runs as root."""
