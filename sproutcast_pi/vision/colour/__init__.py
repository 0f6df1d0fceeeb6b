"""Colour: illuminants, colour correction, indices."""
