"""The time-lapse page."""
