"""Follow the log to a hub: rows, then pictures, forgotten only once the hub has committed them."""
