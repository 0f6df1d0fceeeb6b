"""Watch plants: photograph, measure, keep the light, show every result the moment it exists."""

__version__ = "0.1.0"
