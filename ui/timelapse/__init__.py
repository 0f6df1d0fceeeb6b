"""A plant's photographs as a film, with its curve."""
