"""Terminal dashboard of a daemon and simulated care of its plants."""
