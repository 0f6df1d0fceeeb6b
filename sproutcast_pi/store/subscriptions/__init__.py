"""Live queries: the answer once, then what every commit changes in it."""
