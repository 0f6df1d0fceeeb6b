"""The loops that keep promises: light, captures, gateway, housekeeping."""
