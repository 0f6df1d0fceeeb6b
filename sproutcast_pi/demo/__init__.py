"""Show a daemon in a terminal, and look after its simulated plants."""
