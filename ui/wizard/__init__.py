"""The set-up wizard: from a dark box to watched plants in nine steps, each of which can be skipped."""
