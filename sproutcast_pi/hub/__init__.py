"""The server for many devices: the same store, fed from a broker."""
