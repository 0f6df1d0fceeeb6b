"""Fonts of the screen and their character coverage."""
