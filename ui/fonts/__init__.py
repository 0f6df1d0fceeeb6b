"""Fonts of the screen, and which characters they can draw."""
