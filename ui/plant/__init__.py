"""One plant: its photograph, its numbers in words, its curves, its care."""
