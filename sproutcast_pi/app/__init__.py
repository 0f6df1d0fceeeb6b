"""Build every part once, start them in order, stop them in reverse."""
