"""One file per command: `add_parser` describes it, `run` does it and returns the exit status."""
