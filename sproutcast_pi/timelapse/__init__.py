"""Time-lapse videos of a plant's photos."""
