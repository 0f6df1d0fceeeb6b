"""Measured figures; each module prints what it measured, with a reference from the same run."""
