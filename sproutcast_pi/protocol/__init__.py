"""The messages between the daemon and its clients, and between the daemon and its worker."""
