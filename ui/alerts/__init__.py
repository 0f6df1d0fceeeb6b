"""Alerts: what is wrong, since when, with the number, and what to do."""
