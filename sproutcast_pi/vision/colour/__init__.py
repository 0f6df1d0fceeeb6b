"""Pixels and light: illuminants, colour correction, indices."""
