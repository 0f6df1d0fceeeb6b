"""The set-up wizard: nine steps, each can be skipped."""
