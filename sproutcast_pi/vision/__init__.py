"""From pixels to measurements; one file per pipeline, readable alone."""
