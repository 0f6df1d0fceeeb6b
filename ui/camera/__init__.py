"""The camera: aim it, see whether it is sharp, and show it where the plants stand."""
